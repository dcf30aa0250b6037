/** Means of rows, and figures that are a ratio of means. */
import type { Numbers } from '../numbers.ts';
import type { Influenced } from './influence.ts';

/** @param weights Not below 0; left out, each row weighs the same */
export function meanInfluence(values: Numbers, weights?: Numbers): Influenced {
  const n = values.length;
  let total = 0;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    const weight = weights ? weights[i]! : 1;
    total += weight;
    sum += weight * values[i]!;
  }
  const value = sum / total;
  const influence = new Float64Array(n);
  for (let i = 0; i < n; i++) influence[i] = ((weights ? weights[i]! : 1) / total) * (values[i]! - value);
  return { value, influence };
}

/** The share of the variance that predictions explain: 1 − mean squared error / variance. NaN where the actual values do not vary. */
export function r2Influence(actual: Numbers, predicted: Numbers, weights?: Numbers): Influenced {
  const n = actual.length;
  const center = meanInfluence(actual, weights).value;
  const errors = Float64Array.from({ length: n }, (_, i) => (actual[i]! - predicted[i]!) ** 2);
  const squares = Float64Array.from({ length: n }, (_, i) => (actual[i]! - center) ** 2);
  const [error, variance] = [meanInfluence(errors, weights), meanInfluence(squares, weights)];
  if (variance.value === 0) return { value: Number.NaN, influence: new Float64Array(n) };
  const unexplained = error.value / variance.value;
  return {
    value: 1 - unexplained,
    influence: error.influence.map(
      (each, i) => (unexplained * variance.influence[i]! - each) / variance.value,
    ),
  };
}
