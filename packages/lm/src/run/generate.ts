/** Text token by token: `for await (const { text } of generate(model, prompt)) process.stdout.write(text)`. */
import { Random } from '@gradus/base';
import { z } from 'zod';
import { type Constraint, requireRoom } from '../constrain/constraint.ts';
import type { RunBits } from '../graph/quantized-weights.ts';
import { checkedFields } from '../json.ts';
import type { LanguageModel } from '../model/language-model.ts';
import { DecoderSession } from './decoder-session.ts';
import { drawToken, logProbabilities, SAMPLING } from './sampling.ts';
import { TextStream } from './text-stream.ts';

export const GENERATE = SAMPLING.extend({
  /** How many tokens to add at most. */
  max: z.int().min(1).max(1_000_000).default(256),
  /** Texts at which it ends; they are not part of the result. */
  stop: z.array(z.string().min(1).max(1000)).max(16).default([]),
  seed: z.union([z.int(), z.string().max(1000)]).default(0),
  /** Of each token its logarithmic probability, and those of so many most probable ones. */
  logprobs: z.int().min(0).max(100).optional(),
});
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

export interface GeneratedToken {
  readonly id: number;
  /** What it adds to the text; empty where a character, or a possible stop text, is not complete yet. */
  readonly text: string;
  readonly logprob?: number;
  readonly top?: readonly { readonly id: number; readonly token: string; readonly logprob: number }[];
  /** Why it is the last: an end token, a stop text or a constraint that is met, or as many tokens as asked for. */
  readonly finish?: 'stop' | 'length';
}

/**
 * @param prompt text, which gets the tokens around it that the model expects; or ids as they are
 * @throws UserError where prompt and tokens do not fit into the context
 */
export async function* generate(
  model: LanguageModel,
  prompt: string | readonly number[],
  { session: given, signal, threads, bits, constraint, ...options }: GenerateOptions = {},
): AsyncGenerator<GeneratedToken> {
  const { max, stop, seed, logprobs, ...sampling } = checkedFields('generate', options, GENERATE);
  const ids = typeof prompt === 'string' ? [...model.tokenizer.encode(prompt).ids] : [...prompt];
  if (constraint)
    requireRoom(constraint, Math.min(max, (given?.places ?? model.config.context) - ids.length));
  const session =
    given ?? (await DecoderSession.open(model, { places: fitting(model, ids.length + max), threads, bits }));
  const random = new Random(seed);
  const said = new Set(ids);
  const form = constraint?.start();
  const stream = new TextStream(model.tokenizer, stop, ids);
  try {
    let logits = await session.see(ids);
    const most = Math.min(max, session.places - ids.length);
    for (let count = 1; ; count++) {
      signal?.throwIfAborted();
      // What is drawn from is put out of reach in place; how probable a token is, the model alone says.
      const own = form && logprobs !== undefined ? logits.slice() : logits;
      form?.mask(logits, most - count + 1);
      const id = drawToken(logits, said, sampling, random);
      form?.accept(id);
      said.add(id);
      const ends = model.end.includes(id);
      const text = ends ? '' : stream.push(id);
      const whole = form && (form.finished || (form.complete && count >= most));
      const finish = ends || stream.stopped || whole ? 'stop' : count >= most ? 'length' : undefined;
      yield {
        id,
        text: finish ? text + stream.end() : text,
        ...(logprobs !== undefined && likely(own, id, logprobs)),
        ...(finish && { finish }),
      };
      if (finish) return;
      logits = await session.next(id);
    }
  } finally {
    if (!given) await session.close();
  }

  function likely(logits: Float32Array, id: number, count: number) {
    const { of, top } = logProbabilities(logits, count);
    return {
      logprob: of(id),
      top: top.map((id) => ({ id, token: model.tokenizer.tokenOf(id) ?? '', logprob: of(id) })),
    };
  }
}

/** Places for so many tokens, in steps, and no more than the model was made for. */
const fitting = ({ config }: LanguageModel, tokens: number): number =>
  Math.min(config.context, Math.ceil(tokens / 64) * 64);
