/**
 * A figure of quality: what was measured on rows of evidence, so that it can be taken again of any part of them. Most figures are
 * ratios of sums (a share of right answers, errors over words, points over answers), whose uncertainty follows from each row's
 * influence (@gradus/stats), rows of one user or sentence taken together. Quantiles (latency) have Woodruff's interval (1952). What
 * is neither (a capability, a kappa) comes with its interval as it is.
 *
 * All of it is plain data: steps of a run store it.
 */
import type { Localized } from '@gradus/base';
import {
  clopperPearsonInterval,
  type Interval,
  numberedClusters,
  positiveInterval,
  quantileSorted,
  reachOf,
  shareInterval,
  symmetricInterval,
  type Uncertainty,
  uncertaintyOf,
} from '@gradus/stats';

/** How a figure reads: 0.87 is "87.0%", "0.87", "0.87 s". */
export type FigureUnit = 'share' | 'number' | 'points' | 'seconds';

export interface Figure {
  /** As a standard names it: `word_error_rate`. */
  readonly id: string;
  readonly title: Localized;
  readonly unit: FigureUnit;
  /** Whether more of it is better, or less. */
  readonly better: 'more' | 'less';
  readonly values: FigureValues;
  /** Rows that prove it, where they cannot be read from the values. */
  readonly proof?: readonly number[];
}

export type FigureValues = Ratio | Quantile | Whole;

/** Σ numerator / Σ denominator; a row with a denominator of 0 says nothing. */
export interface Ratio {
  readonly kind: 'ratio';
  readonly numerator: Float64Array;
  readonly denominator: Float64Array;
  /**
   * What the ratio can be: from 0 to 1, above 0, or anything. An exact share counts rows, and has Clopper and Pearson's interval; so has an
   * error rate (above 0, hardly ever above 1) of rows without an error, of which a next one may still have some.
   */
  readonly range: 'share' | 'exact share' | 'error rate' | 'positive' | 'any';
  /** What the ratio cannot leave: −100 and 100 of a net promoter score. */
  readonly bounds?: readonly [least: number, most: number];
}

/** NaN where a row has none. */
export interface Quantile {
  readonly kind: 'quantile';
  readonly values: Float64Array;
  readonly at: number;
}

export interface Whole {
  readonly kind: 'whole';
  readonly estimate: FigureEstimate;
}

export interface FigureEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Rows that it was measured on. */
  readonly n: number;
  /** Independent pieces: clusters, where rows are clustered. */
  readonly pieces: number;
}

/** Rows that are looked at; undefined: all. */
export type RowFilter = (row: number) => boolean;

/** A ratio of some rows, and what each of these adds to it. */
export interface RatioInfluence {
  readonly value: number;
  readonly n: number;
  readonly rows: Int32Array;
  /** Of each of `rows`. */
  readonly influence: Float64Array;
  readonly uncertainty: Uncertainty;
}

/** @returns undefined where no row says anything */
export function ratioInfluence(
  { numerator, denominator }: Ratio,
  clusters?: Int32Array,
  filter?: RowFilter,
): RatioInfluence | undefined {
  const chosen: number[] = [];
  let [above, below] = [0, 0];
  for (let row = 0; row < numerator.length; row++) {
    if (denominator[row]! <= 0 || filter?.(row) === false) continue;
    chosen.push(row);
    above += numerator[row]!;
    below += denominator[row]!;
  }
  if (chosen.length === 0) return undefined;
  const rows = Int32Array.from(chosen);
  const value = above / below;
  const influence = Float64Array.from(rows, (row) => (numerator[row]! - value * denominator[row]!) / below);
  const of = clusters && numberedClusters(Array.from(rows, (row) => clusters[row]!));
  return { value, n: rows.length, rows, influence, uncertainty: uncertaintyOf(influence, of) };
}

