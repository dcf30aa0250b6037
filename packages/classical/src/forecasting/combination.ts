/** Forecasts of several methods made one: the weighted median by step, which one method that went astray does not move. */
import type { ForecasterName } from './forecaster.ts';

export interface MethodWeight {
  readonly name: ForecasterName;
  readonly weight: number;
  /** Mean absolute error over the rolls; NaN where it was not judged. */
  readonly error: number;
}

interface Judged {
  readonly name: ForecasterName;
  /** By roll, what was told for the steps after it. */
  readonly rolled: readonly Float64Array[] | undefined;
}

/** @param actual by roll, what then happened */
export function methodWeights(
  methods: readonly Judged[],
  actual: readonly Float64Array[] | undefined,
): MethodWeight[] {
  return methods.map(({ name, rolled }) => ({
    name,
    weight: 1 / methods.length,
    error: errorOf(rolled, actual),
  }));
}

/** @param forecasts by method */
export function combine(
  forecasts: readonly Float64Array[],
  weights: readonly { readonly weight: number }[],
): Float64Array {
  return forecasts[0]!.map((_, h) =>
    weightedMedian(
      forecasts.map((forecast) => forecast[h]!),
      weights.map(({ weight }) => weight),
    ),
  );
}

/** Between the two in the middle where they share the weight: with equal weights, the usual median. */
function weightedMedian(values: readonly number[], weights: readonly number[]): number {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const half = weights.reduce((sum, weight) => sum + weight, 0) / 2;
  let sum = 0;
  for (const [place, i] of order.entries()) {
    sum += weights[i]!;
    if (sum > half * (1 + 1e-9)) return values[i]!;
    if (sum >= half * (1 - 1e-9)) return (values[i]! + values[order[place + 1] ?? i]!) / 2;
  }
  return values[order.at(-1)!]!;
}

function errorOf(
  rolled: readonly Float64Array[] | undefined,
  actual: readonly Float64Array[] | undefined,
): number {
  if (!rolled || !actual) return Number.NaN;
  let [sum, count] = [0, 0];
  for (const [roll, values] of actual.entries()) {
    for (const [h, value] of values.entries()) {
      sum += Math.abs(value - rolled[roll]![h]!);
      count++;
    }
  }
  return sum / count;
}
