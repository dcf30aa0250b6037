/**
 * Events as numbers that a model can take: for each period of a series (a day, a week, a month) the share of its days that lie in a
 * window of the event. A festival that moves through January and February thus gives each month what falls into it (Findley et al., "New Capabilities
 * and Methods of the X-12-ARIMA Seasonal-Adjustment Program", 1998, section 2.2). Around the event there are further windows, so that what people buy ahead and
 * leave afterwards has a shape that is fitted: for days 1-3, 4-7, 8-14 and 15-28 days away, for longer periods one window before and one after.
 */
import type { Localized } from '@gradus/base';
import { type CalendarEvent, dayOfTime } from './event.ts';

export interface CalendarColumn {
  readonly code: string;
  readonly window: Window;
  readonly label: Localized;
  /** By period, from 0 to 1. */
  readonly values: Float64Array;
  /** How many events reach into the periods. */
  readonly events: number;
}

/** Days before (negative) or after the event; 'during' is the event itself. */
export type Window = 'during' | { readonly from: number; readonly to: number };

const STEPS = [3, 7, 14, 28] as const;

/** @param edges First moment of each period, and the end of the last: [periods + 1], ascending, milliseconds since 1970 */
export function calendarColumns(
  events: readonly CalendarEvent[],
  edges: ArrayLike<number>,
): CalendarColumn[] {
  const periods = edges.length - 1;
  const days = Float64Array.from({ length: periods + 1 }, (_, i) => dayOfTime(edges[i]!));
  const isDaily = periods > 0 && (days[periods]! - days[0]!) / periods < 1.5;
  const byCode = Map.groupBy(events, ({ code }) => code);
  const columns: CalendarColumn[] = [];
  for (const [code, same] of byCode) {
    const { name, lead, lag } = same[0]!;
    for (const window of windowsOf(lead, lag, isDaily)) {
      const values = new Float64Array(periods);
      let reaching = 0;
      for (const { first, days: length } of same) {
        const last = first + length - 1;
        const [from, to] =
          window === 'during'
            ? [first, last]
            : window.to < 0
              ? [first + window.from, first + window.to]
              : [last + window.from, last + window.to];
        if (addShares(values, days, from, to)) reaching += 1;
      }
      if (reaching > 0)
        columns.push({ code, window, label: labelOf(name, window), values, events: reaching });
    }
  }
  return columns;
}

function windowsOf(lead: number, lag: number, isDaily: boolean): Window[] {
  const steps = (most: number): [number, number][] => {
    if (most <= 0) return [];
    if (!isDaily) return [[1, most]];
    return STEPS.flatMap((to, i): [number, number][] => {
      const from = i === 0 ? 1 : STEPS[i - 1]! + 1;
      return from <= most ? [[from, Math.min(to, most)]] : [];
    });
  };
  return [
    ...steps(lead)
      .reverse()
      .map(([from, to]) => ({ from: -to, to: -from })),
    'during' as const,
    ...steps(lag).map(([from, to]) => ({ from, to })),
  ];
}

/** Adds to each period the share of its days from `from` to `to`, both included. @returns whether any was touched */
function addShares(values: Float64Array, days: Float64Array, from: number, to: number): boolean {
  let at = lastAtMost(days, from);
  if (at < 0) at = 0;
  let touched = false;
  for (; at < values.length && days[at]! <= to; at++) {
    const start = days[at]!;
    // Several periods in one day (hours) each lie in it as a whole.
    const end = Math.max(days[at + 1]!, start + 1);
    const inside = Math.min(to + 1, end) - Math.max(from, start);
    if (inside <= 0) continue;
    values[at] = Math.min(1, values[at]! + inside / (end - start));
    touched = true;
  }
  return touched;
}

/** The first of the latest periods that begin on `day` or before. */
function lastAtMost(days: Float64Array, day: number): number {
  let [low, high] = [0, days.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (days[middle]! <= day) low = middle + 1;
    else high = middle;
  }
  let at = low - 1;
  while (at > 0 && days[at - 1] === days[at]) at -= 1;
  return at;
}

function labelOf({ en, zh }: Localized, window: Window): Localized {
  if (window === 'during') return { en, zh };
  const [near, far] = window.to < 0 ? [-window.to, -window.from] : [window.from, window.to];
  const range = near === far ? `${near}` : `${near}–${far}`;
  return window.to < 0
    ? { en: `${en}, ${range} days before`, zh: `${zh}前 ${range} 天` }
    : { en: `${en}, ${range} days after`, zh: `${zh}后 ${range} 天` };
}
