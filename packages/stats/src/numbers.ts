/** Types that metrics, tests and intervals share. */

/** Numbers by row: a plain array or any typed array. */
export type Numbers = ArrayLike<number>;

/** @throws RangeError where an ascending sample ends in NaN, which is unequal to itself: nothing could go past it */
export function requireNumbers(sorted: Float64Array): void {
  if (Number.isNaN(sorted.at(-1))) throw new RangeError('A sample must hold numbers only, and one is NaN');
}

/** A range that holds the true value with the stated confidence (95 % unless said otherwise). */
export type Interval = readonly [low: number, high: number];
