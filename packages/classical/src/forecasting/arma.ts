/**
 * Autoregressive moving averages with seasons (Box and Jenkins, 1970) of a stationary series, by conditional least squares: what
 * came before the first value is taken as the mean, errors before it as 0. The minimum is found by the method of Levenberg and
 * Marquardt over partial autocorrelations, each between −1 and 1, which are one to one with the stationary (and, of the moving
 * average, invertible) coefficients (Barndorff-Nielsen and Schou, 1973).
 */
import { cholesky, solveCholesky } from '@gradus/stats';

export interface ArmaOrders {
  /** Autoregressive, moving average, and both of the season. */
  p: number;
  q: number;
  P: number;
  Q: number;
}

export interface ArmaFit {
  readonly orders: ArmaOrders;
  readonly mean: number;
  /** Of lags, the products of step and season. */
  readonly ar: readonly LagWeight[];
  readonly ma: readonly LagWeight[];
  readonly aicc: number;
}

interface LagWeight {
  readonly lag: number;
  readonly weight: number;
}

const ITERATIONS = 12;
/** Squares that fall by less than this share are at their minimum: no order is preferred by so little. */
const ENOUGH = 1e-4;
const STEP = 1e-5;
/** Partial autocorrelations nearer to 1 than this would be unit roots. */
const LARGEST_PARTIAL = 0.97;

/** @returns undefined where there are too few values for the orders */
export function fitArma(
  series: Float64Array,
  season: number,
  orders: ArmaOrders,
  hasMean: boolean,
): ArmaFit | undefined {
  const n = series.length;
  const { p, q, P, Q } = orders;
  const size = p + q + P + Q + Number(hasMean);
  const count = size + 1;
  if (n < count + 3 || n <= season * (P + Q) + 2) return undefined;
  const center = hasMean ? series.reduce((sum, value) => sum + value, 0) / n : 0;
  const scale = Math.sqrt(series.reduce((sum, value) => sum + (value - center) ** 2, 0) / n);
  if (!(scale > 0)) return undefined;
  const read = (x: Float64Array) => ({
    mean: hasMean ? center + x[size - 1]! * scale : 0,
    ar: product(coefficients(x, 0, p), coefficients(x, p + q, P), season, -1),
    ma: product(
      coefficients(x, p, q).map((weight) => -weight),
      coefficients(x, p + q + P, Q).map((weight) => -weight),
      season,
      1,
    ),
  });
  const centered = new Float64Array(n);
  const { at, squares } = leastSquares(
    (x, into) => writeErrors(series, read(x), centered, into),
    n,
    new Float64Array(size),
  );
  if (!Number.isFinite(squares)) return undefined;
  const aicc =
    n * Math.log(Math.max(squares, Number.MIN_VALUE) / n) +
    2 * count +
    (2 * count * (count + 1)) / (n - count - 1);
  return { orders, ...read(at), aicc };
}

type ArmaModel = Pick<ArmaFit, 'mean' | 'ar' | 'ma'>;

export function armaErrors(series: Float64Array, model: ArmaModel): Float64Array {
  const errors = new Float64Array(series.length);
  writeErrors(series, model, new Float64Array(series.length), errors);
  return errors;
}

/** Into arrays that are there: a fit walks through a series thousands of times. */
function writeErrors(
  series: Float64Array,
  { mean, ar, ma }: ArmaModel,
  centered: Float64Array,
  errors: Float64Array,
): void {
  const n = series.length;
  const [p, q] = [ar.length, ma.length];
  // Autoregressive terms, then moving averages.
  const lags: number[] = new Array(p + q);
  const weights: number[] = new Array(p + q);
  let longest = 0;
  for (let i = 0; i < p + q; i++) {
    const { lag, weight } = i < p ? ar[i]! : ma[i - p]!;
    lags[i] = lag;
    weights[i] = weight;
    longest = Math.max(longest, lag);
  }
  for (let t = 0; t < n; t++) centered[t] = series[t]! - mean;
  for (let t = 0; t < n; t++) {
    let error = centered[t]!;
    if (t >= longest) {
      for (let i = 0; i < p; i++) error -= weights[i]! * centered[t - lags[i]!]!;
      for (let i = p; i < p + q; i++) error -= weights[i]! * errors[t - lags[i]!]!;
    } else {
      for (let i = 0; i < p; i++) if (lags[i]! <= t) error -= weights[i]! * centered[t - lags[i]!]!;
      for (let i = p; i < p + q; i++) if (lags[i]! <= t) error -= weights[i]! * errors[t - lags[i]!]!;
    }
    errors[t] = error;
  }
}

