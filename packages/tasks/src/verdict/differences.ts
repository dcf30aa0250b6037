/**
 * Differences between parts of the same evidence: a slice and the rest of the rows, a version and the one before. The influences of
 * both sides are added by cluster before they are squared, so that what both heard of one sentence, or said to one user, counts as
 * the pair that it is (a paired test wherever there are pairs, a two-sample test where there are none).
 */
import { benjaminiHochberg, numberedClusters, pValueOf, reachOf, uncertaintyOf } from '@gradus/stats';
import {
  estimateFigure,
  type Figure,
  type FigureEstimate,
  type Ratio,
  type RowFilter,
  ratioInfluence,
} from './figure.ts';

export interface RatioDifference {
  readonly of: number;
  readonly other: number;
  /** `of` − `other`. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly pValue: number;
  /** Rows on either side. */
  readonly n: number;
  readonly otherN: number;
}

/** @returns undefined where a side has no rows that say anything */
export function ratioDifference(
  ratio: Ratio,
  clusters: Int32Array | undefined,
  of: RowFilter,
  other: RowFilter,
  level = 0.95,
): RatioDifference | undefined {
  const [a, b] = [ratioInfluence(ratio, clusters, of), ratioInfluence(ratio, clusters, other)];
  if (!a || !b) return undefined;
  const rows = [...a.rows, ...b.rows];
  const influence = Float64Array.from([...a.influence, ...b.influence.map((each) => -each)]);
  const uncertainty = uncertaintyOf(
    influence,
    clusters && numberedClusters(rows.map((row) => clusters[row]!)),
  );
  const difference = a.value - b.value;
  const half = reachOf(uncertainty.freedom, level) * uncertainty.standardError;
  // Where every row of both sides is alike nothing varies, and so few rows prove nothing.
  const isUntold = uncertainty.standardError === 0 && Math.min(a.n, b.n) < 10;
  return {
    of: a.value,
    other: b.value,
    difference,
    low: isUntold ? -Infinity : difference - half,
    high: isUntold ? Infinity : difference + half,
    pValue: isUntold ? 1 : pValueOf(difference, uncertainty),
    n: a.n,
    otherN: b.n,
  };
}

/** Values of a column that parts rows. */
export interface SliceColumn {
  readonly name: string;
  readonly levels: readonly string[];
  /** Of each row its level; -1 where it has none. */
  readonly codes: Int32Array;
}

export interface SliceFinding {
  readonly figure: string;
  readonly column: string;
  readonly level: string;
  readonly estimate: FigureEstimate;
  readonly rest: number;
  readonly difference: number;
  /** Of the difference. */
  readonly interval: readonly [number, number];
  /** Adjusted for all slices that were looked at (Benjamini and Hochberg, 1995). */
  readonly pValue: number;
  /** The share of the whole figure's loss that would be gone, were the slice as the rest is. */
  readonly burden: number;
}

/** A slice of fewer rows is not looked at. */
const FEWEST_ROWS = 20;
/** What is found is a difference at this rate of false discoveries. */
export const FALSE_DISCOVERIES = 0.05;

/** Every slice of every figure against the rest, the heaviest first; those that a test calls worse come before all others. */
export function sliceFindings(
  figures: readonly Figure[],
  columns: readonly SliceColumn[],
  clusters: Int32Array | undefined,
): SliceFinding[] {
  const all = figures.flatMap((figure) =>
    figure.values.kind === 'ratio' ? slicesOf(figure, figure.values, columns, clusters) : [],
  );
  const adjusted = benjaminiHochberg(all.map(({ pValue }) => pValue));
  return all
    .map((one, i) => ({ ...one, pValue: adjusted[i]! }))
    .sort((a, b) => Number(isWorse(b)) - Number(isWorse(a)) || b.burden - a.burden);
}

export const isWorse = ({ pValue, burden }: SliceFinding): boolean =>
  pValue < FALSE_DISCOVERIES && burden > 0;

function slicesOf(
  { id, better }: Figure,
  ratio: Ratio,
  columns: readonly SliceColumn[],
  clusters: Int32Array | undefined,
): SliceFinding[] {
  const sign = better === 'less' ? 1 : -1;
  const total = ratio.denominator.reduce((sum, each) => sum + each, 0);
  const whole = ratioInfluence(ratio)?.value ?? 0;
  const loss = better === 'less' || ratio.range !== 'share' ? Math.abs(whole) : 1 - whole;
  return columns.flatMap(({ name, levels, codes }) =>
    levels.flatMap((level, code) => {
      const within: RowFilter = (row) => codes[row] === code;
      const found = ratioDifference(
        ratio,
        clusters,
        within,
        (row) => codes[row] !== code && codes[row] !== -1,
      );
      if (!found || found.n < FEWEST_ROWS || found.otherN < FEWEST_ROWS) return [];
      const estimate = estimateFigure(ratio, clusters, within)!;
      let own = 0;
      for (let row = 0; row < codes.length; row++) if (within(row)) own += ratio.denominator[row]!;
      return [
        {
          figure: id,
          column: name,
          level,
          estimate,
          rest: found.other,
          difference: found.difference,
          interval: [found.low, found.high] as const,
          pValue: found.pValue,
          burden: loss > 0 ? (sign * found.difference * own) / total / loss : 0,
        },
      ];
    }),
  );
}
