/**
 * Festivals, days off, shopping days and the founder's own days as features: for each event how much of a step lies in it, in the week
 * before it, and in the week after. Only events that the histories have met at least twice: one is an anecdote.
 */
import { type CalendarColumn, type CalendarEvent, calendarColumns } from '@gradus/data';
import { type Grid, startOf } from '../grid.ts';
import type { CalendarFeature } from './calendar-features.ts';

/** Events that are told apart; festivals lead. */
const MOST_EVENTS = 12;
const ORDER: Readonly<Record<CalendarEvent['kind'], number>> = {
  festival: 0,
  own: 1,
  shopping: 2,
  'day off': 3,
  'make-up workday': 4,
};
/** Days around an event that belong to it. */
const AROUND = 7;
const FEWEST = 2;

const SIDES = ['before', 'during', 'after'] as const;
type Side = (typeof SIDES)[number];

/** Steps of a grid that are looked at: of the histories, and on to the last forecast. */
export interface StepRange {
  readonly from: number;
  readonly known: number;
  readonly to: number;
}

/** The events that the histories of a grid have met often enough, by code. */
export function metEvents(
  grid: Grid,
  { from, known }: StepRange,
  events: readonly CalendarEvent[],
): string[] {
  if (grid.kind === 'order' || events.length === 0) return [];
  const columns = calendarColumns(events, edges(grid, from, known));
  const kinds = new Map(events.map(({ code, kind }) => [code, ORDER[kind]]));
  return columns
    .filter(({ window, events: met }) => window === 'during' && met >= FEWEST)
    .map(({ code }) => code)
    .sort((a, b) => kinds.get(a)! - kinds.get(b)! || (a < b ? -1 : 1))
    .slice(0, MOST_EVENTS);
}

export function eventFeatures(
  grid: Grid,
  { from, to }: StepRange,
  events: readonly CalendarEvent[],
  codes: readonly string[],
): CalendarFeature[] {
  if (codes.length === 0) return [];
  const wanted = events.filter(({ code }) => codes.includes(code));
  const columns = grid.kind === 'order' ? [] : calendarColumns(wanted, edges(grid, from, to));
  return codes.flatMap((code) =>
    SIDES.map((side): CalendarFeature => {
      const values = columns
        .filter((column) => column.code === code && sideOf(column) === side)
        .map(({ values }) => values);
      return { name: code, at: (step) => values.reduce((sum, own) => sum + (own[step - from] ?? 0), 0) };
    }),
  );
}

function sideOf({ window }: CalendarColumn): Side | undefined {
  if (window === 'during') return 'during';
  if (window.to < 0) return window.to >= -AROUND ? 'before' : undefined;
  return window.from <= AROUND ? 'after' : undefined;
}

const edges = (grid: Grid, from: number, to: number): Float64Array =>
  Float64Array.from({ length: Math.max(1, to - from + 1) }, (_, i) => startOf(grid, from + i));
