/**
 * Files that hold measurements (loads of a transformer, temperatures, exchange rates), not what was sold. Their amounts below zero are
 * no returns, their steps do not add up, and there is nothing to order.
 */
import type { Grid } from '../grid.ts';

/** Fewer amounts below zero are exceptions of any file. */
const FEWEST_BELOW = 5;
/** Returns stand alone among sales; measurements stay below zero: so many of them have another beside them. */
const TOGETHER = 0.5;
/** A level moves by less than this share of itself from one step to the next; what is sold in a day or an hour moves by more. */
const LEVEL_MOVES = 0.015;
const DAY = 86_400_000;

/**
 * @param series By step, NaN where there is no row
 * @param isNamed The amounts are called units, sales or the like
 */
export function areMeasures(series: readonly Float64Array[], grid: Grid, isNamed: boolean): boolean {
  let [below, together] = [0, 0];
  for (const values of series) {
    for (const [t, value] of values.entries()) {
      if (!(value < 0)) continue;
      below += 1;
      if (values[t - 1]! < 0 || values[t + 1]! < 0) together += 1;
    }
  }
  if (below >= FEWEST_BELOW) return together >= TOGETHER * below;
  // Months of a large business move as little as levels do.
  const isShort = grid.kind === 'even' ? grid.length <= DAY : grid.kind === 'order' && !grid.unit;
  return !isNamed && below === 0 && isShort && series.filter(isLevel).length > series.length / 2;
}

function isLevel(values: Float64Array): boolean {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length < 30 || known.includes(0)) return false;
  return (
    median(known.subarray(1).map((value, t) => Math.abs(value - known[t]!))) < LEVEL_MOVES * median(known)
  );
}

/** Of rain or sunshine so many amounts are exactly zero; of what passes through zero few are. */
const FLOOR_ZEROS = 0.05;

/**
 * Whether zero is the floor of an item: of what is sold, where nothing ever fell below it. Of measurements that is no proof (the temperatures of a
 * summer), but zeros at which the amounts stand again and again are.
 */
export function isFloored(values: Float64Array, measures: boolean): boolean {
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.some((value) => value < 0)) return false;
  return !measures || known.filter((value) => value === 0).length >= FLOOR_ZEROS * known.length;
}

const median = (values: Float64Array): number => values.toSorted()[values.length >> 1]!;
