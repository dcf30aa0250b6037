/**
 * Partial pooling: an item with little data leans on what items do in general, one with much stands for itself (empirical Bayes; Efron and
 * Morris, "Data analysis using Stein's estimator", 1975). Item effects are taken to be normal around a common mean:
 * estimate_i ~ N(effect_i, error_i²), effect_i ~ N(mean, spread²). The spread is that of restricted maximum likelihood; intervals are those
 * of Morris ("Parametric Empirical Bayes Inference", 1983), which are wider because mean and spread are themselves estimated.
 */
import { intervalZ } from '../distributions/normal.ts';
import { intervalT } from '../distributions/student-t.ts';
import type { Interval } from '../numbers.ts';

export interface ItemEstimate {
  readonly value: number;
  readonly standardError: number;
  /** Degrees of freedom of the standard error; left out, it is taken as known. */
  readonly freedom?: number;
}

export interface Pooled {
  readonly value: number;
  readonly standardError: number;
  readonly interval: Interval;
  /** How much of the value is the common mean: 0 stands alone, 1 is the mean. */
  readonly pooled: number;
}

export interface PartialPooling {
  readonly items: readonly Pooled[];
  readonly mean: number;
  /** Of the common mean, by Student's t over the items. */
  readonly meanInterval: Interval;
  /** Standard deviation of the true effects between items. */
  readonly spread: number;
}

const STEPS = 200;

export function partialPooling(estimates: readonly ItemEstimate[], level = 0.95): PartialPooling {
  const count = estimates.length;
  // A standard error from few rows is itself uncertain: t instead of normal, as variance freedom/(freedom − 2).
  const variances = estimates.map(({ standardError, freedom }) => {
    const inflation = freedom === undefined ? 1 : Math.max(freedom, 3) / (Math.max(freedom, 3) - 2);
    return Math.max(standardError ** 2 * inflation, Number.MIN_VALUE);
  });
  const spread2 = count > 1 ? spreadOf(estimates, variances) : 0;
  const weights = variances.map((variance) => 1 / (variance + spread2));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = estimates.reduce((sum, { value }, i) => sum + weights[i]! * value, 0) / total;
  const meanVariance = 1 / total;
  const reach = intervalT(level, Math.max(count - 1, 1)) * Math.sqrt(meanVariance);
  const z = intervalZ(level);

  const items = estimates.map(({ value }, i): Pooled => {
    const variance = variances[i]!;
    // Morris shrinks by (count − 3)/(count − 1) less than the plug-in does; with few items nothing is known of the spread.
    const factor = count > 3 ? (count - 3) / (count - 1) : 0;
    const pooled = count > 3 ? factor * (variance / (variance + spread2)) : 0;
    const shrunk = pooled * mean + (1 - pooled) * value;
    const doubt = count > 3 ? (2 / (count - 3)) * pooled ** 2 * (value - mean) ** 2 : 0;
    const posterior = variance * (1 - pooled) + pooled ** 2 * meanVariance + doubt;
    const standardError = Math.sqrt(posterior);
    return {
      value: shrunk,
      standardError,
      interval: [shrunk - z * standardError, shrunk + z * standardError],
      pooled,
    };
  });
  return { items, mean, meanInterval: [mean - reach, mean + reach], spread: Math.sqrt(spread2) };
}

/** The variance between items at the greatest restricted likelihood, by Fisher scoring from the moment estimate. */
function spreadOf(estimates: readonly ItemEstimate[], variances: readonly number[]): number {
  const values = estimates.map(({ value }) => value);
  const center = values.reduce((sum, value) => sum + value, 0) / values.length;
  const total = values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1);
  let spread = Math.max(total - variances.reduce((sum, v) => sum + v, 0) / variances.length, 0.01 * total);
  for (let step = 0; step < STEPS; step++) {
    const weights = variances.map((variance) => 1 / (variance + spread));
    const w1 = weights.reduce((sum, w) => sum + w, 0);
    const w2 = weights.reduce((sum, w) => sum + w * w, 0);
    const w3 = weights.reduce((sum, w) => sum + w ** 3, 0);
    const mean = values.reduce((sum, value, i) => sum + weights[i]! * value, 0) / w1;
    const quadratic = values.reduce((sum, value, i) => sum + weights[i]! ** 2 * (value - mean) ** 2, 0);
    const score = -(w1 - w2 / w1) + quadratic;
    const information = w2 - (2 * w3) / w1 + (w2 / w1) ** 2;
    const next = Math.max(0, spread + score / information);
    const settled = Math.abs(next - spread) <= 1e-12 * (1 + total);
    spread = next;
    if (settled) break;
  }
  return spread;
}