export function forecastArma(series: Float64Array, fit: ArmaFit, horizon: number): Float64Array {
  const n = series.length;
  const { mean, ar, ma } = fit;
  const errors = armaErrors(series, fit);
  const answer = new Float64Array(horizon);
  for (let h = 0; h < horizon; h++) {
    let value = mean;
    for (const { lag, weight } of ar) {
      const before = h - lag;
      if (before >= 0) value += weight * (answer[before]! - mean);
      else if (n + before >= 0) value += weight * (series[n + before]! - mean);
    }
    for (const { lag, weight } of ma) if (lag > h && n + h - lag >= 0) value += weight * errors[n + h - lag]!;
    answer[h] = value;
  }
  return answer;
}

/** Of partial autocorrelations (after tanh), `count` of them from a place on, by the recursion of Durbin and Levinson. */
function coefficients(free: Float64Array, from: number, count: number): number[] {
  let weights: number[] = [];
  for (let k = 0; k < count; k++) {
    const partial = LARGEST_PARTIAL * Math.tanh(free[from + k]!);
    const longer: number[] = new Array(k + 1);
    for (let i = 0; i < k; i++) longer[i] = weights[i]! - partial * weights[k - 1 - i]!;
    longer[k] = partial;
    weights = longer;
  }
  return weights;
}

/** (1 ± Σ step)(1 ± Σ season) as lags, each once; `sign` is that of the products of both. */
function product(
  step: readonly number[],
  seasonal: readonly number[],
  season: number,
  sign: number,
): LagWeight[] {
  const weights: { lag: number; weight: number }[] = [];
  const add = (lag: number, weight: number): void => {
    const known = weights.find((other) => other.lag === lag);
    if (known) known.weight += weight;
    else weights.push({ lag, weight });
  };
  for (let i = 0; i < step.length; i++) add(i + 1, step[i]!);
  for (let j = 0; j < seasonal.length; j++) {
    add((j + 1) * season, seasonal[j]!);
    for (let i = 0; i < step.length; i++) add((j + 1) * season + i + 1, sign * seasonal[j]! * step[i]!);
  }
  return weights;
}

/** @param write the errors of parameters, [values] */
function leastSquares(
  write: (x: Float64Array, into: Float64Array) => void,
  values: number,
  start: Float64Array,
): { at: Float64Array; squares: number } {
  const size = start.length;
  let at = start;
  let [errors, tried] = [new Float64Array(values), new Float64Array(values)];
  write(at, errors);
  let squares = sumOfSquares(errors);
  let damping = 1e-2;
  const slopes = Array.from(start, () => new Float64Array(values));
  const gram = new Float64Array(size * size);
  const moment = new Float64Array(size);
  for (let iteration = 0; iteration < ITERATIONS && size > 0; iteration++) {
    for (const [j, slope] of slopes.entries()) {
      const moved = at.slice();
      moved[j]! += STEP;
      write(moved, slope);
      for (let t = 0; t < values; t++) slope[t] = (slope[t]! - errors[t]!) / STEP;
    }
    for (let i = 0; i < size; i++) {
      for (let j = 0; j <= i; j++) gram[i * size + j] = gram[j * size + i] = dot(slopes[i]!, slopes[j]!);
      moment[i] = -dot(slopes[i]!, errors);
    }
    let improved = 0;
    for (let attempt = 0; attempt < 4; attempt++) {
      const damped = gram.slice();
      for (let i = 0; i < size; i++) damped[i * size + i]! += damping * gram[i * size + i]! + 1e-12 * squares;
      const step = solveCholesky(cholesky(damped, size), moment);
      const next = at.map((value, i) => value + step[i]!);
      write(next, tried);
      const lower = sumOfSquares(tried);
      if (lower < squares) {
        improved = (squares - lower) / squares;
        at = next;
        [errors, tried] = [tried, errors];
        squares = lower;
        damping /= 5;
        break;
      }
      damping *= 10;
    }
    if (improved < ENOUGH) break;
  }
  return { at, squares };
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function sumOfSquares(values: Float64Array): number {
  const sum = dot(values, values);
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum;
}
