import { existsSync } from 'node:fs';
import { UserError } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { findRoles, parseTimes, readTable } from '../index.ts';
import { tableOf } from './testing/table-of.ts';

const reviews = tableOf(
  ['id', 'when', 'shop', 'stars', 'comment'],
  [
    ['1', '2024-03-05', 'North', '5', 'Quick delivery and hot food'],
    ['2', '2024-03-09', 'South', '1', 'Cold soup, rude courier'],
    ['3', '2024-04-01', 'North', '4', 'Tasty, a bit expensive'],
    ['4', '2024-04-02', 'South', '2', 'Never again, waited two hours'],
    ['5', '2024-04-03', 'South', '2', 'Missing drinks and no napkins'],
    ['6', '2024-04-04', 'North', '5', 'Lovely dumplings'],
  ],
);
const columnsOf = (roles: object) =>
  Object.fromEntries(Object.entries(roles).map(([role, { column }]) => [role, column]));

describe('findRoles', () => {
  it('tells columns by what they hold, and says why', () => {
    const roles = findRoles(reviews);
    expect(columnsOf(roles)).toEqual({
      text: 'comment',
      rating: 'stars',
      time: 'when',
      product: 'shop',
      label: undefined,
    });
    expect(roles.rating.reason.en).toContain('from 1 to 5');
    expect(roles.time.reason.zh).toContain('2024-03-05');
  });
  it('is overruled by name, and helps with a name that is wrong', () => {
    expect(columnsOf(findRoles(reviews, { rating: 'none', text: 'shop' }))).toMatchObject({
      text: 'shop',
      rating: undefined,
    });
    expect(() => findRoles(reviews, { text: 'coment' })).toThrow(/did you mean "comment".*"id", "when"/s);
  });
  it.each([
    ['comment', 'seller reply'],
    ['question', 'answer'],
    ['评论', '商家回复'],
  ])('takes what customers wrote (%s) and not what they were answered (%s)', (asked, answered) => {
    const rows = reviews.rows.map(([, , , , text], i) => [
      text!,
      `We are sorry that order ${i} was not what you hoped for, and thank you for telling us about it at such length.`,
    ]);
    expect(findRoles(tableOf([asked, answered], rows)).text.column).toBe(asked);
    expect(
      findRoles(
        tableOf(
          [answered],
          rows.map(([, answer]) => [answer!]),
        ),
      ).text.column,
    ).toBe(answered);
  });

  it('names ten columns of many where none is text', () => {
    const names = Array.from({ length: 40 }, (_, i) => `q${i}`);
    const table = tableOf(
      names,
      Array.from({ length: 20 }, (_, i) => names.map(() => String(i % 7))),
    );
    expect(() => findRoles(table)).toThrow(/"q9" and 30 more hold numbers/);
  });

  it('says what it looked at where there is no text', () => {
    const numbers = tableOf(
      ['a', 'b'],
      [
        ['1', '2'],
        ['3', '4'],
      ],
    );
    expect(() => findRoles(numbers)).toThrow(UserError);
    expect(() => findRoles(numbers)).toThrow(/"a", "b".*--text/s);
  });

  const data = '../shared/data';
  it.skipIf(!existsSync(data)).each([
    [
      'waimai_10k/waimai_10k.csv',
      { text: 'review', label: 'label', rating: undefined, time: undefined, product: undefined },
    ],
    [
      'banking77/train.csv',
      { text: 'text', label: undefined, rating: undefined, time: undefined, product: undefined },
    ],
  ])('is right about %s (needs ../shared/data)', async (path, expected) => {
    const roles = findRoles(await readTable(`${data}/${path}`));
    expect(columnsOf(roles)).toEqual(expected);
    if (path.startsWith('banking'))
      expect(roles.label.reason.en).toContain('"category" has 77 different values');
  });
  it
    .skipIf(!existsSync(data))
    .each([
      'adult-income/adult-train.csv',
      'uci-small/abalone.csv',
      'uci-small/winequality-red.csv',
      'uci-small/auto_imports.csv',
      'univariate-series/shampoo.csv',
    ])('finds no text in %s (needs ../shared/data)', async (path) => {
    const read = await readTable(`${data}/${path}`);
    expect(() => findRoles(read)).toThrow(UserError);
  });
});

describe('cells', () => {
  it('dates, with the order of the column', () => {
    const iso = (cells: string[], numbers = false) => {
      const { times, assumed } = parseTimes(cells, numbers);
      return [
        ...times.map((time) => (time === undefined ? undefined : new Date(time).toISOString().slice(0, 16))),
        assumed,
      ];
    };
    expect(
      iso([
        '2024-03-05',
        '2024/3/5 14:30',
        '2024年3月5日',
        '2024-03',
        '20240305',
        'March 5, 2024',
        '5 Mar 2024',
      ]),
    ).toEqual([
      '2024-03-05T00:00',
      '2024-03-05T14:30',
      '2024-03-05T00:00',
      '2024-03-01T00:00',
      '2024-03-05T00:00',
      '2024-03-05T00:00',
      '2024-03-05T00:00',
      undefined,
    ]);
    expect(iso(['03/04/2024', '25/04/2024'])).toEqual(['2024-04-03T00:00', '2024-04-25T00:00', undefined]);
    expect(iso(['03/04/2024', '04/25/24'])).toEqual(['2024-03-04T00:00', '2024-04-25T00:00', undefined]);
    expect(iso(['03/04/2024'])).toEqual(['2024-03-04T00:00', 'month first']);
    expect(iso(['2024-03-05T23:30:00+08:00', '2024-13-01', '31.04.2024', 'soon', '12345'])).toEqual([
      '2024-03-05T15:30',
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
    expect(iso(['45356', '1709596800', '1709596800000'], true)).toEqual([
      '2024-03-05T00:00',
      '2024-03-05T00:00',
      '2024-03-05T00:00',
      undefined,
    ]);
  });
});
