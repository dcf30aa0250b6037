/** How large errors are beside an item's size, so that those of long ago, when it was smaller, say what to expect now. */
import { scaleAt } from './global/features.ts';
import type { ItemForecast } from './model.ts';

/** A history without holes, and its season. */
export interface Sized {
  readonly values: Float64Array;
  readonly season: number;
}

/** Errors grow with an item's size by this power where a file does not show it, and so many logs of growth squared weigh as much as it. */
const USUAL_GROWTH = { power: 0.75, weight: 2 };

/**
 * By which power of its size an item's roughness grows: between 0 (not at all) and 1 (in proportion), from the halves of all
 * histories (Taylor's law: "Aggregation, Variance and the Mean", 1961).
 */
export function growthOfErrors(histories: readonly Sized[]): number {
  let { power: up, weight: down } = USUAL_GROWTH;
  up *= down;
  for (const { values, season } of histories) {
    const half = values.length >> 1;
    const [before, after] = [halfOf(values, season, 0, half), halfOf(values, season, half, values.length)];
    const grown = Math.log(after.level / before.level);
    const rougher = Math.log(after.roughness / before.roughness);
    if (!Number.isFinite(grown) || !Number.isFinite(rougher)) continue;
    up += grown * rougher;
    down += grown ** 2;
  }
  return Math.max(0, Math.min(1, up / down));
}

/** Means of amounts, and of their steps from one season to the next. */
function halfOf(
  values: Float64Array,
  season: number,
  from: number,
  to: number,
): { level: number; roughness: number } {
  let [level, roughness] = [0, 0];
  for (let t = from; t < to; t++) {
    level += Math.abs(values[t]!);
    if (t >= season) roughness += Math.abs(values[t]! - values[t - season]!);
  }
  return { level: level / (to - from), roughness: roughness / (to - Math.max(from, season)) };
}

/** What errors at an origin are divided by, so that they are what they would be of the item's size now. */
export function sizeAt({ values, season }: Sized, origin: number, growth: number): number {
  const now = scaleAt(values, values.length, season);
  return now * (scaleAt(values, origin, season) / now) ** growth;
}

/** What a file's own errors are drawn towards weighs as much as so many logs of forecasts squared. */
const USUAL_WEIGHT = 20;
/** A forecast counts as no smaller or larger than this many times the item's size. */
const FURTHEST = 10;

/** Forecasts of an item's past, and what came. */
export interface ToldPast {
  readonly told: readonly Float64Array[];
  readonly actual: readonly Float64Array[];
}

/**
 * By which power of the forecast errors grow within an item: a busy hour or a week of promotion is told wrong by more than a quiet one. From
 * the past's forecasts of all items, drawn towards the power by which items' roughness grows.
 */
export function growthWithForecast(items: readonly ToldPast[], usual: number): number {
  let [up, down] = [usual * USUAL_WEIGHT, USUAL_WEIGHT];
  for (const { told, actual } of items) {
    const pairs = told
      .flatMap((forecast, r) =>
        Array.from(
          forecast,
          (value, k) => [Math.log(value), Math.log(Math.abs(actual[r]![k]! - value))] as const,
        ),
      )
      .filter(([level, error]) => Number.isFinite(level) && Number.isFinite(error));
    if (pairs.length === 0) continue;
    const mean = [0, 1].map((at) => pairs.reduce((sum, pair) => sum + pair[at]!, 0) / pairs.length);
    for (const [level, error] of pairs) {
      up += (level - mean[0]!) * (error - mean[1]!);
      down += (level - mean[0]!) ** 2;
    }
  }
  return Math.max(0, Math.min(1, up / down));
}

/** How much larger errors of such a forecast are than those of one of the item's size. */
export const levelOfErrors = (forecast: number, size: number, growth: number): number =>
  size > 0 ? Math.max(1 / FURTHEST, Math.min(FURTHEST, forecast / size)) ** growth : 1;

/** The mean step from one season to the next before an origin, over the item's size there. */
export function roughnessOf(item: Sized, origin: number, growth: number): number {
  const { values, season } = item;
  let sum = 0;
  for (let t = season; t < origin; t++) sum += Math.abs(values[t]! - values[t - season]!);
  return origin > season ? sum / (origin - season) / sizeAt(item, origin, growth) : 1;
}

/** A roll's errors added up; what is not known is as the rest. */
export function sumOf(errors: Float64Array): Float64Array {
  const known = errors.filter((error) => !Number.isNaN(error));
  return Float64Array.of((known.reduce((a, b) => a + b, 0) / known.length) * errors.length);
}

/**
 * How much larger the sum of all of a roll's errors is than that of its first steps. Errors of neighbouring steps go together and grow, so that
 * sums grow faster than the number of steps; how much faster all items show together.
 */
export function growthOfSums(
  items: readonly { readonly errors: readonly Float64Array[]; readonly steps: number }[],
): (first: number, steps: number) => number {
  const known = new Map<string, number>();
  const meanSum = (errors: readonly Float64Array[], first: number): number => {
    return meanOf(errors.map((roll) => Math.abs(sumOf(roll.subarray(0, first))[0]!)).filter(Number.isFinite));
  };
  return (first, steps) => {
    const key = `${first} ${steps}`;
    if (!known.has(key)) {
      let [part, whole] = [0, 0];
      for (const { errors } of items.filter((one) => one.steps === steps)) {
        // In units of the item's errors, so that large items do not speak for all.
        const size = meanOf(errors.flatMap((roll) => Array.from(roll, Math.abs).filter(Number.isFinite)));
        const [ofFirst, ofAll] = [meanSum(errors, first) / size, meanSum(errors, steps) / size];
        if (!Number.isFinite(ofFirst) || !Number.isFinite(ofAll)) continue;
        part += ofFirst;
        whole += ofAll;
      }
      known.set(key, part > 0 ? whole / part : steps / first);
    }
    return known.get(key)!;
  };
}

/** The whole horizon's amount with its 80 % interval, from how far off sums over the judged steps were. */
export function totalOf(
  mean: Float64Array,
  offsets: Float64Array,
  steps: number,
  floor: (value: number) => number,
): ItemForecast['total'] {
  const value = mean.reduce((a, b) => a + b, 0);
  const longer = mean.length / steps;
  return { value, low: floor(value + offsets[1]! * longer), high: floor(value + offsets[5]! * longer) };
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
