/**
 * Series from tables, long (a row for each series and time) or wide (a row for each time, a column for each series), brought to regular
 * steps: their frequency is found, what is missing is NaN and listed, what repeats or does not fit is set aside.
 */
import { type Localized, UserError } from '@gradus/base';
import type { Table } from '../table/table.ts';
import { type Frequency, findGrid } from './frequency.ts';
import { seriesTimes } from './times.ts';

export interface Series {
  readonly frequency: Frequency;
  /** Of each step, milliseconds since 1970. */
  readonly times: Float64Array;
  readonly names: readonly string[];
  /** [names, times]; NaN where there is no value. */
  readonly values: Float32Array;
  /** Steps without a value between a series' first and its last. */
  readonly gaps: readonly Gap[];
  readonly setAside: {
    readonly count: number;
    /** The first of them; `row` as the table numbers it. */
    readonly rows: readonly { readonly row: number; readonly reason: Localized }[];
  };
}

/** Missing from step `from` on, before step `to`. */
export interface Gap {
  readonly series: string;
  readonly from: number;
  readonly to: number;
}

/** Which columns are what. */
export type SeriesColumns =
  | {
      readonly time: string;
      /** Long: the column that has the values. */
      readonly value: string;
      /** Long: the column that says which series a row belongs to. Default: all rows are one series. */
      readonly series?: string;
    }
  | {
      readonly time: string;
      /** Wide: the columns that are series. Default: all but the time. */
      readonly values?: readonly string[];
    };

