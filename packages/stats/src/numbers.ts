/** Types that metrics, tests and intervals share. */

/** Numbers by row: a plain array or any typed array. */
export type Numbers = ArrayLike<number>;

/** A range that holds the true value with the stated confidence (95 % unless said otherwise). */
export type Interval = readonly [low: number, high: number];
