/** Columns as trees take them. */
import { UserError } from '@gradus/base';

/** Numbers, compared as float32; NaN is a missing one. */
export interface NumberColumn {
  readonly kind: 'number';
  readonly values: ArrayLike<number>;
  /** The answer never falls (1) or never rises (−1) as the number grows. */
  readonly monotone?: 1 | -1;
}

/** Codes of categories, from 0; every other number is a category that is not known. */
export interface CategoryColumn {
  readonly kind: 'category';
  readonly codes: ArrayLike<number>;
  /** How many categories there are. */
  readonly categories: number;
}

export type TreeColumn = NumberColumn | CategoryColumn;

export const valuesOf = (column: TreeColumn): ArrayLike<number> =>
  column.kind === 'number' ? column.values : column.codes;

/** @returns the number of rows @throws UserError where columns differ in it, or there are none */
export function rowsOf(columns: readonly TreeColumn[]): number {
  const rows = columns[0] ? valuesOf(columns[0]).length : 0;
  if (rows === 0) {
    throw new UserError({ en: 'There are no rows to learn from.', zh: '没有可供学习的数据行。' });
  }
  for (const [i, column] of columns.entries()) {
    const { length } = valuesOf(column);
    if (length === rows) continue;
    throw new UserError({
      en: `Column ${i + 1} has ${length} rows; expected ${rows}, as column 1 has.`,
      zh: `第 ${i + 1} 列有 ${length} 行；应与第 1 列相同，为 ${rows} 行。`,
    });
  }
  return rows;
}
