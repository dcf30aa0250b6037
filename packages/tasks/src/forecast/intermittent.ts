/**
 * Items that are bought now and then: most of their steps are zero. The likeliest amount of a step is then zero, and a forecast of
 * zero everywhere has the least absolute error and is of no use to anyone who keeps stock. So their mean comes from methods made for
 * them (Croston, 1972, and what followed), and their quantiles from the distribution of counts.
 */

/** So many steps are zero (Syntetos, Boylan and Croston, 2005, draw the line at 1.32 steps between sales, a quarter of zeros). */
const ZEROS = 0.4;

export function isIntermittent(values: Float64Array): boolean {
  let [zeros, known] = [0, 0];
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    if (value < 0) return false;
    known += 1;
    if (value === 0) zeros += 1;
  }
  return zeros >= ZEROS * known;
}