/** @returns undefined where no row says anything */
export function estimateFigure(
  values: FigureValues,
  clusters?: Int32Array,
  filter?: RowFilter,
  level = 0.95,
): FigureEstimate | undefined {
  if (values.kind === 'whole') return filter ? undefined : values.estimate;
  if (values.kind === 'quantile') return quantileEstimate(values, clusters, filter, level);
  const found = ratioInfluence(values, clusters, filter);
  if (!found) return undefined;
  const { value, n, uncertainty } = found;
  const isExact = values.range === 'exact share' || (values.range === 'error rate' && value === 0);
  const [low, high] = isExact
    ? exactInterval(value, n, uncertainty, level)
    : ratioInterval(values.range, value, uncertainty, level);
  const { pieces } = uncertainty;
  if (!values.bounds) return { value, low, high, n, pieces };
  const [least, most] = values.bounds;
  if (uncertainty.standardError > 0 || pieces < 2)
    return { value, low: Math.max(least, low), high: Math.min(most, high), n, pieces };
  // Where all say the same, as many of those who were not asked may say the opposite as none of so many would show.
  const [, unseen] = clopperPearsonInterval(0, pieces, level);
  return { value, low: value - unseen * (value - least), high: value + unseen * (most - value), n, pieces };
}

/** At the number of independent rows that would give a share this standard error (Korn and Graubard, 1998). */
function exactInterval(
  value: number,
  n: number,
  { standardError, pieces }: Uncertainty,
  level: number,
): Interval {
  const isMixed = value > 0 && value < 1 && pieces < n && standardError > 0;
  const rows = isMixed ? Math.min(n, (value * (1 - value)) / standardError ** 2) : Math.min(n, pieces);
  return clopperPearsonInterval(isMixed ? value * rows : Math.round(value * rows), rows, level);
}

function ratioInterval(
  range: Ratio['range'],
  value: number,
  uncertainty: Uncertainty,
  level: number,
): Interval {
  if (uncertainty.pieces < 2 && range !== 'share') return [range === 'any' ? -Infinity : 0, Infinity];
  if (range === 'share') {
    const isCertain = uncertainty.pieces < 2 && value > 0 && value < 1;
    return isCertain ? [0, 1] : shareInterval(value, uncertainty, uncertainty.pieces, level);
  }
  if (range === 'any') return symmetricInterval(value, uncertainty, level);
  const [low, high] = positiveInterval(value, uncertainty, level);
  return high > MOST_TIMES * value && value > 0 ? [0, Infinity] : [low, high];
}

/** An interval that reaches so many times beyond its figure bounds nothing. */
const MOST_TIMES = 1000;

/** Where the distribution crosses the share less and more the error of the share of rows below the quantile. */
function quantileEstimate(
  { values, at }: Quantile,
  clusters: Int32Array | undefined,
  filter: RowFilter | undefined,
  level: number,
): FigureEstimate | undefined {
  const rows: number[] = [];
  for (let row = 0; row < values.length; row++)
    if (!Number.isNaN(values[row]!) && filter?.(row) !== false) rows.push(row);
  if (rows.length === 0) return undefined;
  const sorted = Float64Array.from(rows, (row) => values[row]!).sort();
  const value = quantileSorted(sorted, at);
  const below = {
    kind: 'ratio' as const,
    range: 'share' as const,
    numerator: Float64Array.from(values, (each) => (each <= value ? 1 : 0)),
    denominator: Float64Array.from(values, (each, row) =>
      Number.isNaN(each) || filter?.(row) === false ? 0 : 1,
    ),
  };
  const share = ratioInfluence(below, clusters)!;
  const error = Math.max(share.uncertainty.standardError, Math.sqrt((at * (1 - at)) / rows.length));
  const half = reachOf(share.uncertainty.freedom, level) * error;
  // Beyond the least and the largest value nothing is known.
  const low = at - half <= 0 ? 0 : quantileSorted(sorted, at - half);
  const high = at + half >= 1 ? Infinity : quantileSorted(sorted, at + half);
  return { value, low, high, n: rows.length, pieces: share.uncertainty.pieces };
}
