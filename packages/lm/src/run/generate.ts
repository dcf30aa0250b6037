/** Text token by token: `for await (const { text } of generate(model, prompt)) process.stdout.write(text)`. */
import type { z } from 'zod';
import { type Constraint, requireRoom } from '../constrain/constraint.ts';
import type { RunBits } from '../graph/quantized-weights.ts';
import { checkedFields } from '../json.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { DecoderSession } from './decoder-session.ts';
import { GENERATE, type GeneratedToken, Generation } from './generation.ts';

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
  model: LanguageModel,
  prompt: string | readonly number[],
  { session: given, signal, threads, bits, constraint, ...options }: GenerateOptions = {},
): AsyncGenerator<GeneratedToken> {
  const checked = checkedFields('generate', options, GENERATE);
  const ids = typeof prompt === 'string' ? [...model.tokenizer.encode(prompt).ids] : [...prompt];
  if (constraint)
    requireRoom(constraint, Math.min(checked.max, (given?.places ?? model.config.context) - ids.length));
  const session =
    given ??
    (await DecoderSession.open(model, { places: fitting(model, ids.length + checked.max), threads, bits }));
  try {
    const generation = new Generation(model, ids, checked, session.places, constraint);
    let logits = await session.see(ids);
    for (;;) {
      signal?.throwIfAborted();
      const token = generation.next(logits);
      yield token;
      if (token.finish) return;
      logits = await session.next(token.id);
    }
  } finally {
    if (!given) await session.close();
  }
}

/** Places for so many tokens, in steps, and no more than the model was made for. */
const fitting = ({ config }: LanguageModel, tokens: number): number =>
  Math.min(config.context, Math.ceil(tokens / 64) * 64);
