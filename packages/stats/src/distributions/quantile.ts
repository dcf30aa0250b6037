/**
 * Quantiles of a sample, linear between the two nearest ranks: definition 7 of Hyndman and Fan ("Sample Quantiles in Statistical
 * Packages", 1996), the default of NumPy and R.
 */

/** @param p 0 for the least value, 0.5 for the median, 1 for the largest */
export function quantile(values: ArrayLike<number>, p: number): number {
  return quantileSorted(Float64Array.from(values).sort(), p);
}

/** The same for values in ascending order. NaN where there are none. */
export function quantileSorted(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) return Number.NaN;
  const at = Math.min(Math.max(p, 0), 1) * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (at - low) * (sorted[high]! - sorted[low]!);
}
