/**
 * The thread of a large model: the runtime computes on the thread that calls it, and a model of this size computes all the time. It
 * writes many texts at once, and hears of new ones between two steps.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import {
  ChatTemplate,
  chatText,
  Embedder,
  isCrossEncoder,
  isEmbeddingModel,
  isOnnxEncoder,
  isSpeechModel,
  keptRounding,
  loadRunnable,
  OnnxEmbedder,
  openReranker,
  type RunnableModel,
  requireShort,
  Scheduler,
  SpeechModel,
  YesOrNo,
} from '@gradus/lm';
import { plainError } from '../answers/plain-error.ts';
import { Constraints } from './constraints.ts';
import type {
  FromLanguageThread,
  LanguageQuestion,
  LanguageThreadData,
  Likely,
  Prompt,
  Ranks,
  TextRequest,
} from './protocol.ts';

const port = parentPort!;
const { path, adapters, bits, places, slots, round, threads } = workerData as LanguageThreadData;
const say = (message: FromLanguageThread): void => port.postMessage(message);
/** Of each question that is being answered, what stops it. */
const underWay = new Map<number, AbortController>();

/** Of texts whose request and model say none: OpenAI's, which is not that of `generate`. */
const TEMPERATURE = 1;

/** Names that models give to the prefixes of what is searched for, and of what is found. */
const PREFIXES = { query: ['query', 's2p_query'], document: ['document', 'passage', 'corpus'] } as const;

/** Of an architecture that may not be known, as long as its folder says how its vectors are made. */
const isExportedEmbedder = isOnnxEncoder(path) && existsSync(join(path, 'modules.json'));

type Answer = (question: LanguageQuestion, signal: AbortSignal) => Promise<void>;

try {
  const answer = await (isSpeechModel(path)
    ? speech()
    : isCrossEncoder(path)
      ? reranker()
      : isEmbeddingModel(path) || isExportedEmbedder
        ? encoder()
        : decoder());
  port.on('message', async (question: LanguageQuestion) => {
    const { id, kind } = question;
    if (kind === 'leave') return underWay.get(id)?.abort();
    const stop = new AbortController();
    underWay.set(id, stop);
    try {
      await answer(question, stop.signal);
      say({ id, kind: 'done' });
    } catch (error) {
      say({ id, kind: 'error', error: plainError(error as Error) });
    } finally {
      underWay.delete(id);
    }
  });
} catch (error) {
  say({ kind: 'failed', error: plainError(error as Error) });
}

async function encoder(): Promise<Answer> {
  const embedder = isOnnxEncoder(path)
    ? await OnnxEmbedder.open(path, { bits, threads })
    : await Embedder.open(path, { bits, threads });
  say({ kind: 'ready', abilities: { kind: 'encoder', isChat: false, places: embedder.places } });
  return async (question, signal) => {
    const { id, texts, as } = question as LanguageQuestion & { kind: 'embed' };
    const prompt = as && PREFIXES[as].find((name) => Object.hasOwn(embedder.prompts, name));
    const { data, dimensions, tokens } = await embedder.embed(texts, { signal, ...(prompt && { prompt }) });
    say({ id, kind: 'points', points: { data, dimensions, tokens } });
  };
}

async function reranker(): Promise<Answer> {
  const opened = await openReranker(path, { bits, threads });
  say({ kind: 'ready', abilities: { kind: 'reranker', isChat: false, places: opened.places } });
  return async (question, signal) => {
    const { id, query, texts } = question as LanguageQuestion & { kind: 'rank' };
    const { scores, tokens } = await opened.rank(query, texts, { signal });
    say({ id, kind: 'ranks', ranks: { scores, tokens } });
  };
}

async function speech(): Promise<Answer> {
  const model = await SpeechModel.open(path, { bits, threads });
  say({ kind: 'ready', abilities: { kind: 'speech', isChat: false, places: model.places } });
  // It keeps keys and values of one recording: one is heard after the other.
  let before = Promise.resolve();
  return (question, signal) => {
    const { id, recording } = question as LanguageQuestion & { kind: 'hear' };
    const { name, bytes, ...options } = recording;
    const heard = before.then(async () => {
      signal.throwIfAborted();
      say({ id, kind: 'heard', transcript: await model.transcribe({ name, bytes }, { ...options, signal }) });
    });
    before = heard.catch(() => undefined);
    return heard;
  };
}

