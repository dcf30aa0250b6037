import { existsSync } from 'node:fs';
import { Random } from '@gradus/base';
import { readTable, type Table } from '@gradus/data';
import { describe, expect, it } from 'vitest';
import type { Leak } from './columns.ts';
import { doubtfulColumns } from './leaks/doubtful.ts';
import { findLeaks } from './leaks.ts';
import { type TableChoice, tableRows } from './read/rows.ts';
import { tableFrom } from './read/testing/table.ts';

/** Training rows are the earlier ones where a time is used, else drawn at random. */
async function leaksOf(table: Table, choice: TableChoice | string): Promise<Record<string, Leak>> {
  const { rows } = tableRows(table, typeof choice === 'string' ? { target: choice } : choice);
  const order = rows.times
    ? Int32Array.from({ length: rows.count }, (_, i) => i)
    : new Random(1).permutation(rows.count);
  const train = order.slice(0, Math.ceil(0.7 * rows.count)).sort();
  return Object.fromEntries(await findLeaks(rows, train, { random: new Random(2) }));
}

/** Independent draws, the same at each call. */
function draws(seed: string, count: number): number[] {
  const random = new Random(seed);
  return Array.from({ length: count }, () => random.uniform());
}

const N = 600;
const [a, b, c] = [draws('a', N), draws('b', N), draws('c', N)];
const outcome = a.map((value) => value < 0.1);
const yes = (row: number): string => (outcome[row] ? 'yes' : 'no');
const honest = (row: number): string => (b[row]! + 0.5 * Number(outcome[row])).toFixed(4);

describe('a column that is the target', () => {
  it('is found under other names of its classes, also of many, and with gaps', async () => {
    const kinds = ['cat', 'dog', 'cow', 'hen'];
    const kind = (row: number): string => kinds[Math.floor(4 * b[row]!)]!;
    const table = tableFrom(N, {
      kind,
      code: (row) => String(10 * kinds.indexOf(kind(row))),
      gaps: (row) => (c[row]! < 0.3 ? '' : `the ${kind(row)}`),
      'two of them': (row) => (kind(row) === 'cat' ? 'cat' : 'other'),
    });
    expect(await leaksOf(table, 'kind')).toEqual({ code: { code: 'copy' }, gaps: { code: 'copy' } });
  });

  it('is found in another unit', async () => {
    const table = tableFrom(N, {
      celsius: (row) => (40 * a[row]! - 10).toFixed(2),
      fahrenheit: (row) => (32 + 1.8 * Number((40 * a[row]! - 10).toFixed(2))).toFixed(3),
      humidity: (row) => (b[row]! - 0.5 * a[row]!).toFixed(3),
    });
    expect(await leaksOf(table, 'celsius')).toEqual({ fahrenheit: { code: 'copy' } });
  });
});

describe('a column that alone predicts the target', () => {
  it('is found where it shows two classes but for a few rows', async () => {
    const table = tableFrom(N, {
      left: yes,
      balance: (row) => (outcome[row] ? -1 - b[row]! : b[row]!).toFixed(4),
      honest,
    });
    const leaks = await leaksOf(table, 'left');
    expect(Object.keys(leaks)).toEqual(['balance']);
    expect(leaks.balance).toMatchObject({ code: 'too-good', metric: 'auc' });
  });

  it('is found where ranges or names of it show more classes, but not where one class is nearly all', async () => {
    const table = tableFrom(N, {
      grade: (row) => 'abc'[Math.floor(3 * a[row]!)]!,
      points: (row) => (100 * a[row]!).toFixed(2),
      town: (row) => `${'abc'[Math.floor(3 * a[row]!)]}${Math.floor(7 * b[row]!)}`,
      honest: (row) => (a[row]! + b[row]!).toFixed(2),
    });
    const leaks = await leaksOf(table, 'grade');
    expect(leaks).toEqual({
      points: { code: 'too-good', metric: 'accuracy', score: expect.closeTo(1, 2) },
      town: { code: 'too-good', metric: 'accuracy', score: 1 },
    });
    const rare = tableFrom(4000, {
      grade: (row) => (row % 400 === 0 ? 'b' : row % 400 === 1 ? 'c' : 'a'),
      noise: (row) => String((row * 7919) % 1009),
    });
    expect(await leaksOf(rare, 'grade')).toEqual({});
  });

  it('is found where it shows numbers by a curve', async () => {
    const table = tableFrom(N, {
      area: (row) => ((1 + 9 * a[row]!) ** 2).toFixed(3),
      side: (row) => (1 + 9 * a[row]!).toFixed(3),
      honest: (row) => (a[row]! + 0.3 * b[row]!).toFixed(3),
    });
    const leaks = await leaksOf(table, 'area');
    expect(Object.keys(leaks)).toEqual(['side']);
    expect(leaks.side).toMatchObject({ code: 'too-good', metric: 'r2' });
  });

  it('is not believed where it is known for people that were seen already', async () => {
    const level = draws('level', 40);
    const table = tableFrom(N, {
      'patient id': (row) => `p${row % 40}`,
      // Says who it is, and by that what they have, of those who were learnt from alone.
      height: (row) => (150 + ((row % 40) * 17) / 10).toFixed(1),
      score: (row) => (50 * level[row % 40]! + 0.1 * b[row]!).toFixed(3),
    });
    expect(await leaksOf(table, 'score')).toEqual({});
    expect(Object.keys(await leaksOf(table, { target: 'score', group: 'none' }))).toContain('height');
  });
});

