/**
 * The baseline of every generator of sequences: how often each token followed some tokens before it, as an interpolated Kneser-Ney model
 * (Kneser and Ney, 1995; Chen and Goodman, "An empirical study of smoothing techniques for language modeling", 1999, with one discount).
 * Of a text these are the last few; of a grid that is read by columns also those beside it, which makes the model the Markov chain of tiles
 * that games are described by (Snodgrass and Ontañón, 2017).
 */
import { EDGE } from './vocabulary.ts';

/** What a prediction looks at. */
export interface NgramContext {
  /** How far back each token lies, the most telling first. */
  readonly offsets: readonly number[];
  /** The height of a grid: the place in its column counts before all tokens. */
  readonly stride?: number;
}

export interface NgramModel extends NgramContext {
  readonly vocabulary: number;
  /** By the number of things looked at: by those (joined by commas), how often each token followed; in all but the longest, after how many. */
  readonly counts: readonly ReadonlyMap<string, ReadonlyMap<number, number>>[];
}

const DISCOUNT = 0.75;

/** @param sequences Without the edges */
export function fitNgram(
  sequences: readonly (readonly number[])[],
  vocabulary: number,
  context: NgramContext,
): NgramModel {
  const length = context.offsets.length + Number(context.stride !== undefined);
  const counts = Array.from({ length: length + 1 }, () => new Map<string, Map<number, number>>());
  for (const sequence of sequences) {
    for (let at = 0; at <= sequence.length; at++) {
      count(counts[length]!, historyOf(context, sequence, at), sequence[at] ?? EDGE);
    }
  }
  // A shorter history counts before how many different longer ones a token stood, not how often.
  for (let longer = length; longer > 0; longer--) {
    for (const [key, next] of counts[longer]!) {
      const shorter = key.split(',').slice(0, -1).map(Number);
      for (const token of next.keys()) count(counts[longer - 1]!, shorter, token);
    }
  }
  return { ...context, vocabulary, counts };
}

function count(of: Map<string, Map<number, number>>, history: readonly number[], token: number): void {
  const key = history.join(',');
  const next = of.get(key) ?? new Map<number, number>();
  next.set(token, (next.get(token) ?? 0) + 1);
  of.set(key, next);
}

/** Longest first in importance: what is left out first stands last. */
function historyOf({ offsets, stride }: NgramContext, sequence: readonly number[], at: number): number[] {
  const tokens = offsets.map((offset) => sequence[at - offset] ?? EDGE);
  return stride === undefined ? tokens : [at % stride, ...tokens];
}

/** @returns the probability of each token to come next; not to be written to */
export const ngramProbabilities = (model: NgramModel, before: readonly number[]): Float64Array =>
  probabilitiesAt(model, before, before.length);

/** Of histories that come again and again, as those of tiles do, by model. */
const known = new WeakMap<NgramModel, Map<string, Float64Array>>();
/** Probabilities that are kept of a model. */
const MOST_KEPT = 2_000_000;

function probabilitiesAt(model: NgramModel, sequence: readonly number[], at: number): Float64Array {
  const history = historyOf(model, sequence, at);
  const key = history.join(',');
  const kept = known.get(model) ?? new Map<string, Float64Array>();
  if (kept.size === 0) known.set(model, kept);
  const found = kept.get(key);
  if (found) return found;
  const own = probabilitiesAfter(model, history);
  if (kept.size * model.vocabulary < MOST_KEPT) kept.set(key, own);
  return own;
}

function probabilitiesAfter({ vocabulary, counts }: NgramModel, history: readonly number[]): Float64Array {
  let probabilities = new Float64Array(vocabulary).fill(1 / vocabulary);
  for (let length = 0; length < counts.length; length++) {
    const next = counts[length]!.get(history.slice(0, length).join(','));
    if (!next) break;
    let total = 0;
    for (const times of next.values()) total += times;
    const left = (DISCOUNT * next.size) / total;
    const longer = probabilities.map((probability) => left * probability);
    for (const [token, times] of next) longer[token]! += Math.max(0, times - DISCOUNT) / total;
    probabilities = longer;
  }
  return probabilities;
}

/**
 * How much likelier a sequence becomes by another token at one place, in nats: of that place and of all that look back at it, so that it is drawn
 * as the whole sequence would have it (Geman and Geman, 1984).
 */
export function ngramGain(model: NgramModel, sequence: readonly number[], at: number, token: number): number {
  const places = [at, ...model.offsets.map((offset) => at + offset)].filter(
    (place) => place < sequence.length,
  );
  const nats = (of: readonly number[]): number =>
    places.reduce((sum, place) => sum + Math.log(probabilitiesAt(model, of, place)[of[place]!]!), 0);
  return nats(sequence.with(at, token)) - nats(sequence);
}

/** The probability of each token that a sequence has, its end included. */
export const ngramSequence = (model: NgramModel, sequence: readonly number[]): Float64Array =>
  Float64Array.from([...sequence, EDGE], (token, at) => probabilitiesAt(model, sequence, at)[token]!);

/** Nats a token of held-out sequences, their ends included. */
export function ngramNats(model: NgramModel, sequences: readonly (readonly number[])[]): number {
  const nats = sequences.flatMap((sequence) =>
    Array.from(ngramSequence(model, sequence), (p) => -Math.log(p)),
  );
  return nats.reduce((a, b) => a + b, 0) / nats.length;
}
