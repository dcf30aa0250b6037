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
  /** What it has chosen among forms, where it searches. */
  readonly form?: string;
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
  const count = forecasts.length;
  const [values, distances] = [new Float64Array(count), new Float64Array(count)];
  const answer = new Float64Array(forecasts[0]!.length);
  for (let h = 0; h < answer.length; h++) {
    for (let i = 0; i < count; i++) values[i] = forecasts[i]![h]!;
    distances.set(values);
    const center = medianOf(distances);
    for (let i = 0; i < count; i++) distances[i] = Math.abs(values[i]! - center);
    const reach = FURTHEST * medianOf(distances);
    let [sum, total] = [0, 0];
    for (let i = 0; i < count; i++) {
      sum += weights[i]! * Math.min(center + reach, Math.max(center - reach, values[i]!));
      total += weights[i]!;
    }
    answer[h] = sum / total;
  }
  return answer;
}

const median = (values: readonly number[]): number => medianOf(Float64Array.from(values));

/** Sorts what it is given: a handful, at every step of every forecast. */
function medianOf(values: Float64Array): number {
  for (let i = 1; i < values.length; i++) {
    const value = values[i]!;
    let place = i;
    for (; place > 0 && values[place - 1]! > value; place--) values[place] = values[place - 1]!;
    values[place] = value;
  }
  const half = values.length >> 1;
  return values.length % 2 === 1 ? values[half]! : (values[half - 1]! + values[half]!) / 2;
}
