/**
 * Locally weighted lines (Cleveland, 1979) through evenly spaced values: at each place the line through its nearest `window` values,
 * weighted by the cube of the cube of their distance.
 */

/** Between places this share of a window apart, a straight line is near enough. */
const JUMP = 0.1;
/** Series shorter than this are smoothed at every place. */
const SHORT = 400;

/** @param further places before the first and after the last that are told too. Default 0 */
export function loess(series: Float64Array, window: number, further = 0): Float64Array {
  const n = series.length;
  const answer = new Float64Array(n + 2 * further);
  const jump = n < SHORT ? 1 : Math.max(1, Math.floor(window * JUMP));
  const last = n - 1 + further;
  const half = (window - 1) / 2;
  // Where the window is whole it is symmetric, and the line through its middle is its weighted mean.
  const kernel = Number.isInteger(half) && n >= window ? kernelOf(window) : undefined;
  const valueAt = (x: number): number =>
    kernel && x >= half && x + half < n ? weightedMean(series, x - half, kernel) : lineAt(series, x, window);
  let before = -further;
  answer[0] = valueAt(before);
  while (before < last) {
    const next = Math.min(last, before + jump);
    const there = valueAt(next);
    const here = answer[before + further]!;
    for (let x = before + 1; x <= next; x++) {
      answer[x + further] = here + ((there - here) * (x - before)) / (next - before);
    }
    before = next;
  }
  return answer;
}

/** Weights of a whole window, that sum to 1. */
function kernelOf(window: number): Float64Array {
  const half = (window - 1) / 2;
  const weights = Float64Array.from({ length: window }, (_, i) => weightOf(Math.abs(i - half), half));
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

function weightedMean(series: Float64Array, first: number, kernel: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < kernel.length; i++) sum += kernel[i]! * series[first + i]!;
  return sum;
}

/** The tricube weight of a distance. */
function weightOf(distance: number, reach: number): number {
  if (distance > 0.999 * reach) return 0;
  if (distance <= 0.001 * reach) return 1;
  const ratio = distance / reach;
  const cube = 1 - ratio * ratio * ratio;
  return cube * cube * cube;
}

function lineAt(series: Float64Array, x: number, window: number): number {
  const n = series.length;
  const count = Math.min(n, window);
  const first = Math.max(0, Math.min(n - count, x - (count >> 1)));
  const end = first + count; // exclusive
  let reach = Math.max(x - first, end - 1 - x);
  if (window > n) reach += (window - n) >> 1;
  let [sum, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
  for (let i = first; i < end; i++) {
    const weight = weightOf(Math.abs(i - x), reach);
    if (weight === 0) continue;
    const [dx, y] = [i - x, series[i]!];
    sum += weight;
    sumX += weight * dx;
    sumY += weight * y;
    sumXX += weight * dx * dx;
    sumXY += weight * dx * y;
  }
  if (sum === 0) return series[Math.max(0, Math.min(n - 1, x))]!;
  const mean = sumX / sum;
  const spread = sumXX / sum - mean * mean;
  // Values in one place have no slope.
  if (!(Math.sqrt(Math.max(0, spread)) > 0.001 * n)) return sumY / sum;
  const slope = (sumXY / sum - mean * (sumY / sum)) / spread;
  return sumY / sum - slope * mean;
}
