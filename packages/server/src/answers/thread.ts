/**
 * The side of an answering thread: it opens the run that it is told, and answers one question after another. The program that
 * serves is started again in the thread, so that it has the same recipes.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { correctionChecker, correctionParser, previewOf } from '@gradus/lifecycle';
import type { Recipe, Service } from '@gradus/loop';
import { describedBy } from './answers.ts';
import { plainError } from './plain-error.ts';
import type { AnswerThreadData, FromThread, Question, Replies } from './protocol.ts';

/** Opens the run, and answers until the thread is ended. */
export async function answerQuestions(recipes: readonly Recipe[]): Promise<void> {
  const port = parentPort!;
  const say = (message: FromThread, handed: readonly ArrayBuffer[] = []) =>
    port.postMessage(message, handed as ArrayBuffer[]);
  const { recipe: name, directory } = workerData as AnswerThreadData;
  let service: Service;
  let recipe: Recipe | undefined;
  try {
    recipe = recipes.find((known) => known.name === name);
    if (!recipe) throw new Error(`this program has no recipe "${name}"`);
    service = await recipe.service.open(directory);
  } catch (error) {
    say({ kind: 'failed', error: plainError(error as Error) });
    return;
  }
  const correction = service.correction ?? recipe.service.correction;
  const parse = correctionParser(correction);
  const check = correctionChecker(correction);
  const work: {
    readonly [K in Question['kind']]: (question: Question & { kind: K }) => Promise<Replies[K]>;
  } = {
    answer: async ({ request }) => {
      const answer = await service.answer(request);
      const json = new Uint8Array(Buffer.from(JSON.stringify(answer)));
      return { json, preview: previewOf(answer), described: describedBy(service, request, answer) };
    },
    embed: async ({ texts }) => (await service.embed!(texts)).map((point) => Float32Array.from(point)),
    corrections: async ({ values }) => parse(values),
    checked: async ({ values }) => check(values),
  };
  port.on('message', async (question: Question) => {
    const { id, kind } = question;
    try {
      const reply = await work[kind](question as never);
      say({ kind: 'reply', id, reply }, handedOver(reply));
    } catch (error) {
      say({ kind: 'error', id, error: plainError(error as Error) });
    }
  });
  // From here on the port keeps the thread alive.
  const { example = recipe.service.example } = service;
  // What is read or compiled for the first answer, no user waits for.
  const { request } = recipe.service;
  await Promise.resolve(example)
    .then((first) => service.answer(request.parse(first)))
    .catch(() => undefined);
  say({ kind: 'ready', hasEmbeddings: service.embed !== undefined, example });
}

/** What need not be copied, since nobody here looks at it again. */
function handedOver(reply: Replies[keyof Replies]): ArrayBuffer[] {
  if ('json' in reply) return [reply.json.buffer as ArrayBuffer];
  return reply.flatMap((part) => (part instanceof Float32Array ? [part.buffer as ArrayBuffer] : []));
}
