/**
 * How well the last value says the next. In a slow series each value from before does nearly that, and a column which
 * predicts the target no better is known beforehand.
 */
import type { TableRows } from '../columns.ts';

/** R² of the value before in time (of the same group) as the prediction, at least 0; 0 where rows have no times, or no numbers to predict. */
export function persistenceR2({ target, times, groups }: TableRows, train: Int32Array): number {
  if (target.kind !== 'numbers' || !times) return 0;
  const order = train
    .filter((place) => !Number.isNaN(times.values[place]!))
    .sort((a, b) => times.values[a]! - times.values[b]! || a - b);
  const last = new Map<number, number>();
  let [count, sum, squares, missed] = [0, 0, 0, 0];
  for (const place of order) {
    const [group, value] = [groups?.values[place] ?? 0, target.values[place]!];
    const before = last.get(group);
    last.set(group, value);
    if (before === undefined) continue;
    count += 1;
    sum += value;
    squares += value * value;
    missed += (value - before) ** 2;
  }
  const total = squares - (sum * sum) / Math.max(1, count);
  return total > 0 ? Math.max(0, 1 - missed / total) : 0;
}
