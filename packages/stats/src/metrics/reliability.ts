/**
 * Are the probabilities true? Among rows given 80 %, about 80 % should turn out positive. Reliability bins hold
 * predicted against observed (DeGroot and Fienberg, 1983); the expected calibration error is the mean gap between
 * the two, weighted by rows (Naeini, Cooper and Hauskrecht, 2015).
 */
import type { Numbers } from '../numbers.ts';
import { classesOf, countRows, probabilitiesOf } from './rows.ts';

export interface ReliabilityBin {
  /** The bin holds probabilities in [from, to); the last bin also holds 1. */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** Mean predicted probability of class 1. */
  readonly predicted: number;
  /** Fraction of rows of class 1. */
  readonly observed: number;
}

/**
 * Bins of equal width over the probability of class 1; empty ones are left out.
 *
 * @param weights Of rows in the means of their bin; left out, each row weighs the same
 * @throws UserError where a row is of another class than 0 and 1, or has no probability
 */
export function reliabilityBins(
  actual: Numbers,
  probabilities: Numbers,
  bins = 10,
  weights?: Numbers,
): ReliabilityBin[] {
  const n = countRows(actual, probabilities);
  if (!(Number.isInteger(bins) && bins > 0)) throw new RangeError(`Expected at least one bin, got ${bins}`);
  const order = 'actual, probabilities, bins';
  const labels = classesOf(actual, 2, { metric: 'reliabilityBins', name: 'actual', order });
  const chances = probabilitiesOf(probabilities, { metric: 'reliabilityBins', name: 'probabilities', order });
  const counts = new Float64Array(bins);
  const weight = new Float64Array(bins);
  const predicted = new Float64Array(bins);
  const observed = new Float64Array(bins);
  for (let i = 0; i < n; i++) {
    const bin = Math.max(0, Math.min(bins - 1, Math.floor(chances[i]! * bins)));
    const own = weights ? weights[i]! : 1;
    counts[bin]!++;
    weight[bin]! += own;
    predicted[bin]! += own * chances[i]!;
    observed[bin]! += own * labels[i]!;
  }
  return Array.from(counts, (count, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    count,
    predicted: predicted[bin]! / weight[bin]!,
    observed: observed[bin]! / weight[bin]!,
  })).filter((_, bin) => weight[bin]! > 0);
}

export function expectedCalibrationError(actual: Numbers, probabilities: Numbers, bins = 10): number {
  return reliabilityBins(actual, probabilities, bins).reduce(
    (sum, bin) => sum + (bin.count / actual.length) * Math.abs(bin.predicted - bin.observed),
    0,
  );
}
