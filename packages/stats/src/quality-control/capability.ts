/**
 * Is a process able to keep its tolerance? Cp compares the tolerance with six standard deviations, Cpk minds the centre as well; Pp and
 * Ppk are the same with the deviation of all values instead of that within samples. The interval of Cp is exact (χ²), that of Cpk
 * Bissell's ("How reliable is your capability index?", 1990). Where values are not normal they are made so first (Yeo and Johnson,
 * 2000), the tolerance with them (Montgomery, section 8.3).
 */
import { bisect } from '../distributions/beta.ts';
import { chiSquaredTail } from '../distributions/chi-squared.ts';
import { intervalZ, normalCdf } from '../distributions/normal.ts';
import type { Interval } from '../numbers.ts';

export interface ToleranceLimits {
  readonly lower?: number | undefined;
  readonly upper?: number | undefined;
}

export interface Index {
  readonly value: number;
  readonly interval: Interval;
}

/** P(X ≤ x) = p of χ² with these degrees of freedom. */
const chiSquaredQuantile = (p: number, freedom: number): number =>
  bisect((x) => 1 - chiSquaredTail(x, freedom), p, 0, freedom + 20 * Math.sqrt(2 * freedom) + 50);

/** @param freedom Degrees of freedom of the deviation. @returns undefined where the tolerance is open on a side */
export function potential(
  { lower, upper }: ToleranceLimits,
  deviation: number,
  freedom: number,
  level = 0.95,
): Index | undefined {
  if (lower === undefined || upper === undefined) return undefined;
  const value = (upper - lower) / (6 * deviation);
  const side = (1 - level) / 2;
  const bound = (p: number) => value * Math.sqrt(chiSquaredQuantile(p, freedom) / freedom);
  return { value, interval: [bound(side), bound(1 - side)] };
}

/** @param n Values that the mean is of. @param freedom Degrees of freedom of the deviation */
export function capability(
  { lower, upper }: ToleranceLimits,
  {
    mean,
    deviation,
    n,
    freedom,
  }: { readonly mean: number; readonly deviation: number; readonly n: number; readonly freedom: number },
  level = 0.95,
): Index {
  const sides = [
    ...(lower === undefined ? [] : [(mean - lower) / (3 * deviation)]),
    ...(upper === undefined ? [] : [(upper - mean) / (3 * deviation)]),
  ];
  const value = Math.min(...sides);
  const half = intervalZ(level) * Math.sqrt(1 / (9 * n) + value ** 2 / (2 * freedom));
  return { value, interval: [value - half, value + half] };
}

/** Values that look normal, and how their tolerance looks then. */
export interface Transformed {
  readonly lambda: number;
  readonly values: Float64Array;
  readonly limits: ToleranceLimits;
}

/** Yeo and Johnson's power transformation. */
const yeoJohnson = (x: number, lambda: number): number => {
  if (x >= 0) return Math.abs(lambda) < 1e-9 ? Math.log1p(x) : ((x + 1) ** lambda - 1) / lambda;
  const other = 2 - lambda;
  return Math.abs(other) < 1e-9 ? -Math.log1p(-x) : -((1 - x) ** other - 1) / other;
};

/** Box and Cox's (1964), of what is above 0. */
const boxCox = (x: number, lambda: number): number =>
  Math.abs(lambda) < 1e-9 ? Math.log(x) : (x ** lambda - 1) / lambda;

/** The power by which values look most normal: of what is above 0 Box and Cox's, else Yeo and Johnson's on their own scale. */
export function normalized(values: Float64Array, { lower, upper }: ToleranceLimits): Transformed {
  const isPositive = [...values, ...[lower ?? 1, upper ?? 1]].every((value) => value > 0);
  const { mean, deviation } = momentsOf(values);
  const power = isPositive ? boxCox : yeoJohnson;
  const scale = (value: number) => (isPositive ? value / mean : (value - mean) / deviation);
  const scaled = values.map(scale);
  const jacobian = scaled.reduce(
    (sum, x) => sum + (isPositive ? Math.log(x) : Math.sign(x) * Math.log1p(Math.abs(x))),
    0,
  );
  const likelihood = (lambda: number) => {
    const { deviation: own } = momentsOf(scaled.map((x) => power(x, lambda)));
    return -values.length * Math.log(own) + (lambda - 1) * jacobian;
  };
  let [best, most] = [1, -Infinity];
  for (let step = -60; step <= 100; step++) {
    const found = likelihood(step / 20);
    if (found > most) [best, most] = [step / 20, found];
  }
  const bound = (limit: number | undefined) => (limit === undefined ? undefined : power(scale(limit), best));
  return {
    lambda: best,
    values: scaled.map((x) => power(x, best)),
    limits: { lower: bound(lower), upper: bound(upper) },
  };
}

export function momentsOf(values: Float64Array): { readonly mean: number; readonly deviation: number } {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (n - 1)) };
}

/** How likely normal values are to look so little normal (Anderson and Darling; Stephens, 1986, case 3). */
export function normalityPValue(values: Float64Array): number {
  const n = values.length;
  const { mean, deviation } = momentsOf(values);
  if (!(deviation > 0) || n < 8) return 1;
  const sorted = Float64Array.from(values).sort();
  let sum = 0;
  const cdf = (i: number) =>
    Math.min(1 - 1e-15, Math.max(1e-300, normalCdf((sorted[i]! - mean) / deviation)));
  for (let i = 0; i < n; i++) sum += (2 * i + 1) * (Math.log(cdf(i)) + Math.log1p(-cdf(n - 1 - i)));
  const a = (-n - sum / n) * (1 + 0.75 / n + 2.25 / n ** 2);
  if (a >= 0.6) return Math.exp(1.2937 - 5.709 * a + 0.0186 * a ** 2);
  if (a >= 0.34) return Math.exp(0.9177 - 4.279 * a - 1.38 * a ** 2);
  if (a >= 0.2) return 1 - Math.exp(-8.318 + 42.796 * a - 59.938 * a ** 2);
  return 1 - Math.exp(-13.436 + 101.14 * a - 223.73 * a ** 2);
}
