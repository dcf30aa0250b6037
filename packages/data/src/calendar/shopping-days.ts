/**
 * Days that shops made: no law names them, and they move sales more than most that are in a law. Dates are those that the platforms
 * have kept for years; how far ahead of them buyers wait, and how long after they stay away, is fitted on the sales themselves.
 */
import { type CalendarEvent, dayOf, weekdayOf } from './event.ts';
import { lunarNewYear } from './lunar.ts';

interface ShoppingDay {
  readonly code: string;
  readonly name: { readonly en: string; readonly zh: string };
  /** Countries by code; all others too where left out. */
  readonly countries?: readonly string[];
  readonly day: (year: number) => number | undefined;
  readonly days: number;
  readonly lead: number;
  readonly lag: number;
}

const CHINESE = ['CN'];
const BLACK_FRIDAY = [
  'US',
  'CA',
  'GB',
  'IE',
  'DE',
  'AT',
  'FR',
  'ES',
  'IT',
  'NL',
  'BE',
  'PT',
  'PL',
  'BR',
  'MX',
  'AU',
  'NZ',
  'ZA',
];
const WESTERN = [...BLACK_FRIDAY, 'CH', 'SE', 'DK', 'NO', 'FI', 'CZ'];

const SHOPPING_DAYS: readonly ShoppingDay[] = [
  {
    code: 'nianhuo',
    name: { en: "New Year's goods festival", zh: '年货节' },
    countries: CHINESE,
    day: (year) => shifted(lunarNewYear(year), -25),
    ...{ days: 18, lead: 0, lag: 0 },
  },
  {
    code: 'women-day',
    name: { en: 'the 8 March sale', zh: '三八节' },
    countries: CHINESE,
    day: (year) => dayOf(year, 3, 8),
    ...{ days: 1, lead: 7, lag: 3 },
  },
  {
    code: '618',
    name: { en: 'the 6.18 sale', zh: '618 大促' },
    countries: CHINESE,
    day: (year) => dayOf(year, 6, 18),
    ...{ days: 1, lead: 21, lag: 14 },
  },
  {
    code: 'double-11',
    name: { en: "Singles' Day (11.11)", zh: '双十一' },
    countries: ['CN', 'SG', 'MY', 'TH', 'VN', 'PH', 'ID', 'TW', 'HK'],
    day: (year) => dayOf(year, 11, 11),
    ...{ days: 1, lead: 21, lag: 14 },
  },
  {
    code: 'double-12',
    name: { en: 'the 12.12 sale', zh: '双十二' },
    countries: ['CN', 'SG', 'MY', 'TH', 'VN', 'PH', 'ID', 'TW'],
    day: (year) => dayOf(year, 12, 12),
    ...{ days: 1, lead: 7, lag: 7 },
  },
  {
    code: 'valentine',
    name: { en: "Valentine's Day", zh: '情人节' },
    day: (year) => dayOf(year, 2, 14),
    ...{ days: 1, lead: 7, lag: 3 },
  },
  {
    code: 'mother-day',
    name: { en: "Mother's Day (second Sunday of May)", zh: '母亲节' },
    countries: [
      'CN',
      'US',
      'CA',
      'DE',
      'AT',
      'CH',
      'IT',
      'NL',
      'BE',
      'AU',
      'NZ',
      'BR',
      'JP',
      'TW',
      'HK',
      'SG',
    ],
    day: (year) => nthWeekday(year, 5, 0, 2),
    ...{ days: 1, lead: 7, lag: 3 },
  },
  {
    code: 'black-friday',
    name: { en: 'Black Friday to Cyber Monday', zh: '黑色星期五' },
    countries: BLACK_FRIDAY,
    day: (year) => nthWeekday(year, 11, 4, 4) + 1,
    ...{ days: 4, lead: 14, lag: 7 },
  },
  {
    code: 'christmas',
    name: { en: 'Christmas', zh: '圣诞节' },
    countries: WESTERN,
    day: (year) => dayOf(year, 12, 24),
    ...{ days: 3, lead: 28, lag: 7 },
  },
];

/** @param first @param last Years, both included */
export function shoppingEvents(country: string, first: number, last: number): CalendarEvent[] {
  const events: CalendarEvent[] = [];
  for (const { code, name, countries, day, days, lead, lag } of SHOPPING_DAYS) {
    if (countries && !countries.includes(country)) continue;
    for (let year = first; year <= last; year++) {
      const at = day(year);
      if (at !== undefined)
        events.push({ code, name, kind: 'shopping', first: at, days, lead, lag, announced: true });
    }
  }
  return events;
}

/** The n-th such weekday of a month; 0 is Sunday. */
function nthWeekday(year: number, month: number, weekday: number, n: number): number {
  const first = dayOf(year, month, 1);
  return first + ((weekday - weekdayOf(first) + 7) % 7) + 7 * (n - 1);
}

const shifted = (day: number | undefined, by: number): number | undefined =>
  day === undefined ? undefined : day + by;
