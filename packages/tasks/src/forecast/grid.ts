/**
 * The regular steps that a sales history is counted in: days, weeks, months, or the rows' own order where a file has no dates. A
 * sale belongs to the step that its time falls into, so that several sales of a day add up. Plain data, since runs keep it.
 *
 * The frequency is the coarsest that still tells a file's dates apart: dates of the first of each month are months, dates of each
 * Friday weeks, dates with clocks at odd moments days.
 */
import type { Localized } from '@gradus/base';
import { seriesTimes } from '@gradus/data';

export type Grid =
  /** Steps of equal length, in milliseconds; the first begins at `phase`. */
  | { readonly kind: 'even'; readonly length: number; readonly phase: number }
  /** Steps of 1, 3 or 12 months from January 2000 plus `phase` months, dated by a day of the month. */
  | {
      readonly kind: 'calendar';
      readonly months: 1 | 3 | 12;
      readonly phase: number;
      readonly day: number | 'last';
      readonly clock: number;
    }
  /** Rows in their order, or steps that a column or the header numbers, of which at most is known how long they are. */
  | { readonly kind: 'order'; readonly unit?: NumberedUnit };

/** What numbered steps are called. */
export type NumberedUnit = 'hour' | 'day' | 'week' | 'month' | 'quarter' | 'year';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
const WEEK = 7 * DAY;
const EPOCH = 2000;

/** What a frequency means: its name, its seasons in steps (the first leads), and how far ahead people plan in it. */
export interface Frequency {
  readonly name: Localized;
  /** One step and several, for sentences. */
  readonly step: Localized;
  readonly seasons: readonly number[];
  readonly horizon: number;
}

const frequency = (
  en: string,
  zh: string,
  step: Localized,
  seasons: readonly number[],
  horizon: number,
): Frequency => ({ name: { en, zh }, step, seasons, horizon });

const EVEN: Readonly<Record<number, Frequency>> = {
  [WEEK]: frequency('weekly', '每周', { en: 'week', zh: '周' }, [52], 13),
  [DAY]: frequency('daily', '每日', { en: 'day', zh: '天' }, [7, 365], 28),
  [HOUR]: frequency('hourly', '每小时', { en: 'hour', zh: '小时' }, [24, 168], 48),
  [30 * MINUTE]: frequency(
    'every 30 minutes',
    '每 30 分钟',
    { en: 'half hour', zh: '半小时' },
    [48, 336],
    48,
  ),
  [15 * MINUTE]: frequency(
    'every 15 minutes',
    '每 15 分钟',
    { en: 'quarter of an hour', zh: '刻钟' },
    [96, 672],
    96,
  ),
};
const CALENDAR: Readonly<Record<1 | 3 | 12, Frequency>> = {
  12: frequency('yearly', '每年', { en: 'year', zh: '年' }, [1], 4),
  3: frequency('quarterly', '每季度', { en: 'quarter', zh: '季度' }, [4], 8),
  1: frequency('monthly', '每月', { en: 'month', zh: '个月' }, [12], 12),
};
const ORDER = frequency('rows in order', '按行序', { en: 'row', zh: '行' }, [1], 12);

const NUMBERED: Readonly<Record<NumberedUnit, Frequency>> = {
  hour: EVEN[HOUR]!,
  day: EVEN[DAY]!,
  week: EVEN[WEEK]!,
  month: CALENDAR[1],
  quarter: CALENDAR[3],
  year: CALENDAR[12],
};

export function frequencyOf(grid: Grid): Frequency {
  if (grid.kind === 'order') return grid.unit ? NUMBERED[grid.unit] : ORDER;
  return grid.kind === 'calendar' ? CALENDAR[grid.months] : EVEN[grid.length]!;
}

/** Whether two grids count in the same steps. */
export const gridKey = (grid: Grid): string => JSON.stringify(grid);

/** The step that a time falls into. */
export function stepOf(grid: Grid, time: number): number {
  if (grid.kind === 'order') return time;
  if (grid.kind === 'even') return Math.floor((time - grid.phase) / grid.length);
  return Math.floor((monthOf(time) - grid.phase) / grid.months);
}

/** The step of a number, which texts of steps show again (`stepText`). */
export const numberedStep = (cell: string): number | undefined =>
  /^\d{1,7}(?:\.0+)?$/.test(cell) ? Number(cell) - 1 : undefined;

/** Times of cells as files write them, or the steps that they number; undefined where a cell is neither. */
export function timesIn(grid: Grid, cells: readonly string[]): (number | undefined)[] {
  return grid.kind === 'order'
    ? cells.map((cell) => numberedStep(cell.trim()))
    : [...seriesTimes([...cells]).times];
}

/** The time that a step is dated by; of rows in order their number. */
export function timeOf(grid: Grid, step: number): number {
  if (grid.kind === 'order') return step;
  if (grid.kind === 'even') return grid.phase + step * grid.length;
  const { months, phase, day, clock } = grid;
  const month = phase + step * months;
  // Day 0 of a month is the last of the one before.
  if (day === 'last') return Date.UTC(EPOCH, month + 1, 0) + clock;
  const last = new Date(Date.UTC(EPOCH, month + 1, 0)).getUTCDate();
  return Date.UTC(EPOCH, month, Math.min(day, last)) + clock;
}

