/** What a calendar holds: festivals, days off, shopping days and what the founder enters. */
import type { Localized } from '@gradus/base';

const DAY_MS = 86_400_000;

export type EventKind = 'festival' | 'day off' | 'make-up workday' | 'shopping' | 'own';

export interface CalendarEvent {
  /** One name for all years: what effects are fitted by. */
  readonly code: string;
  readonly name: Localized;
  readonly kind: EventKind;
  /** First day, in days since 1970. */
  readonly first: number;
  readonly days: number;
  /** How many days before it begins and after it ends sales may move. */
  readonly lead: number;
  readonly lag: number;
  /** false where its dates are by rule because no decree is out yet, or none is on file. */
  readonly announced: boolean;
}

/** Days since 1970, UTC. */
export const dayOf = (year: number, month: number, day: number): number =>
  Math.round(Date.UTC(year, month - 1, day) / DAY_MS);

export const dayOfTime = (time: number): number => Math.floor(time / DAY_MS);
export const timeOfDay = (day: number): number => day * DAY_MS;
/** "2025-01-29" */
export const isoOfDay = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
export const dayOfIso = (iso: string): number => dayOfTime(Date.parse(`${iso}T00:00:00Z`));
/** 0 is Sunday. */
export const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;
export const yearOf = (day: number): number => new Date(day * DAY_MS).getUTCFullYear();
