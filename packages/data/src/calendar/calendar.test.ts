/** Dates against the decrees of the State Council and the published dates of lunar new years; columns add up. */
import { existsSync, readFileSync } from 'node:fs';
import { UserError } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { calendarOf } from './calendar.ts';
import { chinaEvents, lastDecreedYear } from './china.ts';
import { calendarColumns } from './columns.ts';
import { dayOf, dayOfIso, isoOfDay, timeOfDay } from './event.ts';
import { lunarDay, lunarNewYear } from './lunar.ts';
import { ownEvents } from './own-events.ts';
import { shoppingEvents } from './shopping-days.ts';

const daysOf = (kind: string, year: number) =>
  chinaEvents(year, year)
    .filter((event) => event.kind === kind)
    .flatMap(({ first, days }) => Array.from({ length: days }, (_, i) => isoOfDay(first + i)));

describe('the calendar of China', () => {
  it('has the days off and make-up workdays of 2024 as decreed (国办发明电〔2023〕7 号)', () => {
    expect(daysOf('make-up workday', 2024)).toEqual([
      ...['2024-02-04', '2024-02-18', '2024-04-07', '2024-04-28', '2024-05-11'],
      ...['2024-09-14', '2024-09-29', '2024-10-12'],
    ]);
    const off = daysOf('day off', 2024);
    expect(off).toHaveLength(28);
    expect(off).toEqual(
      expect.arrayContaining(['2024-02-10', '2024-02-17', '2024-05-05', '2024-09-17', '2024-10-07']),
    );
  });

  it('has lunar dates by rule beyond the last decree, and says that days off are not announced', () => {
    const year = lastDecreedYear() + 1;
    const events = chinaEvents(year, year);
    expect(events.filter(({ kind }) => kind === 'make-up workday')).toEqual([]);
    expect(events.filter(({ kind }) => kind === 'day off').every(({ announced }) => !announced)).toBe(true);
    expect(events.find(({ code }) => code === 'lunar-new-year')!.first).toBe(lunarNewYear(year)! - 1);
    expect(lunarNewYear(2200)).toBeUndefined();
  });

  it('moves with the moon and the sun (Hong Kong Observatory)', () => {
    const iso = (day: number | undefined) => isoOfDay(day!);
    expect(
      [lunarDay(2025, 5, 5), lunarDay(2025, 8, 15), lunarDay(2023, 8, 15), lunarDay(2027, 1, 1)].map(iso),
    ).toEqual(['2025-05-31', '2025-10-06', '2023-09-29', '2027-02-06']);
  });

  const published = new URL('../../../../../shared/data/china-lunar-new-year/cny_dates.csv', import.meta.url);
  it.skipIf(!existsSync(published))(
    'has the new years of 1950 to 2030 as published (skipped without shared/data)',
    () => {
      const dates = readFileSync(published, 'utf8')
        .trim()
        .split(/\r?\n/)
        .slice(1)
        .filter((date) => date >= '1950');
      expect(dates.map((date) => isoOfDay(lunarNewYear(Number(date.slice(0, 4)))!))).toEqual(dates);
    },
  );
});

it('shopping days fall where they do', () => {
  const day = (country: string, code: string, year: number) =>
    shoppingEvents(country, year, year)
      .filter((event) => event.code === code)
      .map(({ first }) => isoOfDay(first));
  expect(day('US', 'black-friday', 2024)).toEqual(['2024-11-29']);
  expect(day('US', 'mother-day', 2025)).toEqual(['2025-05-11']);
  expect(day('CN', '618', 2025)).toEqual(['2025-06-18']);
  expect(day('US', '618', 2025)).toEqual([]);
  expect(day('CN', 'nianhuo', 2025)).toEqual(['2025-01-04']);
});

describe('other countries', () => {
  const range = { from: timeOfDay(dayOf(2024, 1, 1)), to: timeOfDay(dayOf(2024, 12, 31)) };
  const isInstalled = (() => {
    try {
      return import.meta.resolve('date-holidays') !== '';
    } catch {
      return false;
    }
  })();

  it.skipIf(!isInstalled)('come from date-holidays (skipped where it is not installed)', async () => {
    const us = await calendarOf({ country: 'us', ...range });
    const thanksgiving = us
      .filter(({ code }) => code === 'us-thanksgiving-day')
      .map(({ first }) => isoOfDay(first));
    expect(thanksgiving).toContain('2024-11-28');
    expect(us.some(({ code }) => code === 'lunar-new-year')).toBe(false);
    await expect(calendarOf({ country: 'XX', ...range })).rejects.toThrow(/no country "XX"/);
  });

  it.skipIf(isInstalled)('are refused with what to install', async () => {
    await expect(calendarOf({ country: 'US', ...range })).rejects.toThrow(UserError);
    await expect(calendarOf({ country: 'US', ...range })).rejects.toThrow(/npm i date-holidays/);
  });
});

