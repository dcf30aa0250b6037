/**
 * What generates sequences: the transformer and the n-gram model, mixed by the weight that tells held-out sequences best. With few
 * sequences to learn from that is the n-gram model alone, which is then what is said.
 */
import type { Random } from '@gradus/base';
import { fitNgram, type NgramContext, type NgramModel, ngramNats, ngramSequence } from './ngram.ts';
import {
  fitTransformer,
  type SequenceTransformer,
  type TransformerOptions,
  transformerProbabilities,
} from './transformer.ts';
import { EDGE } from './vocabulary.ts';

/** Plain data. */
export interface SequenceModel {
  readonly ngram: NgramModel;
  /** Undefined where the n-gram model alone tells held-out sequences as well. */
  readonly transformer?: SequenceTransformer;
  /** Of the transformer, from 0 to 1. */
  readonly weight: number;
}

export interface FittedSequenceModel {
  readonly model: SequenceModel;
  /** Nats a token of the sequences that the weight was chosen by, their ends included. */
  readonly nats: { readonly ngram: number; readonly transformer: number; readonly mixture: number };
}

const WEIGHTS = Array.from({ length: 11 }, (_, i) => i / 10);
/** What a mixture must tell better by, in nats a token, to be worth a transformer. */
const WORTH_IT = 0.005;

export interface SequenceModelOptions extends TransformerOptions {
  /** Of the n-gram models, of which the best is taken. */
  readonly contexts: readonly NgramContext[];
  /** What the transformer sees of a sequence that is longer than it sees at once. Default: the sequence. */
  readonly windows?: (sequence: readonly number[]) => readonly (readonly number[])[];
}

export async function fitSequenceModel(
  train: readonly (readonly number[])[],
  validation: readonly (readonly number[])[],
  { contexts, windows = (sequence) => [sequence], ...options }: SequenceModelOptions,
): Promise<FittedSequenceModel> {
  const ngrams = contexts.map((context) => fitNgram(train, options.shape.vocabulary, context));
  const nats = ngrams.map((model) => ngramNats(model, validation));
  const least = Math.min(...nats);
  const ngram = ngrams[nats.indexOf(least)]!;
  const seen = validation.flatMap(windows);
  const transformer = await fitTransformer(train.flatMap(windows), seen, options);
  const theirs = await transformerProbabilities(transformer, seen);
  const own = seen.map((sequence) => ngramSequence(ngram, sequence));
  const mixed = WEIGHTS.map((weight) => mixedNats(theirs, own, weight));
  const mixture = Math.min(...mixed);
  const weight = least - mixture < WORTH_IT ? 0 : WEIGHTS[mixed.indexOf(mixture)]!;
  return {
    model: { ngram, weight, ...(weight > 0 && { transformer }) },
    nats: { ngram: least, transformer: transformer.nats, mixture },
  };
}

/** Nats a token of other sequences. */
export async function sequenceNats(
  { ngram, transformer, weight }: SequenceModel,
  sequences: readonly (readonly number[])[],
): Promise<number> {
  if (!transformer) return ngramNats(ngram, sequences);
  const theirs = await transformerProbabilities(transformer, sequences);
  const own = sequences.map((sequence) => ngramSequence(ngram, sequence));
  return mixedNats(theirs, own, weight);
}

function mixedNats(theirs: readonly Float64Array[], own: readonly Float64Array[], weight: number): number {
  let [sum, tokens] = [0, 0];
  for (const [i, probabilities] of theirs.entries()) {
    for (const [at, probability] of probabilities.entries()) {
      sum -= Math.log(weight * probability + (1 - weight) * own[i]![at]!);
      tokens++;
    }
  }
  return sum / tokens;
}

/** One draw from probabilities, sharpened by a temperature below 1 and multiplied by factors, of which 0 bars a token. */
export function drawToken(
  probabilities: Float64Array,
  factors: Float64Array | undefined,
  temperature: number,
  random: Random,
): number {
  const weights = probabilities.map(
    (probability, token) => probability ** (1 / temperature) * (factors?.[token] ?? 1),
  );
  let left = random.uniform() * weights.reduce((a, b) => a + b, 0);
  let last = EDGE;
  for (const [token, weight] of weights.entries()) {
    if (weight === 0) continue;
    last = token;
    left -= weight;
    if (left < 0) break;
  }
  return last;
}
