/**
 * Sequences from a model, many at once, a token at a time: the transformer keeps keys and values of earlier tokens, and a mask bars tokens
 * that no valid sequence can have next, so that what is drawn obeys the rules as far as it goes.
 */
import type { Random } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { type CompiledGraph, compile } from '@gradus/engine/runtime';
import type { Gpt } from '@gradus/nn';
import { type NgramModel, ngramProbabilities } from './ngram.ts';
import { drawToken, type SequenceModel } from './sequence-model.ts';
import { openTransformer } from './transformer.ts';
import { EDGE } from './vocabulary.ts';

export interface SampleOptions {
  readonly count: number;
  /** Tokens of a sequence at most; it may be longer than what the transformer sees at once. */
  readonly length: number;
  /** The height of a grid: what the transformer sees then begins with a whole column. Default 1. */
  readonly stride?: number | undefined;
  readonly random: Random;
  /** Below 1 likely tokens become likelier. */
  readonly temperature: number;
  /**
   * What the probability of each token is multiplied by, given those before it, without the edge; 0 bars it. Default: 1 for all. One must be
   * above 0 in every case.
   */
  readonly weights?: ((before: readonly number[]) => Float64Array) | undefined;
  /**
   * Whether a sequence is valid where it has ended, or else can still become so, given its tokens so far; looked at wherever a stride ends.
   * Where not, the tokens of that stride are drawn again, some times at most.
   */
  readonly isOpen?: ((before: readonly number[], hasEnded: boolean) => boolean) | undefined;
  /** Whole strides of originals, each once: where all draws of a stride stay shut, the first of these that is open is set, likelier ones first. */
  readonly strides?: readonly (readonly number[])[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Draws of one stride, at most. */
const DRAWS = 12;
/** Strides of originals that are tried then. */
const MOST_STRIDES = 200;

/** @returns sequences without their edges; one that reached the length without an end is cut there */
export async function sampleSequences(
  { ngram, transformer, weight }: SequenceModel,
  { count, length, stride = 1, random, temperature, weights, isOpen, strides = [], signal }: SampleOptions,
): Promise<number[][]> {
  const decoder = transformer && (await Decoder.open(openTransformer(transformer), count, stride));
  const sequences = Array.from({ length: count }, (): number[] => []);
  const ended = new Uint8Array(count);
  const dead = new Set<number>();
  try {
    for (let from = 0; from < length && ended.includes(0); from += stride) {
      const mark = decoder?.mark();
      let drawn = [...sequences.keys()].filter((i) => !ended[i]);
      for (let draw = 0; draw < DRAWS && drawn.length > 0; draw++) {
        if (draw > 0) decoder?.restore(mark!);
        for (const i of drawn) {
          sequences[i]!.length = from;
          ended[i] = 0;
        }
        for (let position = from; position < Math.min(from + stride, length); position++) {
          signal?.throwIfAborted();
          const theirs = await decoder?.next(
            draw === 0 ? sequences : sequences.map((sequence) => sequence.slice(0, position)),
            position,
          );
          for (const i of drawn) {
            if (ended[i]) continue;
            const sequence = sequences[i]!;
            const own = ngramProbabilities(ngram, sequence);
            const mixed = theirs
              ? own.map((probability, token) => (1 - weight) * probability + weight * theirs[i]![token]!)
              : own;
            const token = drawToken(mixed, weights?.(sequence), temperature, random);
            if (token === EDGE) ended[i] = 1;
            else sequence.push(token);
          }
        }
        drawn = isOpen ? drawn.filter((i) => !dead.has(i) && !isOpen(sequences[i]!, ended[i] === 1)) : [];
      }
      // What the n-gram model hardly ever draws may be all that is open: the end of a gap that is as wide as can be.
      const rescued = drawn.filter((i) => {
        const before = sequences[i]!.slice(0, from);
        const own = [...sequences[i]!];
        const open = byLikelihood(strides, before, ngram, weights, random).find((stride) => {
          sequences[i]!.splice(from, Number.POSITIVE_INFINITY, ...stride);
          return isOpen!(sequences[i]!, false);
        });
        if (open) ended[i] = 0;
        else sequences[i]!.splice(0, Number.POSITIVE_INFINITY, ...own);
        // What nothing opens is not looked at any more: it is refused in the end.
        if (!open) dead.add(i);
        return open !== undefined;
      });
      if (decoder && rescued.length > 0) {
        decoder.restore(mark!);
        for (let position = from; position < Math.min(from + stride, length); position++) {
          const before = sequences.map((sequence) => sequence.slice(0, position));
          await decoder.next(before, position);
        }
      }
    }
    return sequences;
  } finally {
    await decoder?.close();
  }
}

/** In the order in which they would be drawn one after another without putting back (Gumbel, 1954); what is barred is not among them. */
function byLikelihood(
  strides: readonly (readonly number[])[],
  before: readonly number[],
  ngram: NgramModel,
  weights: SampleOptions['weights'],
  random: Random,
): (readonly number[])[] {
  const some =
    strides.length <= MOST_STRIDES
      ? strides
      : Array.from(random.permutation(strides.length).slice(0, MOST_STRIDES), (place) => strides[place]!);
  return some
    .map((stride) => {
      const sequence = [...before];
      let key = -Math.log(-Math.log(random.uniform()));
      for (const token of stride) {
        key += Math.log(ngramProbabilities(ngram, sequence)[token]! * (weights?.(sequence)[token] ?? 1));
        sequence.push(token);
      }
      return { stride, key };
    })
    .filter(({ key }) => key > Number.NEGATIVE_INFINITY)
    .toSorted((a, b) => b.key - a.key)
    .map(({ stride }) => stride);
}

interface DecoderMark {
  readonly past: Readonly<Record<string, HostTensor>>;
  readonly from: number;
}

/** The transformer, a token of each sequence at a time. What is longer than it sees at once it sees the later half of. */
class Decoder {
  readonly #graph: CompiledGraph;
  readonly #none: Readonly<Record<string, HostTensor>>;
  readonly #length: number;
  readonly #stride: number;
  #past: Readonly<Record<string, HostTensor>>;
  /** Where what is seen begins. */
  #from = 0;

  private constructor(
    graph: CompiledGraph,
    none: Readonly<Record<string, HostTensor>>,
    length: number,
    stride: number,
  ) {
    this.#graph = graph;
    this.#none = none;
    this.#past = none;
    this.#length = length;
    this.#stride = stride;
  }

  static async open(model: Gpt, count: number, stride: number): Promise<Decoder> {
    const none = Object.entries(model.noPast()).map(([name, { dims }]): [string, HostTensor] => [
      name,
      { dtype: 'float32', dims: [count, ...dims.slice(1)], data: new Float32Array(0) },
    ]);
    return new Decoder(
      await compile(model.decoder(), { threads: 1 }),
      Object.fromEntries(none),
      model.length,
      stride,
    );
  }

  /**
   * @param sequences One token longer than at the call before; those that have ended may stay as they are
   * @param at Tokens of those that have not
   * @returns the probability of each token to come next, by sequence
   */
  async next(sequences: readonly (readonly number[])[], at: number): Promise<Float32Array[]> {
    if (at - this.#from < this.#length) return this.#step(sequences, at);
    const kept = Math.max(this.#stride, Math.floor(this.#length / 2 / this.#stride) * this.#stride);
    this.#from = Math.floor(at / this.#stride) * this.#stride - kept;
    this.#past = this.#none;
    let last: Float32Array[] = [];
    for (let place = this.#from; place <= at; place++) last = await this.#step(sequences, place);
    return last;
  }

  /** What has been seen so far, to go on from again. */
  mark(): DecoderMark {
    return { past: this.#past, from: this.#from };
  }

  restore({ past, from }: DecoderMark): void {
    this.#past = past;
    this.#from = from;
  }

  async #step(sequences: readonly (readonly number[])[], at: number): Promise<Float32Array[]> {
    const tokens = sequences.map((sequence) => (at === this.#from ? EDGE : (sequence[at - 1] ?? EDGE)));
    const { logits, ...present } = await this.#graph.run({
      token: int64([tokens.length, 1], tokens),
      position: int64([1], [at - this.#from]),
      ...this.#past,
    });
    this.#past = Object.fromEntries(
      Object.keys(this.#past).map((name) => [
        name,
        present[`next${name[0]!.toUpperCase()}${name.slice(1)}`]!,
      ]),
    );
    const data = logits!.data as Float32Array;
    const width = data.length / tokens.length;
    return tokens.map((_, i) => softmax(data.subarray(i * width, (i + 1) * width)));
  }

  close(): Promise<void> {
    return this.#graph.close();
  }
}

function softmax(logits: Float32Array): Float32Array {
  const most = logits.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const weights = logits.map((logit) => Math.exp(logit - most));
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

const int64 = (dims: readonly number[], values: readonly number[]): HostTensor => ({
  dtype: 'int64',
  dims,
  data: BigInt64Array.from(values, BigInt),
});
