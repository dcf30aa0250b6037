/**
 * A text being written: logits in, tokens out. It knows nothing of where logits come from, so that a text by itself (generate.ts) and
 * one among many that run together (batching/) get the same tokens.
 */
import { Random } from '@gradus/base';
import { z } from 'zod';
import type { Constraint, ConstraintState } from '../constrain/constraint.ts';
import { checkedFields } from '../json.ts';
import type { LanguageModel, RunnableModel } from '../model/language-model.ts';
import { drawToken, heldBack, logProbabilities, SAMPLING } from './sampling.ts';
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
export type GenerationOptions = z.output<typeof GENERATE>;

/**
 * How a text is generated: as the caller says, else as the model's author does (generation_config.json), else by the defaults here.
 * @throws UserError naming the option that is wrong
 */
export function generationOptions(
  { drawing }: Pick<RunnableModel, 'drawing'>,
  given: z.input<typeof GENERATE>,
): GenerationOptions {
  const named = Object.entries(given).filter(([, value]) => value !== undefined);
  return checkedFields('generate', { ...drawing, ...Object.fromEntries(named) }, GENERATE);
}

export interface LikelyToken {
  readonly id: number;
  readonly token: string;
  readonly logprob: number;
}

export interface GeneratedToken {
  readonly id: number;
  /** What it adds to the text; empty where a character, or a possible stop text, is not complete yet. */
  readonly text: string;
  readonly logprob?: number;
  readonly top?: readonly LikelyToken[];
  /** Why it is the last: an end token, a stop text or a constraint that is met, or as many tokens as asked for. */
  readonly finish?: 'stop' | 'length';
}

export class Generation {
  readonly #model: Pick<LanguageModel, 'tokenizer' | 'end'>;
  readonly #options: GenerationOptions;
  readonly #random: Random;
  readonly #stream: TextStream;
  /** Tokens of prompt and text. */
  readonly #said: Set<number>;
  /** How often each token was written. */
  readonly #written = new Map<number, number>();
  readonly #form: ConstraintState | undefined;
  readonly #most: number;
  #count = 0;

  /** @param places how many tokens prompt and text may have together */
  constructor(
    model: Pick<LanguageModel, 'tokenizer' | 'end'>,
    prompt: readonly number[],
    options: GenerationOptions,
    places: number,
    constraint?: Constraint,
  ) {
    this.#model = model;
    this.#options = options;
    this.#random = new Random(options.seed);
    this.#stream = new TextStream(model.tokenizer, options.stop, prompt);
    this.#said = new Set(prompt);
    this.#form = constraint?.start();
    this.#most = Math.min(options.max, places - prompt.length);
  }

  /** Tokens that may still be written. */
  get left(): number {
    return this.#most - this.#count;
  }

  /** @param logits of the token that comes next; what a constraint forbids is put out of reach in them */
  next(logits: Float32Array): GeneratedToken {
    const own = this.#own(logits);
    return this.#drawn(own, this.#held(logits));
  }

  /** The same where the most probable token leads by so much; else none, and nothing is written. */
  nextIfClear(logits: Float32Array, lead: number): GeneratedToken | undefined {
    const own = this.#own(logits);
    const held = this.#held(logits);
    return leadOf(held) < lead ? undefined : this.#drawn(own, held);
  }

  /** How probable a token is, the model alone says: as the logits are before they are held back in place. */
  #own(logits: Float32Array): Float32Array {
    return this.#form && this.#options.logprobs !== undefined ? logits.slice() : logits;
  }

  #held(logits: Float32Array): Float32Array {
    const held = heldBack(logits, this.#written, this.#options);
    this.#form?.mask(held, this.left);
    return held;
  }

  #drawn(own: Float32Array, held: Float32Array): GeneratedToken {
    const { logprobs } = this.#options;
    const form = this.#form;
    const id = drawToken(held, this.#said, this.#options, this.#random);
    form?.accept(id);
    this.#said.add(id);
    this.#written.set(id, (this.#written.get(id) ?? 0) + 1);
    this.#count += 1;
    const ends = this.#model.end.includes(id);
    const text = ends ? '' : this.#stream.push(id);
    const isFull = this.#count >= this.#most;
    const isWhole = form && (form.finished || (form.complete && isFull));
    const finish = ends || this.#stream.stopped || isWhole ? 'stop' : isFull ? 'length' : undefined;
    return {
      id,
      text: finish ? text + this.#stream.end() : text,
      ...(logprobs !== undefined && this.#likely(own, id, logprobs)),
      ...(finish && { finish }),
    };
  }

  #likely(logits: Float32Array, id: number, count: number): { logprob: number; top: readonly LikelyToken[] } {
    const { of, top } = logProbabilities(logits, count);
    return {
      logprob: of(id),
      top: top.map((id) => ({ id, token: this.#model.tokenizer.tokenOf(id) ?? '', logprob: of(id) })),
    };
  }
}

/** By how much the largest is larger than the one after it. */
function leadOf(logits: Float32Array): number {
  let [most, second] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const logit of logits) {
    if (logit > most) [most, second] = [logit, most];
    else if (logit > second) second = logit;
  }
  return most - second;
}
