/**
 * Synthetic control: a mix of the other units that ran like the treated one before the start says what it would have done after it (Abadie,
 * Diamond and Hainmueller, "Synthetic Control Methods for Comparative Case Studies", 2010). How unusual the gap is, is told by placebos: each
 * other unit is taken for the treated one in turn, and the ratio of the gap after the start to that before it is ranked.
 *
 * No mix of others comes near a unit that is larger than all of them, or smaller. Then each is compared with its own mean before the start
 * (Ferman and Pinto, "Synthetic Controls with Imperfect Pretreatment Fit", 2021), which `demean` also asks for.
 */
import { UserError } from '@gradus/base';
import { quantileSorted } from '../distributions/quantile.ts';
import type { Interval } from '../numbers.ts';
import type { Effect } from './difference-in-differences.ts';
import { meanOf, type Panel, requirePanel } from './panel.ts';
import { simplexWeights } from './simplex-weights.ts';

export interface SyntheticControlOptions {
  /** Default: only where the treated unit lies outside the range of the others. */
  readonly demean?: boolean;
  readonly level?: number;
  /** Placebos that fit before the start this many times worse (in mean squares) say nothing. Default 20, as Abadie et al. have it. */
  readonly worstFit?: number;
}

export interface SyntheticControl extends Effect {
  /** By time, before and after the start. */
  readonly synthetic: Float64Array;
  readonly gaps: Float64Array;
  /** Of the others, greatest first; those of 0 left out. */
  readonly weights: readonly { readonly unit: string; readonly weight: number }[];
  /** Root mean squared gap before the start: how well the mix runs along. */
  readonly errorBefore: number;
  /** Of the treated unit among all, by the ratio of the gaps: 1 is the most unusual. */
  readonly rank: number;
  readonly compared: number;
}

export function syntheticControl(
  panel: Panel,
  treated: readonly number[],
  start: number,
  { demean, level = 0.95, worstFit = 20 }: SyntheticControlOptions = {},
): SyntheticControl {
  requirePanel(panel, start);
  const others = panel.units.map((_, i) => i).filter((i) => !treated.includes(i));
  if (others.length < 2 || treated.length === 0) {
    throw new UserError({
      en: `A synthetic control needs one treated unit and at least two others; there are ${treated.length} treated and ${others.length} others.`,
      zh: `合成控制需要一个处理单位和至少两个其他单位；现有 ${treated.length} 个处理单位和 ${others.length} 个其他单位。`,
    });
  }
  const times = panel.values[0]!.length;
  const mine = Float64Array.from({ length: times }, (_, t) =>
    meanOf(treated.map((unit) => panel.values[unit]![t]!)),
  );
  const pool = others.map((unit) => panel.values[unit]!);
  const fitted = mix(mine, pool, start, demean ?? isOutside(mine, pool, start));
  const value = meanOf(fitted.gaps, start);

  // The placebos' gaps, in units of how well their own mix ran along: what chance does to a gap of ours.
  const placebos = pool
    .map((unit, i) => {
      const rest = pool.toSpliced(i, 1);
      return mix(unit, rest, start, demean ?? isOutside(unit, rest, start));
    })
    .filter(({ before }) => before ** 2 <= worstFit * fitted.before ** 2);
  const ratio = (gaps: Float64Array, before: number) => rootMeanSquare(gaps, start) / (before || 1e-300);
  const own = ratio(fitted.gaps, fitted.before);
  const rank = 1 + placebos.filter(({ gaps, before }) => ratio(gaps, before) >= own).length;
  const compared = placebos.length + 1;
  return {
    value,
    interval: chanceInterval(value, fitted.before, placebos, start, level),
    pValue: rank / compared,
    expected: meanOf(fitted.synthetic, start),
    synthetic: fitted.synthetic,
    gaps: fitted.gaps,
    weights: Array.from(fitted.weights, (weight, i) => ({ unit: panel.units[others[i]!]!, weight }))
      .filter(({ weight }) => weight > 1e-4)
      .sort((a, b) => b.weight - a.weight),
    errorBefore: fitted.before,
    rank,
    compared,
  };
}

/** Whether the unit was larger than all others before the start, or smaller. */
function isOutside(unit: Float64Array, pool: readonly Float64Array[], start: number): boolean {
  const own = meanOf(unit, 0, start);
  const sides = pool.map((other) => meanOf(other, 0, start) > own);
  return sides.every((side) => side === sides[0]);
}

interface Mix {
  readonly weights: Float64Array;
  readonly synthetic: Float64Array;
  readonly gaps: Float64Array;
  /** Root mean squared gap before the start. */
  readonly before: number;
}

function mix(mine: Float64Array, pool: readonly Float64Array[], start: number, demean: boolean): Mix {
  const level = (unit: Float64Array) => (demean ? meanOf(unit, 0, start) : 0);
  const centered = (unit: Float64Array) => {
    const mean = level(unit);
    return unit.map((value) => value - mean);
  };
  const columns = pool.map(centered);
  const weights = simplexWeights(
    columns.map((column) => column.subarray(0, start)),
    centered(mine).subarray(0, start),
  );
  const own = level(mine);
  const synthetic = mine.map(
    (_, t) => own + columns.reduce((sum, column, i) => sum + weights[i]! * column[t]!, 0),
  );
  const gaps = mine.map((value, t) => value - synthetic[t]!);
  return { weights, synthetic, gaps, before: rootMeanSquare(gaps, 0, start) };
}

/** The effect less what chance gave the placebos. With fewer of them than the level asks for the ends are the greatest. */
function chanceInterval(
  value: number,
  before: number,
  placebos: readonly Mix[],
  start: number,
  level: number,
): Interval {
  const chances = Float64Array.from(placebos, (placebo) =>
    Math.abs((meanOf(placebo.gaps, start) / (placebo.before || 1e-300)) * before),
  ).sort();
  // One more than counted: the next unit is as likely to lie beyond all of them as between two.
  const p = Math.min(1, (level * (chances.length + 1)) / Math.max(chances.length, 1));
  const reach = chances.length > 0 ? quantileSorted(chances, p) : Number.POSITIVE_INFINITY;
  return [value - reach, value + reach];
}

function rootMeanSquare(values: Float64Array, from = 0, to = values.length): number {
  let sum = 0;
  for (let i = from; i < to; i++) sum += values[i]! ** 2;
  return Math.sqrt(sum / (to - from));
}
