import { count } from '@gradus/base';

/** Numbers of rows, the first of them. */
export const rowsInWords = (rows: readonly number[], of: number): string =>
  rows.length === 0 ? '' : ` (${rows.slice(0, 10).map(count).join(', ')}${of > 10 ? ', …' : ''})`;
