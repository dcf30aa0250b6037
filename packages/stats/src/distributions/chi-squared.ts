/**
 * The tail of the chi-squared distribution: the regularized incomplete gamma function, by its series below the mean and its
 * continued fraction above (Abramowitz and Stegun, 1964, 26.4.19, 6.5.29 and 6.5.31).
 */
import { logGamma } from './gamma.ts';

/** P(X ≥ x) with `freedom` degrees of freedom. */
export function chiSquaredTail(x: number, freedom: number): number {
  return x <= 0 ? 1 : upperGamma(freedom / 2, x / 2);
}

function upperGamma(a: number, x: number): number {
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let series = term;
    for (let k = 1; term > 1e-17 * series; k++) {
      term *= x / (a + k);
      series += term;
    }
    return Math.max(0, 1 - front * series);
  }
  // Lentz's way to sum a continued fraction.
  let b = x + 1 - a;
  let c = 1e300;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < 10_000; k++) {
    const numerator = k * (a - k);
    b += 2;
    d = 1 / nonzero(numerator * d + b);
    c = nonzero(b + numerator / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

const nonzero = (value: number): number => (Math.abs(value) < 1e-300 ? 1e-300 : value);
