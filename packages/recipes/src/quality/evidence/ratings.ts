/** Ratings of a survey's column, on the scale that they are on. */
import type { Localized } from '@gradus/base';
import type { SliceColumn } from '@gradus/tasks';
import { cellsOf } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';
import { RATING_SCALES, type RatingScale } from './satisfaction.ts';
import { MISSING_CODES, numberOf } from './values.ts';

export interface Ratings {
  /** NaN where there is no answer. */
  readonly values: Float64Array;
  readonly scale: RatingScale;
  /** Numbers that are none of the scale: −99, 999. */
  readonly odd: readonly { readonly row: number; readonly value: string }[];
}

/** A column of ratings has at least this share of cells that are. */
const RATED = 0.8;
/** Two values are a yes or no, not a rating. */
const FEWEST_STEPS = 3;

/** @returns undefined where the column holds no ratings: other values, or more than any scale has */
export function ratingsOf(
  table: EvidenceTable,
  name: string,
  fewestSteps = FEWEST_STEPS,
): Ratings | undefined {
  const cell = cellsOf(table, name);
  const numbers = table.rows.map((_, row) => numberOf(cell(row)));
  const filled = table.rows.filter((_, row) => cell(row).trim() !== '').length;
  const isOdd = (value: number) => MISSING_CODES.has(value) || value < 0;
  const known = numbers.filter((value) => Number.isInteger(value) && !isOdd(value));
  // Whoever did not answer says nothing of what the column holds, unless hardly anybody else did.
  const unanswered = numbers.filter((value) => MISSING_CODES.has(value)).length;
  if (known.length < Math.max(1, unanswered, RATED * (filled - unanswered))) return undefined;
  const least = known.reduce((a, b) => Math.min(a, b));
  const most = known.reduce((a, b) => Math.max(a, b));
  const scale = RATING_SCALES.find(({ from, to }) => to <= 10 && least >= from && most <= to);
  if (!scale || new Set(known).size < fewestSteps) return undefined;
  const odd = numbers.flatMap((value, row) => (isOdd(value) ? [{ row, value: cell(row).trim() }] : []));
  return {
    values: Float64Array.from(numbers, (value) =>
      Number.isInteger(value) && !isOdd(value) ? value : Number.NaN,
    ),
    scale,
    odd,
  };
}

const FEWEST_OF_PART = 30;
const ABOVE_FIVE = 0.3;

/** A part of the rows that is rated to 5 where others are rated to 10; undefined where there is none. */
export function mixedScales(
  { values, scale }: Ratings,
  parts: readonly SliceColumn[],
): Localized | undefined {
  if (scale.to !== 10) return undefined;
  for (const { name, levels, codes } of parts) {
    for (const [code, level] of levels.entries()) {
      const own = [...values].filter((value, row) => codes[row] === code && !Number.isNaN(value));
      const rest = [...values].filter((value, row) => codes[row] !== code && !Number.isNaN(value));
      const above = rest.filter((value) => value > 5).length;
      const isLow = own.length >= FEWEST_OF_PART && own.every((value) => value <= 5);
      if (isLow && rest.length >= FEWEST_OF_PART && above >= ABOVE_FIVE * rest.length)
        return { en: `${name} = ${level}`, zh: `${name} = ${level}` };
    }
  }
  return longStretch(values);
}

/** Answers one after another, as where files were put together. */
function longStretch(values: Float64Array): Localized | undefined {
  const rows = [...values.keys()].filter((row) => !Number.isNaN(values[row]!));
  let [from, to, begin] = [0, 0, 0];
  for (const [i, row] of rows.entries()) {
    if (values[row]! > 5) begin = i + 1;
    else if (i + 1 - begin > to - from) [from, to] = [begin, i + 1];
  }
  const rest = rows.length - (to - from);
  const above = rows.filter((row) => values[row]! > 5).length;
  if (to - from < FEWEST_OF_PART || rest < FEWEST_OF_PART || above < ABOVE_FIVE * rest) return undefined;
  return {
    en: `answers ${from + 1} to ${to} stand`,
    zh: `第 ${from + 1} 至 ${to} 个回答`,
  };
}

/** Columns that are items of one scale: the same name with numbers behind. @returns [name, columns] */
export function blocksOf(names: readonly string[]): Map<string, string[]> {
  const blocks = new Map<string, string[]>();
  for (const name of names) {
    const base = /^(.*?[^\d_.\- ])[_.\- ]?\d+$/.exec(name)?.[1] ?? name;
    blocks.set(base, [...(blocks.get(base) ?? []), name]);
  }
  return blocks;
}
