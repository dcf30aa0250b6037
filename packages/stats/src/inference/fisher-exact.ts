/** Fisher's exact test of two proportions. */
import { logChoose } from '../distributions/gamma.ts';

/**
 * Do two groups hold a trait equally often? The exact two-sided p-value of a 2 × 2 table: the chance, with the
 * margins as they are, of a table no likelier than this one (Fisher, 1922).
 *
 * @param a how many of the `n` rows in the first group hold the trait
 * @param b how many of the `m` rows in the second group do
 */
export function fisherExact(a: number, n: number, b: number, m: number): number {
  const total = a + b;
  const constant = logChoose(n + m, total);
  const logChance = (k: number) => logChoose(n, k) + logChoose(m, total - k) - constant;
  const observed = logChance(a) + 1e-7; // ties that differ only by rounding count as ties
  let p = 0;
  for (let k = Math.max(0, total - m); k <= Math.min(n, total); k++) {
    const chance = logChance(k);
    if (chance <= observed) p += Math.exp(chance);
  }
  return Math.min(1, p);
}
