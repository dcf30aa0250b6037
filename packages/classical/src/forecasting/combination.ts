/**
 * Forecasts of several methods made one: their mean, weighted by how they did. Weights fall with the square of the error, as in Bates
 * and Granger ("The Combination of Forecasts", 1969), which shrinks them to equal ones where methods err alike. A method that goes
 * astray at some step counts there only as far as the others scatter.
 */
import type { ForecasterName } from './forecaster.ts';

export interface MethodWeight {
  readonly name: ForecasterName;
  readonly weight: number;
  /** Mean absolute error over the rolls; NaN where it was not judged. */
  readonly error: number;
}

/** A forecast further from the median than this many median distances is taken as that far. */
const FURTHEST = 3;
/** No method counts more than this many times as much as another. */
const LARGEST_RATIO = 100;

/** @param errors by method, not negative; NaN where it was not judged, which counts as an error in the middle of the others */
export function errorWeights(errors: readonly number[]): number[] {
  const known = errors.filter((error) => !Number.isNaN(error));
  const typical = known.length > 0 ? median(known) : 1;
  const least = Math.min(typical, ...known);
  const floor = Math.max(least, Number.MIN_VALUE);
  const raw = errors.map((error) => {
    const ratio = (Number.isNaN(error) ? typical : error) / floor;
    // Where the least is 0 all that are not lose.
    return Math.max(1 / LARGEST_RATIO, Math.min(1, 1 / Math.max(1, ratio) ** 2));
  });
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
}

/**
 * @param forecasts by method
 * @param weights by method, of any sum above 0
 */
export function combine(forecasts: readonly Float64Array[], weights: readonly number[]): Float64Array {
  return forecasts[0]!.map((_, h) => {
    const values = forecasts.map((forecast) => forecast[h]!);
    const center = median(values);
    const reach = FURTHEST * median(values.map((value) => Math.abs(value - center)));
    let [sum, total] = [0, 0];
    for (const [i, value] of values.entries()) {
      sum += weights[i]! * Math.min(center + reach, Math.max(center - reach, value));
      total += weights[i]!;
    }
    return sum / total;
  });
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}
