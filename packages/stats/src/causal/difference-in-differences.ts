/**
 * Difference in differences: what happened to the treated beyond what happened to the others. Each unit is reduced to its change from before
 * to after, and the changes of the two groups are compared. That keeps intervals honest however much the times of one unit go together
 * (Bertrand, Duflo and Mullainathan, "How Much Should We Trust Differences-in-Differences Estimates?", 2004). With one treated unit its
 * error is that of the others (Conley and Taber, 2011). It rests on parallel trends: the gap before the start is tested for a slope.
 */
import { intervalT, studentTwoSided } from '../distributions/student-t.ts';
import type { Interval } from '../numbers.ts';
import { leastSquares } from '../regression/least-squares.ts';
import { meanOf, type Panel, requirePanel } from './panel.ts';

export interface Effect {
  /** For a treated unit and time, in the units of the values. */
  readonly value: number;
  readonly interval: Interval;
  readonly pValue: number;
  /** What the treated would have had, for a unit and time. */
  readonly expected: number;
}

export interface DifferenceInDifferences extends Effect {
  /** How fast the treated ran away from the others before the start, for a time; far from 0 the answer is not to be trusted. */
  readonly slopeBefore: { readonly value: number; readonly pValue: number };
}

/**
 * @param treated Indices of units
 * @param start First time of the treatment
 */
export function differenceInDifferences(
  panel: Panel,
  treated: readonly number[],
  start: number,
  level = 0.95,
): DifferenceInDifferences {
  requirePanel(panel, start);
  const isTreated = panel.units.map((_, i) => treated.includes(i));
  const changes = panel.values.map((values) => meanOf(values, start) - meanOf(values, 0, start));
  const of = (side: boolean) => changes.filter((_, i) => isTreated[i] === side);
  const [mine, theirs] = [of(true), of(false)];
  const value = meanOf(mine) - meanOf(theirs);
  const { error, freedom } = errorOf(mine, theirs);
  const reach = freedom >= 1 ? intervalT(level, freedom) * error : Number.POSITIVE_INFINITY;
  const observed = meanOf(panel.values.filter((_, i) => isTreated[i]).map((values) => meanOf(values, start)));
  return {
    value,
    interval: [value - reach, value + reach],
    pValue: freedom >= 1 && error > 0 ? studentTwoSided(value / error, freedom) : 1,
    expected: observed - value,
    slopeBefore: slopeBefore(panel, isTreated, start),
  };
}

/** Welch's error (1947); of one unit alone, the spread of the others stands for its own. */
function errorOf(mine: readonly number[], theirs: readonly number[]): { error: number; freedom: number } {
  const [a, b] = [varianceOf(mine), varianceOf(theirs)];
  const [m, n] = [mine.length, theirs.length];
  if (n < 2) return { error: Number.POSITIVE_INFINITY, freedom: 0 };
  if (m < 2) return { error: Math.sqrt(b * (1 / m + 1 / n)), freedom: n - 1 };
  const [s, t] = [a / m, b / n];
  return { error: Math.sqrt(s + t), freedom: (s + t) ** 2 / (s ** 2 / (m - 1) + t ** 2 / (n - 1)) || 0 };
}

const varianceOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(values.length - 1, 1);
};

function slopeBefore(
  { values }: Panel,
  isTreated: readonly boolean[],
  start: number,
): { value: number; pValue: number } {
  if (start < 4) return { value: 0, pValue: 1 };
  const gap = Float64Array.from(
    { length: start },
    (_, t) =>
      meanOf(values.filter((_, i) => isTreated[i]).map((unit) => unit[t]!)) -
      meanOf(values.filter((_, i) => !isTreated[i]).map((unit) => unit[t]!)),
  );
  const { estimates } = leastSquares([gap.map(() => 1), gap.map((_, t) => t)], gap, {
    errors: { kind: 'newey-west', lags: Math.floor(start ** 0.25) },
  });
  return { value: estimates[1]!.value, pValue: estimates[1]!.pValue };
}