describe('a series', () => {
  const wave = Array.from({ length: N + 1 }, (_, i) => Math.sin((2 * Math.PI * i) / 97));
  const table = tableFrom(N, {
    day: (row) => new Date(Date.UTC(2020, 0, 1 + row)).toISOString().slice(0, 10),
    level: (row) => wave[row + 1]!.toFixed(3),
    yesterday: (row) => wave[row]!.toFixed(3),
    invoiced: (row) => (wave[row + 1]! + 0.01 * a[row]!).toFixed(3),
  });

  it('may be predicted by its last value, but not by what follows it closer', async () => {
    expect(Object.keys(await leaksOf(table, { target: 'level', time: 'day' }))).toEqual(['invoiced']);
    // Without times nothing shows that it is a series.
    expect(Object.keys(await leaksOf(table, { target: 'level', time: 'none' }))).toEqual([
      'yesterday',
      'invoiced',
    ]);
  });
});

describe('a value that comes with the rare class alone', () => {
  it('is found among categories and flags, with its figures', async () => {
    const table = tableFrom(N, {
      left: yes,
      reason: (row) => (outcome[row] && b[row]! < 0.7 ? 'price' : c[row]! < 0.5 ? 'none given' : 'other'),
      refunded: (row) => String(Number(outcome[row] && b[row]! < 0.7)),
      plan: (row) => 'xyz'[Math.floor(3 * c[row]!)]!,
    });
    const leaks = await leaksOf(table, 'left');
    expect(Object.keys(leaks)).toEqual(['reason', 'refunded']);
    expect(leaks.reason).toMatchObject({ code: 'level', level: 'price', label: 'yes', share: 1 });
    expect(leaks.refunded).toMatchObject({ code: 'level', level: '1', label: 'yes', share: 1 });
  });

  it('is found of a class that is not so rare where most of its rows have it', async () => {
    const often = (row: number) => row % 3 === 0;
    const table = tableFrom(N, {
      left: (row) => (often(row) ? 'yes' : 'no'),
      survey: (row) => (often(row) && b[row]! < 0.8 ? 'sent' : 'not sent'),
      // Of a third of those who leave: it may well be known before.
      warned: (row) => (often(row) && c[row]! < 0.33 ? 'yes' : 'no'),
    });
    expect(Object.keys(await leaksOf(table, 'left'))).toEqual(['survey']);
  });

  it('may be that the column holds anything, or nothing', async () => {
    const table = tableFrom(N, {
      left: yes,
      'last day': (row) => (outcome[row] && b[row]! < 0.7 ? `2024-0${1 + (row % 9)}-1${row % 10}` : ''),
      'seat number': (row) => (outcome[row] && b[row]! < 0.7 ? '' : (9 * c[row]!).toFixed(2)),
    });
    const leaks = await leaksOf(table, { target: 'left', time: 'none' });
    expect(leaks['last day']).toMatchObject({ code: 'presence', isMissing: false, label: 'yes', share: 1 });
    expect(leaks['seat number']).toMatchObject({ code: 'presence', isMissing: true, label: 'yes', share: 1 });
  });

  it('is none where it has few rows, or rows of few groups', async () => {
    const table = tableFrom(N, {
      left: yes,
      few: (row) => (outcome[row] && row < 100 ? 'odd' : 'even'),
      device: (row) => `d${row % 30}`,
    });
    expect(await leaksOf(table, { target: 'left', group: 'none' })).toEqual({});
  });
});