const MOST_VALUES = 200e6;
const REASONS_KEPT = 1000;
const MISSING = /^(?:|-|—|\.|n\/?a|nan|null|none|空|无|缺失)$/i;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const GROUPED = /^[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/;

interface Point {
  readonly row: number;
  readonly time: number;
  readonly value: number;
}

/** @throws UserError for columns that are not there, and times that have no frequency */
export function readSeries(table: Table, columns: SeriesColumns): Series {
  const timeAt = columnOf(table, columns.time);
  const { times } = seriesTimes(table.rows.map((row) => row[timeAt]!));
  if (times.every((time) => time === undefined)) {
    throw new UserError({
      en: `the column "${columns.time}" holds no dates (the first is "${shortened(table.rows[0]?.[timeAt] ?? '')}"); expected such as 2024-01-31, 2024-01, 2024Q1, 2024-W05 or 2024`,
      zh: `列“${columns.time}”不含日期（第一个值是“${shortened(table.rows[0]?.[timeAt] ?? '')}”）；应为 2024-01-31、2024-01、2024Q1、2024-W05 或 2024 这样的形式`,
    });
  }
  const aside = new SetAside();
  const points = new Map<string, Point[]>();
  for (const [i, { series, cell }] of cellsOf(table, columns, timeAt)) {
    const [row, time, text] = [table.numbers[i]!, times[i], cell.trim()];
    const value = Number(text.replaceAll(',', ''));
    if (time === undefined) {
      const given = shortened(table.rows[i]![timeAt]!);
      aside.add(row, { en: `its time "${given}" is no date`, zh: `时间“${given}”不是日期` });
    } else if (MISSING.test(text)) of(points, series);
    else if (!(NUMBER.test(text) || GROUPED.test(text)) || !Number.isFinite(Math.fround(value))) {
      const [en, zh] = 'value' in columns ? ['', ''] : [` (${series})`, `（${series}）`];
      aside.add(row, {
        en: `"${shortened(text)}" is no number${en}`,
        zh: `“${shortened(text)}”不是数字${zh}`,
      });
    } else of(points, series).push({ row, time, value });
  }
  for (const [name, all] of points) points.set(name, withoutRepeats(name, all, aside));
  return regular(points, aside);
}

/** Every cell that has a value to be read, with its row's index. */
function* cellsOf(
  table: Table,
  columns: SeriesColumns,
  timeAt: number,
): Generator<[number, { series: string; cell: string }]> {
  if ('value' in columns) {
    const valueAt = columnOf(table, columns.value);
    const seriesAt = columns.series === undefined ? undefined : columnOf(table, columns.series);
    for (const [i, row] of table.rows.entries()) {
      yield [
        i,
        { series: seriesAt === undefined ? columns.value : row[seriesAt]!.trim(), cell: row[valueAt]! },
      ];
    }
    return;
  }
  const wide =
    columns.values?.map((name) => columnOf(table, name)) ??
    [...table.columns.keys()].filter((at) => at !== timeAt);
  for (const [i, row] of table.rows.entries()) {
    for (const at of wide) yield [i, { series: table.columns[at]!, cell: row[at]! }];
  }
}

/** In order of time, the first of those at one time. */
function withoutRepeats(series: string, all: readonly Point[], aside: SetAside): Point[] {
  const kept: Point[] = [];
  for (const point of all.toSorted((a, b) => a.time - b.time || a.row - b.row)) {
    const last = kept.at(-1);
    if (last?.time !== point.time) kept.push(point);
    else
      aside.add(point.row, {
        en: `repeats the time of row ${last.row} (${series})`,
        zh: `与第 ${last.row} 行的时间重复（${series}）`,
      });
  }
  return kept;
}

function regular(points: ReadonlyMap<string, readonly Point[]>, aside: SetAside): Series {
  const grid = findGrid([...points.values()].map((all) => Float64Array.from(all, ({ time }) => time)));
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const onGrid = [...points].map(([name, all]) => ({
    name,
    points: all.flatMap((point) => {
      const step = grid.step(point.time);
      if (step === undefined) {
        const given = new Date(point.time).toISOString();
        aside.add(point.row, {
          en: `its time ${given} lies between two steps (${name})`,
          zh: `时间 ${given} 位于两个时间步之间（${name}）`,
        });
        return [];
      }
      first = Math.min(first, step);
      last = Math.max(last, step);
      return [{ step, value: point.value }];
    }),
  }));
  const steps = last - first + 1;
  if (steps * onGrid.length > MOST_VALUES) {
    throw new UserError({
      en: `${onGrid.length} series of ${steps} steps from ${dateOf(grid.time(first))} to ${dateOf(grid.time(last))} are too many; is a date wrong, or should they be counted by day or week?`,
      zh: `${onGrid.length} 条序列，每条 ${steps} 步，从 ${dateOf(grid.time(first))} 到 ${dateOf(grid.time(last))}，数量过多；是否有日期错误，或应按日或周计数？`,
    });
  }
  const values = new Float32Array(onGrid.length * steps).fill(Number.NaN);
  const gaps: Gap[] = [];
  for (const [i, { name, points }] of onGrid.entries()) {
    for (const [k, { step, value }] of points.entries()) {
      values[i * steps + step - first] = value;
      const before = points[k - 1]?.step ?? step - 1;
      if (step - before > 1) gaps.push({ series: name, from: before + 1 - first, to: step - first });
    }
  }
  return {
    frequency: grid.frequency,
    times: Float64Array.from({ length: steps }, (_, i) => grid.time(first + i)),
    names: onGrid.map(({ name }) => name),
    values,
    gaps,
    setAside: aside.result(),
  };
}

class SetAside {
  #count = 0;
  readonly #rows: { row: number; reason: Localized }[] = [];

  add(row: number, reason: Localized): void {
    this.#count += 1;
    if (this.#rows.length < REASONS_KEPT) this.#rows.push({ row, reason });
  }

  result(): Series['setAside'] {
    return { count: this.#count, rows: this.#rows.toSorted((a, b) => a.row - b.row) };
  }
}

function columnOf(table: Table, name: string): number {
  const at = table.columns.indexOf(name);
  if (at !== -1) return at;
  throw new UserError({
    en: `there is no column "${name}"; the columns are ${table.columns.map((column) => `"${column}"`).join(', ')}`,
    zh: `没有列“${name}”；已有的列：${table.columns.map((column) => `“${column}”`).join('、')}`,
  });
}

function of(points: Map<string, Point[]>, series: string): Point[] {
  const known = points.get(series);
  if (known) return known;
  const made: Point[] = [];
  points.set(series, made);
  return made;
}

const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const shortened = (cell: string): string => (cell.length > 40 ? `${cell.slice(0, 40)}…` : cell);
