/**
 * The answer as one column changes and all others stay: the mean over the rows (partial dependence, Friedman, 2001), and where most
 * single rows are (individual conditional expectation, Goldstein et al., 2015).
 */
import { quantileSorted } from '@gradus/stats';
import type { Answered } from '../answers.ts';
import type { Cells, TableColumn } from '../columns.ts';
import { type Asking, answersTo } from './variants.ts';

export interface Dependence {
  readonly column: string;
  readonly kind: 'number' | 'category' | 'time';
  readonly points: readonly DependencePoint[];
}

export interface DependencePoint {
  /** Of a category its level; of times the month ("2025-01"), or the day where there are few months. */
  readonly at: number | string;
  /** The mean answer over the rows with the column set to `at`: the probability of the class that is spoken of, or the number. */
  readonly answer: number;
  /** 10 % of the rows are below. */
  readonly low: number;
  /** 10 % of the rows are above. */
  readonly high: number;
  /** Rows of the data that are nearer to this point than to any other: where they are few, the model has little to go by. */
  readonly rows: number;
}

const MOST_POINTS = 15;
const MOST_LEVELS = 10;
const FEWEST_MONTHS = 3;
const DAY = 86_400_000;

/** A value that the column is set to, for all rows. */
interface Setting {
  readonly at: number | string;
  readonly rows: number;
  /** @param cells of the rows that are asked about */
  readonly set: (cells: Cells) => Cells;
}

/**
 * @param asking The rows that are asked about.
 * @param column With the cells of all held-out rows, from which points are taken.
 * @param answerOf What is spoken of in the answer to a row.
 * @returns undefined for texts, and where fewer than two values are known
 */
export async function dependenceOf(
  asking: Asking,
  { name, cells }: TableColumn,
  answerOf: (answers: Answered, row: number) => number,
): Promise<Dependence | undefined> {
  if (cells.kind === 'text' || cells.kind === 'image') return undefined;
  const settings = settingsOf(cells);
  if (settings.length < 2) return undefined;
  const own = asking.columns.find((column) => column.name === name)!.cells;
  const variants = settings.map(({ set }) => new Map([[name, set(own)]]));
  const answered = await answersTo(asking, variants, (answers) =>
    Float64Array.from({ length: asking.rows }, (_, row) => answerOf(answers, row)).sort(),
  );
  const points = settings.map(({ at, rows }, i): DependencePoint => {
    const answers = answered[i]!;
    return {
      at,
      answer: answers.reduce((sum, answer) => sum + answer, 0) / answers.length,
      low: quantileSorted(answers, 0.1),
      high: quantileSorted(answers, 0.9),
      rows,
    };
  });
  return { column: name, kind: cells.kind, points };
}

function settingsOf(cells: Exclude<Cells, { kind: 'text' | 'image' }>): Setting[] {
  switch (cells.kind) {
    case 'number':
      return numberSettings(cells.values);
    case 'category':
      return levelSettings(cells.codes, cells.levels);
    case 'time':
      return timeSettings(cells.values);
  }
}

/** From the 1st to the 99th percentile: beyond, the model has next to nothing to go by. */
function numberSettings(values: Float64Array): Setting[] {
  const sorted = values.filter((value) => !Number.isNaN(value)).sort();
  const distinct = new Set(sorted);
  const picked =
    distinct.size <= MOST_POINTS
      ? [...distinct]
      : [
          ...new Set(
            evenly(MOST_POINTS).map((p) => sorted[Math.round((0.01 + 0.98 * p) * (sorted.length - 1))]!),
          ),
        ];
  return picked.map((at, i) => {
    const low = i === 0 ? Number.NEGATIVE_INFINITY : (picked[i - 1]! + at) / 2;
    const high = i === picked.length - 1 ? Number.POSITIVE_INFINITY : (at + picked[i + 1]!) / 2;
    return {
      at,
      rows: sorted.reduce((rows, value) => rows + (value > low && value <= high ? 1 : 0), 0),
      set: (cells) => {
        if (cells.kind !== 'number') return cells;
        return { ...cells, values: new Float64Array(cells.values.length).fill(at) };
      },
    };
  });
}

function levelSettings(codes: Int32Array, levels: readonly string[]): Setting[] {
  const counts = new Float64Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code]!++;
  return [...levels.keys()]
    .filter((code) => counts[code]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || a - b)
    .slice(0, MOST_LEVELS)
    .map((code) => ({
      at: levels[code]!,
      rows: counts[code]!,
      set: (cells) => {
        if (cells.kind !== 'category') return cells;
        return { ...cells, codes: new Int32Array(cells.codes.length).fill(code) };
      },
    }));
}

/** Each row is moved to the month and keeps its day and time of day, so that no weekday or hour is preferred. */
function timeSettings(values: Float64Array): Setting[] {
  const known = values.filter((value) => !Number.isNaN(value)).sort();
  const months = Map.groupBy(known, monthOf);
  const byMonth = months.size >= FEWEST_MONTHS;
  const byPeriod = byMonth ? months : Map.groupBy(known, (time) => Math.floor(time / DAY));
  const periods = [...byPeriod.keys()];
  const picked =
    periods.length <= MOST_POINTS
      ? periods
      : evenly(MOST_POINTS).map((p) => periods[Math.round(p * (periods.length - 1))]!);
  return picked.map((period) => ({
    at: new Date(byMonth ? startOfMonth(period) : period * DAY).toISOString().slice(0, byMonth ? 7 : 10),
    rows: byPeriod.get(period)!.length,
    set: (cells) => {
      if (cells.kind !== 'time') return cells;
      return {
        kind: 'time',
        values: cells.values.map((time) => (byMonth ? inMonth(time, period) : onDay(time, period))),
      };
    },
  }));
}

/** Months since January 1970. */
function monthOf(time: number): number {
  const date = new Date(time);
  return 12 * (date.getUTCFullYear() - 1970) + date.getUTCMonth();
}

const startOfMonth = (month: number): number => Date.UTC(1970, month);

function inMonth(time: number, month: number): number {
  const [start, end] = [startOfMonth(month), startOfMonth(month + 1)];
  if (Number.isNaN(time)) return start + (end - start) / 2;
  // The 31st of a month becomes the last day of a shorter one.
  const since = time - startOfMonth(monthOf(time));
  return start + (since < end - start ? since : end - start - DAY + (since % DAY));
}

const onDay = (time: number, day: number): number =>
  day * DAY + (Number.isNaN(time) ? DAY / 2 : time - Math.floor(time / DAY) * DAY);

/** From 0 to 1. */
const evenly = (count: number): number[] => Array.from({ length: count }, (_, i) => i / (count - 1));