describe('own events', () => {
  const table = (columns: string[], rows: string[][]) => ownEvents({ columns, rows } as never);
  it('are read in both languages, with a last day or without', () => {
    const { events, setAside } = table(
      ['开始', '结束', '活动'],
      [
        ['2024年3月1日', '2024-03-03', '周年庆'],
        ['2024/5/1', '', '直播'],
        ['soon', '', 'fair'],
        ['2024-06-01', '2024-05-01', 'backwards'],
        ['2024-06-01', '', ''],
      ],
    );
    expect(events.map(({ name, first, days }) => [name.zh, isoOfDay(first), days])).toEqual([
      ['周年庆', '2024-03-01', 3],
      ['直播', '2024-05-01', 1],
    ]);
    expect(setAside.map(({ row, reason }) => [row, reason.en])).toEqual([
      [3, '"soon" is no date'],
      [4, 'it ends before it begins, or lasts over a year'],
      [5, 'no name'],
    ]);
  });
  it('need a date and a name', () => {
    expect(() => table(['x', 'y'], [])).toThrow(/expected one named "date" and one named "event"/);
  });
});

describe('columns of the calendar', () => {
  const edgesOf = (first: string, count: number, step: (day: number) => number) => {
    const edges = [dayOfIso(first)];
    for (let i = 0; i < count; i++) edges.push(step(edges.at(-1)!));
    return edges.map(timeOfDay);
  };
  const nextMonth = (day: number) => {
    const date = new Date(timeOfDay(day));
    return dayOf(date.getUTCFullYear(), date.getUTCMonth() + 2, 1);
  };

  it('give months the share of the festival that falls into each: days add up whatever the month', () => {
    const events = chinaEvents(1990, 2026);
    const edges = edgesOf('1990-01-01', 37 * 12, nextMonth);
    const column = calendarColumns(events, edges).find(
      ({ code, window }) => code === 'lunar-new-year' && window === 'during',
    )!;
    expect(column.events).toBe(37);
    const days = column.values.map((share, i) => (share * (edges[i + 1]! - edges[i]!)) / 86_400_000);
    for (let year = 0; year < 37; year++) {
      const sum = days.subarray(year * 12, year * 12 + 12).reduce((total, value) => total + value, 0);
      expect(sum).toBeCloseTo(8, 9);
    }
    // 23 January 2012: all of it in January; 31 January 2014: two days in January and six in February.
    expect(days[(2012 - 1990) * 12]).toBeCloseTo(8, 9);
    expect([days[(2014 - 1990) * 12], days[(2014 - 1990) * 12 + 1]]).toEqual([
      expect.closeTo(2, 9),
      expect.closeTo(6, 9),
    ]);
  });

  it('give days windows before and after, which do not overlap', () => {
    const columns = calendarColumns(
      shoppingEvents('CN', 2024, 2024).filter(({ code }) => code === '618'),
      edgesOf('2024-05-01', 90, (day) => day + 1),
    );
    expect(columns.map(({ label }) => label.en)).toEqual([
      'the 6.18 sale, 15–21 days before',
      'the 6.18 sale, 8–14 days before',
      'the 6.18 sale, 4–7 days before',
      'the 6.18 sale, 1–3 days before',
      'the 6.18 sale',
      'the 6.18 sale, 1–3 days after',
      'the 6.18 sale, 4–7 days after',
      'the 6.18 sale, 8–14 days after',
    ]);
    expect(columns.map(({ values }) => values.reduce((sum, value) => sum + value, 0))).toEqual([
      7, 7, 4, 3, 1, 3, 4, 7,
    ]);
  });

  it('give every hour of a day the whole event', () => {
    const edges = Array.from(
      { length: 49 },
      (_, hour) => timeOfDay(dayOfIso('2024-11-10')) + hour * 3_600_000,
    );
    const during = calendarColumns(
      shoppingEvents('CN', 2024, 2024).filter(({ code }) => code === 'double-11'),
      edges,
    ).find(({ window }) => window === 'during')!;
    expect(Array.from(during.values)).toEqual([...Array(24).fill(0), ...Array(24).fill(1)]);
  });
});
