import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { driverSection } from './drivers.ts';
import { ratingsOf } from './ratings.ts';

describe('what drives recommendation', () => {
  it('takes the items of the SUS as they are worded, and calls columns by what they ask', () => {
    const random = new Random('drivers');
    const items = Array.from({ length: 10 }, (_, i) => `sus${i + 1}`);
    const columns = ['nps', 'price', ...items];
    const rating = (value: number, most: number) => String(Math.max(1, Math.min(most, Math.round(value))));
    const rows = Array.from({ length: 200 }, () => {
      const usable = random.normal();
      return [
        rating(6 + 2 * usable + random.normal(), 10),
        rating(3 + random.normal(), 5),
        ...items.map((_, i) => rating(3 + (i % 2 === 0 ? 1 : -1) * usable + 0.5 * random.normal(), 5)),
      ];
    });
    const table = { file: 'survey.csv', columns, rows, numbers: rows.map((_, i) => i + 2) };
    const ratings = new Map(columns.map((name) => [name, ratingsOf(table, name)!]));
    const { ranked, section } = driverSection(table, ratings, { recommend: 'nps' })!;
    expect(section.title).toEqual({
      en: 'What drives recommendation (“nps”)',
      zh: '推荐意愿（“nps”）的驱动因素',
    });
    expect(ranked[0]!.version).toBe('sus');
    expect(ranked[0]!.estimate.low).toBeGreaterThan(0.5);
    // Ten items that measure one thing.
    expect(JSON.stringify(section)).toMatch(/可用性（“sus”）（10 题）.*"0\.9\d"/);
  });
});
