/** Text token by token: `for await (const { text } of generate(model, prompt)) process.stdout.write(text)`. */
import type { z } from 'zod';
import { type Constraint, requireRoom } from '../constrain/constraint.ts';
import type { RunBits } from '../graph/quantized-weights.ts';
import type { RunnableModel } from '../model/language-model.ts';
import { comingTokens } from './coming-tokens.ts';
import { DecoderSession, requireShort } from './decoder-session.ts';
import { type GENERATE, type GeneratedToken, Generation, generationOptions } from './generation.ts';
import { PromptLookup } from './prompt-lookup.ts';

export type GenerateOptions = z.input<typeof GENERATE> & {
  /** Taken up and left open: for several texts of one model, and for conversations. Default: one of its own. */
  readonly session?: DecoderSession;
  /** The form that the text keeps to, such as a JSON schema: made for this model. */
  readonly constraint?: Constraint | undefined;
  /** Bits of a weight, where the session is its own. Default 32. */
  readonly bits?: RunBits | undefined;
  readonly signal?: AbortSignal;
  readonly threads?: number;
};

/**
 * @param prompt text, which gets the tokens around it that the model expects; or ids as they are
 * @throws UserError where prompt and tokens do not fit into the context
 */
export async function* generate(
  model: RunnableModel,
  prompt: string | readonly number[],
  { session: given, signal, threads, bits, constraint, ...options }: GenerateOptions = {},
): AsyncGenerator<GeneratedToken> {
  const checked = generationOptions(model, options);
  if (typeof prompt === 'string')
    requireShort(prompt.length, model.tokenizer.longestToken, given?.places ?? model.config.context);
  const ids = typeof prompt === 'string' ? [...model.tokenizer.encode(prompt).ids] : [...prompt];
  if (constraint)
    requireRoom(constraint, Math.min(checked.max, (given?.places ?? model.config.context) - ids.length));
  const session =
    given ??
    (await DecoderSession.open(model, { places: fitting(model, ids.length + checked.max), threads, bits }));
  try {
    const generation = new Generation(model, ids, checked, session.places, constraint);
    const first = generation.next(await session.see(ids));
    yield first;
    if (first.finish) return;
    const isGreedy = checked.temperature === 0 && checked.repetitionPenalty === 1;
    if (isGreedy) yield* lookingAhead(session, generation, [...ids, first.id], signal);
    else yield* oneByOne(session, generation, first.id, signal);
  } finally {
    if (!given) await session.close();
  }
}

async function* oneByOne(
  session: DecoderSession,
  generation: Generation,
  first: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<GeneratedToken> {
  for (let id = first; ; ) {
    signal?.throwIfAborted();
    const token = generation.next(await session.next(id));
    yield token;
    if (token.finish) return;
    id = token.id;
  }
}

/** The most probable tokens, several in a run where the text repeats itself. @param ids of the text so far */
async function* lookingAhead(
  session: DecoderSession,
  generation: Generation,
  ids: readonly number[],
  signal: AbortSignal | undefined,
): AsyncGenerator<GeneratedToken> {
  const lookup = new PromptLookup(ids);
  for (let id = ids.at(-1)!; ; ) {
    signal?.throwIfAborted();
    const seen = session.length;
    const draft = lookup.next(Math.min(generation.left, session.places - seen) - 1);
    if (draft.length > 0) {
      const begun = performance.now();
      const rows = await session.ahead([id, ...draft]);
      const ms = performance.now() - begun;
      let given = 0;
      for (const token of comingTokens(generation, draft, rows)) {
        given += 1;
        yield token;
        if (token.finish) return;
        lookup.push(token.id);
        id = token.id;
      }
      // Seen are the token before and those that came as they were looked up; the last one given is seen next.
      session.back(seen + given);
      lookup.tookSeveral(ms, given);
      if (given > 0) continue;
    }
    // Nothing to look up, or too close to call in company: by itself.
    const begun = performance.now();
    const logits = await session.next(id);
    lookup.tookOne(performance.now() - begun);
    const token = generation.next(logits);
    yield token;
    if (token.finish) return;
    lookup.push(token.id);
    id = token.id;
  }
}

/** Places for so many tokens, in steps, and no more than the model was made for. */
const fitting = ({ config }: Pick<RunnableModel, 'config'>, tokens: number): number =>
  Math.min(config.context, Math.ceil(tokens / 64) * 64);
