/**
 * How made items are judged: the share that is valid, how like the originals they are, the share that is new, and how diverse they are among
 * themselves; each with a 95 % interval, and each the same for every way of making them, so that a model is judged beside its baselines.
 *
 * - **valid**: obeys the rules, with proof; Wilson's interval (1927).
 * - **like**: 1 less the Jensen-Shannon divergence (Lin, 1991) between how often patterns (three characters; two by two tiles) come up in made
 *   and in held-out items, as a share of the most it can be; by bootstrap over items. What training items come to beside held-out ones is the best
 *   that can be hoped for.
 * - **new**: further from every original than a copy would be; Wilson's interval.
 * - **diverse**: the mean distance between two made items as a share of that between two originals, at most 1; by bootstrap.
 */
import type { Random } from '@gradus/base';
import { bootstrapInterval, quantileSorted, wilsonInterval } from '@gradus/stats';

export interface Estimated {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

export interface FourNumbers {
  readonly valid: Estimated;
  readonly like: Estimated;
  readonly new: Estimated;
  readonly diverse: Estimated;
  readonly n: number;
}

export interface MeasureOptions {
  /** Patterns of an item, each as often as it comes up. */
  readonly patterns: (item: string) => readonly string[];
  /** From 0, the same, on. */
  readonly distance: (a: string, b: string) => number;
  readonly random: Random;
}

/** Pairs that stand for all of them. */
const PAIRS = 2_000;

const RESAMPLES = 200;

/**
 * @param made With whether each obeys the rules and is no copy
 * @param originals Those that were learnt from
 * @param heldOut Those that were not
 */
export function fourNumbers(
  made: readonly { readonly item: string; readonly isValid: boolean; readonly isNew: boolean }[],
  originals: readonly string[],
  heldOut: readonly string[],
  { patterns, distance, random }: MeasureOptions,
): FourNumbers {
  const items = made.map(({ item }) => item);
  const numbers = new Map<string, number>();
  const own = items.map((item) => numbered(patterns(item), numbers));
  const held = heldOut.map((item) => numbered(patterns(item), numbers));
  const theirs = summed(held, Int32Array.from(held.keys()), numbers.size);
  const like = (rows: Int32Array): number => 1 - divergence(summed(own, rows, numbers.size), theirs);
  const spread = meanDistance(originals, distance, random.fork('originals'));
  const pairs = pairsOf(items.length, random.fork('pairs'));
  const distances = Float64Array.from(pairs, ([a, b]) => distance(items[a]!, items[b]!));
  const diverse = (rows: Int32Array): number =>
    spread === 0
      ? Number.NaN
      : Math.min(1, rows.reduce((sum, row) => sum + distances[row]!, 0) / rows.length / spread);
  return {
    valid: shareOf(made.map(({ isValid }) => isValid)),
    like: centred(like, items.length, random.fork('like')),
    new: shareOf(made.map(({ isNew }) => isNew)),
    diverse: estimated(diverse, distances.length, random.fork('diverse')),
    n: made.length,
  };
}

function shareOf(are: readonly boolean[]): Estimated {
  const those = are.filter(Boolean).length;
  const [low, high] = wilsonInterval(those, are.length);
  return { value: those / are.length, low, high };
}

function estimated(statistic: (rows: Int32Array) => number, n: number, random: Random): Estimated {
  const [low, high] = bootstrapInterval(statistic, n, random, { resamples: RESAMPLES });
  return { value: statistic(Int32Array.from({ length: n }, (_, i) => i)), low, high };
}

/**
 * By bootstrap, set around the figure: of items that are drawn again with putting back fewer patterns come up, so that every draw is less like
 * the originals than the items are.
 */
function centred(statistic: (rows: Int32Array) => number, n: number, random: Random): Estimated {
  const value = statistic(Int32Array.from({ length: n }, (_, i) => i));
  const draws = Float64Array.from({ length: RESAMPLES }, () =>
    statistic(Int32Array.from({ length: n }, () => random.below(n))),
  ).sort();
  const middle = draws.reduce((a, b) => a + b, 0) / draws.length;
  const bound = (p: number) => Math.min(1, Math.max(0, value + quantileSorted(draws, p) - middle));
  return { value, low: bound(0.025), high: bound(0.975) };
}

/** Patterns of an item by number, each as often as it comes up. */
const numbered = (patterns: readonly string[], numbers: Map<string, number>): Int32Array =>
  Int32Array.from(patterns, (pattern) => {
    const known = numbers.get(pattern);
    if (known !== undefined) return known;
    numbers.set(pattern, numbers.size);
    return numbers.size - 1;
  });

/** How often each pattern comes up in some items, as shares. */
function summed(items: readonly Int32Array[], rows: Int32Array, size: number): Float64Array {
  const counts = new Float64Array(size);
  let all = 0;
  for (const row of rows) {
    const item = items[row]!;
    for (let i = 0; i < item.length; i++) counts[item[i]!]!++;
    all += item.length;
  }
  return counts.map((count) => count / Math.max(1, all));
}

/** Jensen and Shannon's, from 0 to 1. */
function divergence(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const [p, q] = [a[i]!, b[i]!];
    const middle = (p + q) / 2;
    if (p > 0) sum += (p / 2) * Math.log2(p / middle);
    if (q > 0) sum += (q / 2) * Math.log2(q / middle);
  }
  return sum;
}

function meanDistance(
  items: readonly string[],
  distance: MeasureOptions['distance'],
  random: Random,
): number {
  const pairs = pairsOf(items.length, random);
  return pairs.reduce((sum, [a, b]) => sum + distance(items[a]!, items[b]!), 0) / Math.max(1, pairs.length);
}

/** All pairs of different places, or as many by chance. */
function pairsOf(n: number, random: Random): [number, number][] {
  if ((n * (n - 1)) / 2 <= PAIRS) {
    return Array.from({ length: n }, (_, a) =>
      Array.from({ length: a }, (_, b): [number, number] => [a, b]),
    ).flat();
  }
  return Array.from({ length: PAIRS }, () => {
    const a = random.below(n);
    const b = random.below(n - 1);
    return [a, b < a ? b : b + 1];
  });
}
