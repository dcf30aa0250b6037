/**
 * How often a series was taken: every so many seconds, minutes, hours, days, weeks, months or years. Found from the distances between
 * its times, most of which must be whole multiples of one; months, quarters and years are counted by the calendar.
 */
import { UserError } from '@gradus/base';

export interface Frequency {
  readonly every: number;
  readonly unit: Unit;
}

/** The steps of a regular series: times that lie on it have a number, and numbers a time. */
export interface Grid {
  readonly frequency: Frequency;
  /** The step of a time (milliseconds since 1970), undefined where it lies between two. */
  step(time: number): number | undefined;
  time(step: number): number;
}

const SECOND = 1000;
const DAY = 86_400 * SECOND;
/** Largest first: a frequency is named by the largest unit that it is whole multiples of. */
const LENGTHS = {
  week: 7 * DAY,
  day: DAY,
  hour: 3600 * SECOND,
  minute: 60 * SECOND,
  second: SECOND,
} as const;
const MONTHS = { year: 12, quarter: 3, month: 1 } as const;

export type Unit = keyof typeof LENGTHS | keyof typeof MONTHS;

const NAMES: Readonly<Record<Unit, { readonly en: string; readonly zh: string }>> = {
  second: { en: 'second', zh: '秒' },
  minute: { en: 'minute', zh: '分钟' },
  hour: { en: 'hour', zh: '小时' },
  day: { en: 'day', zh: '天' },
  week: { en: 'week', zh: '周' },
  month: { en: 'month', zh: '个月' },
  quarter: { en: 'quarter', zh: '个季度' },
  year: { en: 'year', zh: '年' },
};

/** `every day`, `every 15 minutes`; `每天`, `每 15 分钟`. */
export function frequencyName({ every, unit }: Frequency): { readonly en: string; readonly zh: string } {
  const { en, zh } = NAMES[unit];
  if (every === 1) return { en: `every ${en}`, zh: `每${zh}` };
  return { en: `every ${every} ${en}s`, zh: `每 ${every} ${zh}` };
}

/** This share of times, and of distances between them, must fit. */
const REGULAR = 0.9;
/** Distances that are tried: the most frequent. */
const TRIED = 40;

/**
 * @param series Times of each, in milliseconds since 1970, ascending and without repeats.
 * @throws UserError where there is no frequency to be found
 */
export function findGrid(series: readonly Float64Array[]): Grid {
  return calendarGrid(series) ?? evenGrid(series);
}

/** Where times fall on one day of the month, or on its last, at one time of the day. */
function calendarGrid(series: readonly Float64Array[]): Grid | undefined {
  const days = new Map<string, number>();
  let all = 0;
  for (const times of series) {
    for (const time of times) {
      all += 1;
      for (const day of daysOf(time)) days.set(day, (days.get(day) ?? 0) + 1);
    }
  }
  const [best, count] = mostFrequent(days)[0] ?? ['', 0];
  if (count < REGULAR * all) return undefined;
  const months = series.map((times) =>
    Float64Array.from(
      times.filter((time) => daysOf(time).includes(best)),
      monthOf,
    ),
  );
  const found = distance(months);
  if (!found) return undefined;
  const { length, phase } = found;
  const unit = unitOf(MONTHS, length);
  const [day, clock] = best.split(' ') as [string, string];
  return {
    frequency: { every: length / MONTHS[unit], unit },
    step: (time) => {
      const month = monthOf(time) - phase;
      return daysOf(time).includes(best) && month % length === 0 ? month / length : undefined;
    },
    time: (step) => {
      const month = phase + step * length;
      // Day 0 of a month is the last of the one before.
      const date = day === 'last' ? Date.UTC(EPOCH, month + 1, 0) : Date.UTC(EPOCH, month, Number(day));
      return date + Number(clock);
    },
  };
}

/** Months are counted from January of this year. */
const EPOCH = 2000;
const monthOf = (time: number): number => {
  const date = new Date(time);
  return (date.getUTCFullYear() - EPOCH) * 12 + date.getUTCMonth();
};

function evenGrid(series: readonly Float64Array[]): Grid {
  const found = distance(series);
  if (!found) {
    throw new UserError({
      en: 'the times are not regular: they do not lie at whole multiples of any one distance. Count or average them by day, week or month first',
      zh: '时间不规则：各时刻不是某一间隔的整数倍。请先按日、周或月计数或求平均',
    });
  }
  const { length, phase } = found;
  const unit = unitOf(LENGTHS, length);
  return {
    frequency: { every: length / LENGTHS[unit], unit },
    step: (time) => ((time - phase) % length === 0 ? (time - phase) / length : undefined),
    time: (step) => phase + step * length,
  };
}

/** The largest distance that most distances are whole multiples of, and where most times lie on it. */
function distance(series: readonly Float64Array[]): { length: number; phase: number } | undefined {
  const counts = new Map<number, number>();
  let all = 0;
  for (const times of series) {
    for (let i = 1; i < times.length; i++) {
      const between = times[i]! - times[i - 1]!;
      counts.set(between, (counts.get(between) ?? 0) + 1);
      all += 1;
    }
  }
  const common = mostFrequent(counts).slice(0, TRIED);
  const share = (length: number) =>
    [...counts].reduce((sum, [between, count]) => sum + (between % length === 0 ? count : 0), 0) / all;
  const [length] = common
    .map(([between]) => between)
    .sort((a, b) => b - a)
    .filter((between) => share(between) >= REGULAR);
  if (length === undefined) return undefined;
  const phases = new Map<number, number>();
  for (const times of series) {
    for (const time of times) {
      const phase = ((time % length) + length) % length;
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
    }
  }
  return { length, phase: mostFrequent(phases)[0]![0] };
}

/** The day of the month, or `last`, and the time of the day. */
function daysOf(time: number): string[] {
  const date = new Date(time);
  const clock = time - Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate());
  const last = new Date(time + DAY).getUTCDate() === 1;
  return [`${date.getUTCDate()} ${clock}`, ...(last ? [`last ${clock}`] : [])];
}

const mostFrequent = <K>(counts: ReadonlyMap<K, number>): [K, number][] =>
  [...counts].sort(([, a], [, b]) => b - a);

const unitOf = <U extends string>(lengths: Readonly<Record<U, number>>, length: number): U =>
  (Object.entries(lengths) as [U, number][]).find(([, unit]) => length % unit === 0)![0];
