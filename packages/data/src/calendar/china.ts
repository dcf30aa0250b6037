/**
 * China's calendar. Festivals fall by rule, by sun or moon. Which days around them are off, and which Saturdays and Sundays
 * are worked in exchange (调休), cannot be computed: the State Council decrees it each autumn for the year to come. `chinese-days` holds the decrees from
 * 2004 on; for a year without one only the days that the law names are off (国务院令第 795 号, 2024), and they are marked.
 */
import chineseDays from 'chinese-days';
import { type CalendarEvent, dayOf, isoOfDay } from './event.ts';
import { lunarDay, lunarNewYear, qingming } from './lunar.ts';

interface Festival {
  readonly code: string;
  readonly name: { readonly en: string; readonly zh: string };
  readonly day: (year: number) => number | undefined;
  /** Days before and after `day` that belong to it. */
  readonly from: number;
  readonly to: number;
  readonly lead: number;
  readonly lag: number;
  /** Days off by law, from `day`: where no decree is known. */
  readonly law: readonly [from: number, to: number];
}

const FESTIVALS: readonly Festival[] = [
  {
    code: 'new-year',
    name: { en: "New Year's Day", zh: '元旦' },
    day: (year) => dayOf(year, 1, 1),
    ...{ from: 0, to: 0, lead: 3, lag: 3, law: [0, 0] },
  },
  {
    code: 'lunar-new-year',
    name: { en: 'Lunar New Year', zh: '春节' },
    day: lunarNewYear,
    ...{ from: -1, to: 6, lead: 28, lag: 28, law: [-1, 2] },
  },
  {
    code: 'lantern-festival',
    name: { en: 'Lantern Festival', zh: '元宵节' },
    day: (year) => lunarDay(year, 1, 15),
    ...{ from: 0, to: 0, lead: 3, lag: 0, law: [0, -1] },
  },
  {
    code: 'qingming',
    name: { en: 'Qingming Festival', zh: '清明节' },
    day: qingming,
    ...{ from: 0, to: 0, lead: 3, lag: 3, law: [0, 0] },
  },
  {
    code: 'labour-day',
    name: { en: 'Labour Day', zh: '劳动节' },
    day: (year) => dayOf(year, 5, 1),
    ...{ from: 0, to: 4, lead: 3, lag: 3, law: [0, 1] },
  },
  {
    code: 'dragon-boat',
    name: { en: 'Dragon Boat Festival', zh: '端午节' },
    day: (year) => lunarDay(year, 5, 5),
    ...{ from: 0, to: 0, lead: 7, lag: 3, law: [0, 0] },
  },
  {
    code: 'qixi',
    name: { en: 'Qixi Festival', zh: '七夕' },
    day: (year) => lunarDay(year, 7, 7),
    ...{ from: 0, to: 0, lead: 7, lag: 0, law: [0, -1] },
  },
  {
    code: 'mid-autumn',
    name: { en: 'Mid-Autumn Festival', zh: '中秋节' },
    day: (year) => lunarDay(year, 8, 15),
    ...{ from: 0, to: 0, lead: 14, lag: 3, law: [0, 0] },
  },
  {
    code: 'national-day',
    name: { en: 'National Day', zh: '国庆节' },
    day: (year) => dayOf(year, 10, 1),
    ...{ from: 0, to: 6, lead: 7, lag: 7, law: [0, 2] },
  },
];

const FIRST_DECREE = 2004;

/** The last year whose days off and make-up workdays are known. */
export function lastDecreedYear(): number {
  let year = FIRST_DECREE;
  while (decreed(year + 1)) year += 1;
  return year;
}

/** @param first @param last Years, both included */
export function chinaEvents(first: number, last: number): CalendarEvent[] {
  const events: CalendarEvent[] = [];
  for (let year = first; year <= last; year++) {
    const known = year >= FIRST_DECREE && decreed(year);
    for (const { code, name, day, from, to, lead, lag, law } of FESTIVALS) {
      const at = day(year);
      if (at === undefined) continue;
      events.push({
        ...{ code, name, kind: 'festival', first: at + from, days: to - from + 1, lead, lag },
        announced: true,
      });
      if (!known && law[1] >= law[0])
        events.push({ ...DAY_OFF, first: at + law[0], days: law[1] - law[0] + 1, announced: false });
    }
    if (known) events.push(...decreedDays(year));
  }
  return events;
}

const DAY_OFF = {
  code: 'day-off',
  name: { en: 'day off by decree', zh: '法定放假日' },
  kind: 'day off',
  ...{ lead: 0, lag: 0 },
} as const;
const MAKE_UP = {
  code: 'make-up-workday',
  name: { en: 'make-up workday', zh: '调休上班日' },
  kind: 'make-up workday',
  ...{ lead: 0, lag: 0 },
} as const;

/** Decreed days have the festival in their name, as "Spring Festival,春节,3"; others have that of the weekday. */
const isDecreed = (name: string): boolean => name.includes(',');
const decreed = (year: number): boolean => isDecreed(chineseDays.getDayDetail(`${year}-01-01`).name);

function decreedDays(year: number): CalendarEvent[] {
  const events: CalendarEvent[] = [];
  for (let day = dayOf(year, 1, 1); day < dayOf(year + 1, 1, 1); day++) {
    const { work, name } = chineseDays.getDayDetail(isoOfDay(day));
    if (isDecreed(name)) events.push({ ...(work ? MAKE_UP : DAY_OFF), first: day, days: 1, announced: true });
  }
  return events;
}
