/**
 * Files whose steps are numbered, not dated: a column that counts weeks (40, 41, …, 160), or a row an item with steps in the header
 * (V1, V2, …; d_1, d_2, …), as the sets of competitions come.
 */
import { seriesTimes } from '@gradus/data';
import { type NumberedUnit, numberedStep } from '../grid.ts';
import { cellsOf, type SampledTable } from './sampled-table.ts';

export interface Numbered {
  /** What a step is, where its name says so. */
  readonly unit?: NumberedUnit;
}

/** Fewer numbers than these are months or weekdays, or nothing of a history. */
const FEWEST_STEPS = 5;
/** Exceptions to one row an item and step. */
const MOST_REPEATED = 0.05;
const UNITS: readonly (readonly [RegExp, NumberedUnit])[] = [
  [/hour|小时/i, 'hour'],
  [/day|^d[\s_-]?$|日|天/i, 'day'],
  [/week|^wk?[\s_-]?$|周/i, 'week'],
  [/month|月/i, 'month'],
  [/quarter|季/i, 'quarter'],
  [/year|年/i, 'year'],
];

export function numberedBy(name: string): Numbered {
  const unit = UNITS.find(([pattern]) => pattern.test(name))?.[1];
  return unit ? { unit } : {};
}

/**
 * Whether a column counts steps: whole numbers, of which each item has one a row, or that rise down the file. The months of several years do
 * neither.
 *
 * @param keys columns that may tell items apart
 */
export function isCounter(table: SampledTable, name: string, keys: readonly string[]): boolean {
  const cells = cellsOf(table, name);
  const steps = cells.filter(Boolean).map(numberedStep);
  if (steps.includes(undefined) || new Set(steps).size < FEWEST_STEPS) return false;
  if (steps.every((step, i) => i === 0 || step! >= steps[i - 1]!)) return true;
  const own = keys.map((key) => cellsOf(table, key));
  const distinct = new Set(cells.map((cell, i) => JSON.stringify([cell, ...own.map((key) => key[i])]))).size;
  return distinct >= (1 - MOST_REPEATED) * cells.length;
}

/** Columns of a row an item whose steps are numbered in the header, and those that name the item. */
export function numbersAcross({
  columns,
  rows,
}: SampledTable):
  | { readonly values: string[]; readonly keys: string[]; readonly numbered: Numbered }
  | undefined {
  const parts = columns.map((name) => /^(.*?)(\d+)$/.exec(name.trim()));
  const stem = parts.at(-1)?.[1];
  const values = columns.filter((_, i) => parts[i] && parts[i][1] === stem);
  const numbers = values.map((name) => Number(name.trim().slice(stem!.length)));
  const isCount = numbers.every((number, i) => i === 0 || number === numbers[i - 1]! + 1);
  if (values.length < FEWEST_STEPS || !isCount) return undefined;
  // V1 may be the item of V2, V3, …
  const named = columns.filter((name) => !values.includes(name));
  const isText = (name: string) => {
    const at = columns.indexOf(name);
    return rows.every((row) => row[at] && Number.isNaN(Number(row[at])));
  };
  const keys = named.length === 0 && isText(values[0]!) ? values.splice(0, 1) : named;
  const [first] = keys;
  if (first === undefined || !isText(first) || values.length < columns.length / 2) return undefined;
  const ids = rows.map((row) => row[columns.indexOf(first)]!);
  // Dates down the side: the columns are the items.
  const isDated = seriesTimes(ids).times.filter((time) => time !== undefined).length > ids.length / 2;
  if (isDated || new Set(ids).size < ids.length) return undefined;
  return { values, keys, numbered: numberedBy(stem!) };
}
