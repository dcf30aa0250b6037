/**
 * What ranges and standard deviations of small normal samples come to, in standard deviations of the process: d2 and d3, the mean and
 * the standard deviation of the range, and c4, the mean of the sample's standard deviation (Montgomery, "Introduction to Statistical
 * Quality Control", appendix VI; the distribution of the range: Hartley, 1942). Computed, not tabled, so for samples of any size.
 */
import { logGamma } from '../distributions/gamma.ts';
import { normalCdf } from '../distributions/normal.ts';

/** E[s] / σ for samples of n. */
export const c4 = (n: number): number =>
  Math.sqrt(2 / (n - 1)) * Math.exp(logGamma(n / 2) - logGamma((n - 1) / 2));

const EDGE = 8;
const STEP = 0.05;
const known = new Map<number, { readonly d2: number; readonly d3: number }>();

/** E[R] / σ and its standard deviation for samples of n ≥ 2. */
export function rangeConstants(n: number): { readonly d2: number; readonly d3: number } {
  const before = known.get(n);
  if (before) return before;
  // The trapezium is exact to all digits for smooth functions that vanish at both ends.
  let d2 = 0;
  for (let x = -EDGE; x <= EDGE; x += STEP) {
    const below = normalCdf(x);
    d2 += STEP * (1 - below ** n - (1 - below) ** n);
  }
  const found = { d2, d3: Math.sqrt(secondMoment(n) - d2 ** 2) };
  known.set(n, found);
  return found;
}

/** E[R²] = 2 ∫ w P(R > w) dw, by Simpson's rule. */
function secondMoment(n: number): number {
  const grid: { readonly x: number; readonly density: number; readonly below: number }[] = [];
  for (let x = -EDGE; x <= EDGE; x += STEP)
    grid.push({ x, density: Math.exp(-(x ** 2) / 2) / Math.sqrt(2 * Math.PI), below: normalCdf(x) });
  const above = (w: number) => {
    let within = 0;
    for (const { x, density, below } of grid)
      within += STEP * n * density * Math.max(0, normalCdf(x + w) - below) ** (n - 1);
    return 1 - within;
  };
  const [h, most] = [0.05, 14];
  const count = Math.round(most / h);
  let sum = 0;
  for (let i = 0; i <= count; i++) {
    const weight = i === 0 || i === count ? 1 : i % 2 === 1 ? 4 : 2;
    sum += weight * i * h * above(i * h);
  }
  return (2 * sum * h) / 3;
}
