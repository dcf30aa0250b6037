/** What is known of a step by its date alone. */
import { DAY, frequencyOf, type Grid, startOf, timeOf } from '../grid.ts';

export interface CalendarFeature {
  readonly name: string;
  at(step: number): number;
}

const date = (grid: Grid, step: number): Date => new Date(timeOf(grid, step));
const HOURS = 3_600_000;

export function calendarFeatures(grid: Grid): readonly CalendarFeature[] {
  if (grid.kind === 'order') return [];
  const season = frequencyOf(grid).seasons[0]!;
  const of = (name: string, read: (at: Date) => number): CalendarFeature => ({
    name,
    at: (step) => read(date(grid, step)),
  });
  const month = of('month', (at) => at.getUTCMonth() + 1);
  const week = of('week of the year', (at) =>
    Math.floor((at.getTime() - Date.UTC(at.getUTCFullYear(), 0, 1)) / (168 * HOURS)),
  );
  const weekday = of('weekday', (at) => at.getUTCDay());
  const dayOfMonth = of('day of the month', (at) => at.getUTCDate());
  const hour = of('hour', (at) => at.getUTCHours() + at.getUTCMinutes() / 60);
  if (grid.kind === 'calendar') return season > 1 ? [month] : [];
  if (season === 52) return [week, month];
  if (season === 7) return [weekday, dayOfMonth, week];
  return [hour, weekday];
}

/**
 * Of months and quarters, which share of their days is from Monday to Friday: with five weekends other amounts are sold than with four
 * (trading days: Young, "Estimating Trading-Day Variation in Monthly Economic Time Series", 1965).
 */
export function weekdayShare(grid: Grid): readonly CalendarFeature[] {
  if (grid.kind !== 'calendar' || grid.months === 12) return [];
  const at = (step: number): number => {
    const [from, to] = [startOf(grid, step), startOf(grid, step + 1)];
    let weekdays = 0;
    for (let day = from; day < to; day += DAY) if (new Date(day).getUTCDay() % 6 !== 0) weekdays += 1;
    return (weekdays * DAY) / (to - from);
  };
  return [{ name: 'weekdays', at }];
}