async function decoder(): Promise<Answer> {
  const model = await loadRunnable(path, bits);
  const rounding =
    round === undefined || bits !== 4 || 'exported' in model
      ? undefined
      : await keptRounding(model, round === 'itself' ? undefined : round.text, { threads });
  const rounds = rounding?.allowed;
  const scheduler = await Scheduler.open(model, { bits, rounds, places, slots, threads, adapters });
  const constraints = new Constraints(model);
  const template = model.template === undefined ? undefined : new ChatTemplate(model);
  const asks = 'exported' in model ? undefined : YesOrNo.of(model);
  say({
    kind: 'ready',
    abilities: {
      kind: 'decoder',
      isChat: template !== undefined,
      ranks: asks !== undefined,
      places: scheduler.places,
      rounding,
    },
  });
  return async (question, signal) => {
    if (question.kind === 'rank') {
      const ranks = await ranksBySaying(asks!, scheduler, question, signal);
      return say({ id: question.id, kind: 'ranks', ranks });
    }
    const { id, request } = question as LanguageQuestion & { kind: 'write' };
    requireShort(lengthOf(request.prompt), model.tokenizer.longestToken, scheduler.places);
    const ids = await idsOf(request.prompt, model, template);
    const { drawing, adapter } = request as TextRequest;
    const constraint = constraints.of(request as TextRequest);
    const tokens = scheduler.generate(ids, {
      max: scheduler.places,
      temperature: model.drawing?.temperature ?? TEMPERATURE,
      ...drawing,
      adapter,
      ...(constraint && { constraint }),
      signal,
      onBegin: (reused) => say({ id, kind: 'begun', reused }),
    });
    say({ id, kind: 'accepted', promptTokens: ids.length });
    const likely = (token: number, logprob: number): Likely => ({
      text: model.tokenizer.decode([token], { skipSpecial: false }),
      logprob,
    });
    for await (const { id: token, text, finish, logprob, top } of tokens) {
      say({
        id,
        kind: 'token',
        token: {
          text,
          ...(finish && { finish }),
          ...(logprob !== undefined && {
            own: likely(token, logprob),
            top: top!.map((one) => likely(one.id, one.logprob)),
          }),
        },
      });
    }
  };
}

/** Each text is a question of its own, and texts that others wait for go on between them: as many at once as there are slots. */
async function ranksBySaying(
  asks: YesOrNo,
  scheduler: Scheduler,
  { query, texts }: Pick<LanguageQuestion & { kind: 'rank' }, 'query' | 'texts'>,
  signal: AbortSignal,
): Promise<Ranks> {
  const scores = new Float32Array(texts.length);
  let tokens = 0;
  const left = texts.entries();
  const worker = async () => {
    for (const [i, text] of left) {
      const { ids } = asks.question(query, text, scheduler.places - 1);
      const constraint = asks.constraint((score) => (scores[i] = score));
      for await (const _ of scheduler.generate(ids, {
        max: 1,
        temperature: 0,
        repetitionPenalty: 1,
        constraint,
        signal,
      }))
        tokens += ids.length;
    }
  };
  await Promise.all(Array.from({ length: scheduler.slots }, worker));
  return { scores, tokens };
}

/** Characters that are said; of ids none. */
function lengthOf(prompt: Prompt): number {
  if ('text' in prompt) return prompt.text.length;
  if ('ids' in prompt) return 0;
  return prompt.messages.reduce((sum, { content }) => sum + (content?.length ?? 0), 0);
}

async function idsOf(
  prompt: Prompt,
  { tokenizer }: RunnableModel,
  template: ChatTemplate | undefined,
): Promise<readonly number[]> {
  if ('ids' in prompt) return prompt.ids;
  if ('text' in prompt) return [...tokenizer.encode(prompt.text).ids];
  const { messages, tools } = prompt;
  const text = await chatText(template!, tokenizer, messages, { answer: true, tools });
  return [...text.encode().ids];
}
