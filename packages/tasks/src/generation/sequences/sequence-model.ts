/**
 * What generates sequences: the transformer and the n-gram model, mixed by the weight that tells held-out sequences best. With few
 * sequences to learn from that is the n-gram model alone, which is then what is said.
 */
import type { Random } from '@gradus/base';
import { isOver } from '../time-limit.ts';
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
  /** Whether the limit of time left the transformer fewer epochs than were asked for. */
  readonly isCut: boolean;
}

const WEIGHTS = Array.from({ length: 11 }, (_, i) => i / 10);
/** What a mixture must tell better by, in nats a token, to be worth a transformer. */
const WORTH_IT = 0.005;
/** The share of the work after which a transformer that adds nothing to n-grams is given up. */
const TRIED = 1 / 6;
/** Of the time that is left after that, what the epochs that are still trained are to fill. */
const FILLED = 0.9;
/** Tokens of training below which trying first saves nothing. */
const MANY_TOKENS = 1_000_000;

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
  const pieces = validation.map(windows);
  const seen = pieces.flat();
  const shown = train.flatMap(windows);
  // Where a sequence was cut no end is foretold: only the transformer, which counts its places, would know it.
  const places = pieces.flatMap((of) => of.map(({ length }) => length + Number(of.length === 1)));
  const foretold = (all: readonly Float64Array[]) => all.map((each, i) => each.subarray(0, places[i]));
  const own = foretold(seen.map((sequence) => ngramSequence(ngram, sequence)));
  const fitted = async (sequences: typeof shown, of: TransformerOptions): Promise<FittedSequenceModel> => {
    const transformer = await fitTransformer(sequences, seen, of);
    const theirs = foretold(await transformerProbabilities(transformer, seen));
    const mixed = WEIGHTS.map((weight) => mixedNats(theirs, own, weight));
    const mixture = Math.min(...mixed);
    // Beside n-grams that see whole sequences, as they do when they draw: at the begin of a piece they miss what stands before it.
    const weight = least - mixture < WORTH_IT ? 0 : WEIGHTS[mixed.indexOf(mixture)]!;
    return {
      model: { ngram, weight, ...(weight > 0 && { transformer }) },
      nats: { ngram: least, transformer: transformer.nats, mixture },
      isCut: isOver(options.limit),
    };
  };
  const { epochs, random, shape, limit } = options;
  if (shown.length * shape.length * epochs >= MANY_TOKENS) {
    // What adds nothing after a sixth of the work, taken to its end, was not seen to add anything after all of it.
    const work = Math.ceil(TRIED * epochs * shown.length);
    const some = random.fork('tried').permutation(shown.length).slice(0, work);
    const few = Math.max(1, Math.floor(TRIED * epochs));
    const before = limit?.secondsLeft();
    const tried = await fitted(
      Array.from(some, (place) => shown[place]!),
      { ...options, epochs: few, checkpoint: undefined },
    );
    if (tried.model.weight === 0 || tried.isCut) return tried;
    if (limit) {
      const secondsAnEpoch = ((before! - limit.secondsLeft()) * shown.length) / (few * some.length);
      const fitting = Math.floor((FILLED * limit.secondsLeft()) / secondsAnEpoch);
      if (fitting <= few) return { ...tried, isCut: true };
      // Fewer epochs to their end are better than more that are cut off while steps are still large.
      if (fitting < epochs) {
        let share = 0;
        const onStep = (step: number, steps: number) => {
          share = step / steps;
          options.onStep?.(step, steps);
        };
        // What no longer foretold better before their end would not have done so later.
        const own = await fitted(shown, { ...options, epochs: fitting, onStep });
        return { ...own, isCut: own.isCut || share === 1 };
      }
    }
  }
  return fitted(shown, options);
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

/** Nats a token of each sequence by itself, its end included. */
export async function natsOfEach(
  { ngram, transformer, weight }: SequenceModel,
  sequences: readonly (readonly number[])[],
): Promise<number[]> {
  const theirs = transformer && (await transformerProbabilities(transformer, sequences));
  return sequences.map((sequence, i) => {
    const own = ngramSequence(ngram, sequence);
    return mixedNats([theirs?.[i] ?? own], [own], weight);
  });
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
