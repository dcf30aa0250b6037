/** Rows that are said to be from the future: mostly years mistyped, and then the last of all, which would judge the model. */
import type { Localized } from '@gradus/base';
import type { TableRows } from '../columns.ts';
import { readWords } from './words.ts';

/** Clocks and time zones differ by less. Milliseconds. */
const DAY = 86_400_000;

/** @param now Milliseconds since 1970 */
export function futureInWords(
  { column, values, isNumber }: NonNullable<TableRows['times']>,
  now: number,
): Localized[] {
  if (isNumber) return [];
  const later = values.filter((time) => time > now + DAY);
  if (later.length === 0) return [];
  const latest = later.reduce((most, time) => Math.max(most, time));
  return [readWords.future(column, later.length, new Date(latest).toISOString().slice(0, 10))];
}