/** The first moment of a step, however it is dated. */
export function startOf(grid: Grid, step: number): number {
  if (grid.kind !== 'calendar') return timeOf(grid, step);
  return Date.UTC(EPOCH, grid.phase + step * grid.months, 1);
}

/** As files write it: a date, with a clock where steps are shorter than a day; of rows in order their number from 1. */
export function stepText(grid: Grid, step: number): string {
  if (grid.kind === 'order') return String(step + 1);
  const text = new Date(timeOf(grid, step)).toISOString();
  const isWholeDay =
    grid.kind === 'calendar' ? grid.clock === 0 : grid.length % DAY === 0 && grid.phase % DAY === 0;
  return isWholeDay ? text.slice(0, 10) : `${text.slice(0, 10)} ${text.slice(11, 16)}`;
}

const monthOf = (time: number): number => {
  const date = new Date(time);
  return (date.getUTCFullYear() - EPOCH) * 12 + date.getUTCMonth();
};

/** Buckets may hold more than one date in this share of cases: mistakes. */
const DOUBLED = 0.1;
/** An item has a frequency of its own where it fills this share of the steps, over so many of them. */
const FILLED = 0.9;
const FEWEST_OF_OWN = 8;
/** Histories of moments shorter than this are counted by the hour. */
const SHORT_SPAN = 60 * DAY;

/**
 * @param times ascending, without repeats
 */
export function findGrid(times: Float64Array): Grid {
  for (const months of [12, 3, 1] as const) {
    if (isApart(times, (time) => Math.floor(monthOf(time) / months))) return calendarGrid(times, months);
  }
  for (const length of Object.keys(EVEN)
    .map(Number)
    .sort((a, b) => b - a)) {
    const phase = phaseOf(times, length);
    const grid = { kind: 'even', length, phase } as const;
    if (isApart(times, (time) => stepOf(grid, time)) && (length >= DAY || isFilled(times, grid))) return grid;
  }
  const span = times.at(-1)! - times[0]!;
  return { kind: 'even', length: span >= SHORT_SPAN ? DAY : HOUR, phase: 0 };
}

/** An item's own frequency where it is coarser than the file's and regular: weekly totals in a file of days. */
export function ownGrid(times: Float64Array, file: Grid): Grid {
  if (file.kind === 'order' || times.length < FEWEST_OF_OWN) return file;
  const own = findGrid(times);
  if (gridKey(own) === gridKey(file) || own.kind === 'order' || sizeOf(own) <= sizeOf(file)) return file;
  const onDate = times.filter((time) => timeOf(own, stepOf(own, time)) === time).length;
  return onDate >= FILLED * times.length && isFilled(times, own) ? own : file;
}

const sizeOf = (grid: Exclude<Grid, { kind: 'order' }>): number =>
  grid.kind === 'even' ? grid.length : grid.months * 28 * DAY;

function isApart(times: Float64Array, bucket: (time: number) => number): boolean {
  let buckets = 0;
  let before = Number.NaN;
  for (const time of times) {
    const now = bucket(time);
    if (now !== before) buckets += 1;
    before = now;
  }
  return times.length - buckets <= DOUBLED * buckets;
}

function isFilled(times: Float64Array, grid: Grid): boolean {
  const steps = stepOf(grid, times.at(-1)!) - stepOf(grid, times[0]!) + 1;
  return times.length >= FILLED * steps;
}

function calendarGrid(times: Float64Array, months: 1 | 3 | 12): Grid {
  const days = new Map<string, number>();
  const phases = new Map<number, number>();
  for (const time of times) {
    for (const day of daysOf(time)) days.set(day, (days.get(day) ?? 0) + 1);
    const phase = ((monthOf(time) % months) + months) % months;
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
  }
  const [day, clock] = mostFrequent(days).split(' ') as [string, string];
  const phase = mostFrequent(phases);
  return {
    kind: 'calendar',
    months,
    phase,
    day: day === 'last' ? 'last' : Number(day),
    clock: Number(clock),
  };
}

/** The day of the month, or `last`, and the time of the day. */
function daysOf(time: number): string[] {
  const date = new Date(time);
  const clock = ((time % DAY) + DAY) % DAY;
  const last = new Date(time + DAY).getUTCDate() === 1;
  return [`${date.getUTCDate()} ${clock}`, ...(last ? [`last ${clock}`] : [])];
}

function phaseOf(times: Float64Array, length: number): number {
  const phases = new Map<number, number>();
  for (const time of times) {
    const phase = ((time % length) + length) % length;
    phases.set(phase, (phases.get(phase) ?? 0) + 1);
  }
  return mostFrequent(phases);
}

const mostFrequent = <K>(counts: ReadonlyMap<K, number>): K =>
  [...counts].reduce((most, one) => (one[1] > most[1] ? one : most))[0];