describe('a target that is computed', () => {
  const doubts = (total: (row: number) => number, digits: number): string[] => {
    const table = tableFrom(N, {
      pieces: (row) => (b[row]! < 0.05 ? '' : String(1 + Math.floor(9 * a[row]!))),
      each: (row) => (100 * c[row]!).toFixed(2),
      other: (row) => b[row]!.toFixed(3),
      total: (row) => total(row).toFixed(digits),
    });
    const { rows } = tableRows(table, { target: 'total' });
    return doubtfulColumns(
      rows,
      Int32Array.from({ length: N }, (_, i) => i),
    ).map(({ reason }) => reason.en);
  };
  const pieces = (row: number): number => 1 + Math.floor(9 * a[row]!);
  const each = (row: number): number => Number((100 * c[row]!).toFixed(2));

  it.each([
    ['+', (row: number) => pieces(row) + each(row), 2],
    ['×', (row: number) => pieces(row) * each(row), 0],
  ] as const)('from two columns (%s), also where it was rounded, is said to be', (sign, total, digits) => {
    const said = doubts(total, digits);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(new RegExp(`"total" is "(?:each|pieces)" [${sign}] "(?:each|pieces)"`));
  });

  it('but for a little is none', () => {
    expect(doubts((row) => pieces(row) + each(row) + (row % 50 === 0 ? 0.1 : 0), 2)).toEqual([]);
  });
});

describe('real tables', () => {
  const shared = '../shared/data';
  const open = async (file: string): Promise<Table> => await readTable(`${shared}/${file}`);
  const real = it.skipIf(!existsSync(shared));

  real('of failing machines have four kinds of failure that give it away', async () => {
    const leaks = await leaksOf(await open('ai4i2020/ai4i2020.csv'), 'Machine failure');
    expect(Object.keys(leaks)).toEqual(['TWF', 'HDF', 'PWF', 'OSF']);
  });

  real('of a survey of health know when somebody died', async () => {
    const leaks = await leaksOf(await open('nhefs/NHEFS.csv'), 'death');
    expect(Object.keys(leaks)).toEqual(['yrdth', 'modth', 'dadth']);
  });

  real.each([
    ['adult-income/adult-train.csv', 'column 15'],
    ['parkinsons-telemonitoring/parkinsons_updrs.csv', 'total_UPDRS'],
    ['uci-small/iris.csv', 'column 5'],
    ['uci-small/wine.csv', 'column 14'],
    ['uci-small/banknote_authentication.csv', 'column 5'],
    ['uci-small/winequality-red.csv', 'column 12'],
    ['uci-small/housing.csv', 'column 14'],
    ['fairness-small/hmda-boston.csv', 'deny'],
    ['heloc/heloc_dataset_v1.csv', 'column 1'],
  ])('%s have none', async (file, target) => {
    expect(await leaksOf(await open(file), target)).toEqual({});
  });

  real('of rented bikes are computed from their two kinds of riders', async () => {
    const { rows } = tableRows(await open('price-promo/bike_sharing_daily.csv'), { target: 'cnt' });
    const train = Int32Array.from({ length: rows.count }, (_, i) => i);
    expect(doubtfulColumns(rows, train).flatMap(({ columns }) => columns)).toEqual(['casual', 'registered']);
  });

  real('name what may be known too late, and leave it in', async () => {
    const doubts = async (file: string, target: string): Promise<string[]> => {
      const { rows } = tableRows(await open(file), { target });
      return doubtfulColumns(
        rows,
        Int32Array.from({ length: rows.count }, (_, i) => i),
      ).flatMap(({ columns }) => columns);
    };
    expect(await doubts('heart-failure/heart_failure_clinical_records.csv', 'DEATH_EVENT')).toEqual(['time']);
    expect(await doubts('parkinsons-telemonitoring/parkinsons_updrs.csv', 'total_UPDRS')).toEqual([
      'motor_UPDRS',
    ]);
    expect(await doubts('uci-small/winequality-red.csv', 'column 12')).toEqual([]);
    expect(await doubts('ai4i2020/ai4i2020.csv', 'Machine failure')).toEqual([]);
  });
});
