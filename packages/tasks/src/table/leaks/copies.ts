/** Columns that are the target in other words or another unit. */
import type { Cells, ClassTarget, Target } from '../columns.ts';

/** Of the rows, those in which the column holds something. */
const FILLED = 0.5;
/** What rounding to seven digits leaves of a linear map, as a share of the target's range. */
const ROUNDING = 1e-6;

/** Whether the column says the target one to one: classes under other names, numbers up to a linear map. */
export function isCopy(cells: Cells, target: Target, train: Int32Array): boolean {
  if (target.kind === 'classes')
    return cells.kind !== 'text' && cells.kind !== 'image' && isRenamed(cells, target, train);
  return cells.kind === 'number' && isLinear(cells.values, target.values, train);
}

function isRenamed(
  cells: Exclude<Cells, { kind: 'text' | 'image' }>,
  target: ClassTarget,
  train: Int32Array,
): boolean {
  const values = cells.kind === 'category' ? cells.codes : cells.values;
  const labelOf = new Map<number, number>();
  let filled = 0;
  for (const place of train) {
    const value = values[place]!;
    if (Number.isNaN(value) || (cells.kind === 'category' && value < 0)) continue;
    filled += 1;
    const label = target.labels[place]!;
    const known = labelOf.get(value);
    if (known !== undefined && known !== label) return false;
    labelOf.set(value, label);
    if (labelOf.size > target.classes.length) return false;
  }
  return (
    filled >= FILLED * train.length && labelOf.size > 1 && new Set(labelOf.values()).size === labelOf.size
  );
}

/** The line through the rows with the least and the greatest value; no row is off it. */
function isLinear(values: Float64Array, target: Float64Array, train: Int32Array): boolean {
  let [low, high] = [-1, -1];
  let filled = 0;
  for (const place of train) {
    if (Number.isNaN(values[place]!)) continue;
    filled += 1;
    if (low < 0 || values[place]! < values[low]!) low = place;
    if (high < 0 || values[place]! > values[high]!) high = place;
  }
  const [width, rise] = [values[high]! - values[low]!, target[high]! - target[low]!];
  if (filled < FILLED * train.length || !(width > 0) || rise === 0) return false;
  const allowed = ROUNDING * Math.abs(rise);
  return train.every((place) => {
    const value = values[place]!;
    if (Number.isNaN(value)) return true;
    return Math.abs(target[low]! + ((value - values[low]!) / width) * rise - target[place]!) <= allowed;
  });
}
