/** One table learnt and judged, and its columns as numbers for programs that do the same. */
import type { Random } from '@gradus/base';
import type { Table } from '@gradus/data';
import { tableLearning, tableRows } from '@gradus/tasks';

export interface LearntRows {
  readonly metric: string;
  readonly value: number;
  /** The linear baseline's. */
  readonly linear: number;
  readonly chosen: string;
  /** Places of rows. */
  readonly train: readonly number[];
  readonly test: readonly number[];
  /** Numbers, null where missing; codes of categories, −1 where missing. */
  readonly columns: readonly { readonly isCategory: boolean; readonly values: readonly (number | null)[] }[];
  /** Class indices, or numbers. */
  readonly target: readonly number[];
  readonly classes: number;
}

export async function learnRows(
  main: Table,
  target: string,
  test: Table | undefined,
  random: Random,
): Promise<LearntRows> {
  const { rows } = tableRows(main, { target }, test);
  const fitted = await tableLearning.fit(rows, tableLearning.options.parse({}), { random });
  const { evaluation } = await tableLearning.evaluate(fitted, rows, { random });
  const held = new Set(fitted.test);
  return {
    metric: evaluation.metric,
    value: evaluation.figure.value,
    linear: evaluation.baselines.linear![evaluation.metric]!,
    chosen: evaluation.candidates.find(({ chosen }) => chosen)!.name,
    train: Array.from({ length: rows.count }, (_, place) => place).filter((place) => !held.has(place)),
    test: Array.from(fitted.test),
    columns: rows.columns.map(({ cells }) =>
      cells.kind === 'category'
        ? { isCategory: true, values: Array.from(cells.codes) }
        : {
            isCategory: false,
            values: Array.from(
              cells.kind === 'text' || cells.kind === 'image' ? [] : cells.values,
              (value) => (Number.isNaN(value) ? null : value),
            ),
          },
    ),
    target: Array.from(rows.target.kind === 'classes' ? rows.target.labels : rows.target.values),
    classes: rows.target.kind === 'classes' ? rows.target.classes.length : 0,
  };
}
