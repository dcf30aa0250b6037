/** Series become regular whatever their table looks like; what is missing, repeated or wrong is listed; windows stay in their part. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { frequencyName, readSeries, readTable, type Series, seriesWindows, splitByTime } from '../index.ts';

const root = mkdtempSync(join(tmpdir(), 'gradus-series-'));
afterAll(() => rmSync(root, { recursive: true }));
const table = (text: string) => {
  writeFileSync(join(root, 'table.csv'), text);
  return readTable(join(root, 'table.csv'));
};
const column = async (cells: readonly string[]) =>
  table(`time,value\n${cells.map((cell, i) => `${cell},${i}`).join('\n')}\n`);
const date = (time: number) => new Date(time).toISOString().slice(0, 10);

describe('the frequency of a series', () => {
  it.each([
    [['2024-01-01 00:00', '2024-01-01 01:00', '2024-01-01 03:00'], 'every hour', '每小时', 4],
    [['2024-01-01 00:00', '2024-01-01 00:15', '2024-01-01 00:30'], 'every 15 minutes', '每 15 分钟', 3],
    [['2024-01-01', '2024-01-02', '2024-01-03', '2024-01-05'], 'every day', '每天', 5],
    [['2024-02-01', '2024-02-08', '2024-02-22'], 'every week', '每周', 4],
    [['2024-W05', '2024-W06', '2024-W08'], 'every week', '每周', 4],
    [['1949-01', '1949-02', '1949-03', '1949-06'], 'every month', '每个月', 6],
    [['2023-11-30', '2023-12-31', '2024-01-31', '2024-02-29', '2024-04-30'], 'every month', '每个月', 6],
    [['2024Q1', '2024Q2', '2024Q3', '2025Q1'], 'every quarter', '每个季度', 5],
    [['2023年第1季度', '2023年第2季度', '2023年第4季度'], 'every quarter', '每个季度', 4],
    [['1885', '1886', '1888'], 'every year', '每年', 4],
    [['2020', '2022', '2026'], 'every 2 years', '每 2 年', 4],
    [['1月 5', '5/1/2024', '5/2/2024', '5/3/2024'], 'every day', '每天', 3],
  ])('%j is %s', async (cells, en, zh, steps) => {
    const series = readSeries(await column(cells), { time: 'time', value: 'value' });
    expect([frequencyName(series.frequency), series.times.length]).toEqual([{ en, zh }, steps]);
  });

  it('is refused where there is none', async () => {
    const irregular = await column([
      '2024-01-01 00:07',
      '2024-01-02 03:09',
      '2024-01-05 08:00',
      '2024-01-05 11:23',
    ]);
    expect(() => readSeries(irregular, { time: 'time', value: 'value' })).toThrow(
      /not regular.*by day, week or month/,
    );
    expect(() => readSeries(irregular, { time: 'value', value: 'time' })).toThrow(
      /"value" holds no dates \(the first is "0"\)/,
    );
    expect(() => readSeries(irregular, { time: 'when', value: 'value' })).toThrow(/no column "when"/);
  });
});

describe('a table of series', () => {
  it('may be long: gaps, repeats and what is no date or number are listed', async () => {
    const long = await table(
      [
        'shop,day,sales',
        ...[
          '北京,2024-01-01,1',
          '北京,2024-01-02,"1,002"',
          '北京,2024-01-02,7',
          '北京,2024-01-04,4',
          '北京,2024-01-05,NA',
        ],
        ...[
          'Paris,2024-01-06,60',
          'Paris,2024-01-03,30',
          'Paris,2024-13-01,5',
          'Paris,2024-01-04,many',
          '北京,2024-01-06,6',
        ],
      ].join('\n'),
    );
    const series = readSeries(long, { time: 'day', series: 'shop', value: 'sales' });
    expect(series.names).toEqual(['北京', 'Paris']);
    expect([...series.times].map(date)).toEqual([1, 2, 3, 4, 5, 6].map((day) => `2024-01-0${day}`));
    const { NaN: gap } = Number;
    expect([...series.values]).toEqual([1, 1002, gap, 4, gap, 6, gap, gap, 30, gap, gap, 60]);
    expect(series.gaps).toEqual([
      { series: '北京', from: 2, to: 3 },
      { series: '北京', from: 4, to: 5 },
      { series: 'Paris', from: 3, to: 5 },
    ]);
    expect(series.setAside).toEqual({
      count: 3,
      rows: [
        { row: 3, reason: { en: 'repeats the time of row 2 (北京)', zh: '与第 2 行的时间重复（北京）' } },
        { row: 8, reason: { en: 'its time "2024-13-01" is no date', zh: '时间“2024-13-01”不是日期' } },
        { row: 9, reason: { en: '"many" is no number', zh: '“many”不是数字' } },
      ],
    });
  });

  it('may be wide: a column for each series', async () => {
    const wide = await table(
      'month,a,b\n2024-03,3,30\n2024-01,1,x\n2024-04,,40\n2024-02,2,20\n2024-06,6,60\n',
    );
    const series = readSeries(wide, { time: 'month' });
    expect(series.names).toEqual(['a', 'b']);
    const { NaN: gap } = Number;
    expect([...series.values]).toEqual([1, 2, 3, gap, gap, 6, gap, 20, 30, 40, gap, 60]);
    expect(series.setAside.rows).toEqual([
      { row: 2, reason: { en: '"x" is no number (b)', zh: '“x”不是数字（b）' } },
    ]);
    expect(readSeries(wide, { time: 'month', values: ['b'] }).names).toEqual(['b']);
  });

  it('sets aside times that lie between two steps', async () => {
    const days = Array.from({ length: 30 }, (_, i) => `2024-04-${String(i + 1).padStart(2, '0')} 00:00`);
    const series = readSeries(await column([...days, '2024-04-09 13:00']), { time: 'time', value: 'value' });
    expect(series.times).toHaveLength(30);
    expect(series.setAside.rows).toEqual([
      {
        row: 31,
        reason: {
          en: 'its time 2024-04-09T13:00:00.000Z lies between two steps (value)',
          zh: expect.stringContaining('位于两个时间步之间'),
        },
      },
    ]);
  });

  it('with any cells returns series or throws a UserError', async () => {
    const cell = fc.oneof(
      fc.constantFrom(
        '2024-01-01',
        '2024-01-02',
        '2024-01-04',
        '1e308',
        '-1',
        '',
        'NaN',
        '2024-01-01 10:00',
        '1000',
      ),
      fc.string({ maxLength: 12 }),
    );
    const make = (rows: readonly (readonly string[])[]) => ({
      columns: ['a', 'b', 'c'],
      rows,
      numbers: rows.map((_, i) => i + 1),
      format: 'csv' as const,
      rowsRead: rows.length,
      sampled: false,
      setAside: { count: 0, rows: [] },
      encoding: 'utf-8' as const,
      delimiter: ',',
      foreignLines: 0,
      bytes: 0,
    });
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell, cell), { maxLength: 12 }), fc.boolean(), (rows, long) => {
        try {
          const read = readSeries(make(rows), long ? { time: 'a', series: 'b', value: 'c' } : { time: 'a' });
          expect(read.values).toHaveLength(read.names.length * read.times.length);
          expect(read.values.some((value) => Math.abs(value) === Number.POSITIVE_INFINITY)).toBe(false);
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
      { numRuns: 500 },
    );
  });

  const shared = join(import.meta.dirname, '../../../../../shared/data/univariate-series');
  it.skipIf(!existsSync(shared))('of the world is read (skipped where its files are not there)', async () => {
    const passengers = readSeries(await readTable(join(shared, 'airline-passengers.csv')), { time: 'Month' });
    expect([passengers.times.length, frequencyName(passengers.frequency).en, passengers.gaps]).toEqual([
      144,
      'every month',
      [],
    ]);
    const minima = readSeries(await readTable(join(shared, 'daily-min-temperatures.csv')), { time: 'Date' });
    // Its leap days are missing.
    expect([
      frequencyName(minima.frequency).en,
      minima.gaps.map(({ from }) => date(minima.times[from]!)),
    ]).toEqual(['every day', ['1984-12-31', '1988-12-31']]);
  });
});

describe('windows', () => {
  const series = (values: number[][]): Series => ({
    frequency: { every: 1, unit: 'day' },
    times: Float64Array.from(values[0]!, (_, i) => i * 86_400_000),
    names: values.map((_, i) => `series ${i}`),
    values: Float32Array.from(values.flat()),
    gaps: [],
    setAside: { count: 0, rows: [] },
  });

  it('are history and horizon, so many steps apart', () => {
    const windows = seriesWindows(
      series([
        [0, 1, 2, 3, 4, 5, 6],
        [10, 11, 12, 13, 14, 15, 16],
      ]),
      { history: 3, horizon: 2, stride: 2 },
    );
    expect(windows).toMatchObject({
      count: 4,
      leftOut: 0,
      series: Int32Array.of(0, 0, 1, 1),
      starts: Int32Array.of(0, 2, 0, 2),
    });
    expect([...windows.history]).toEqual([0, 1, 2, 2, 3, 4, 10, 11, 12, 12, 13, 14]);
    expect([...windows.horizon]).toEqual([3, 4, 5, 6, 13, 14, 15, 16]);
  });

  it('with gaps are left out, unless their history may have some', () => {
    const gap = Number.NaN;
    const some = series([[0, gap, 2, 3, 4, gap, 6]]);
    expect(seriesWindows(some, { history: 2, horizon: 1 })).toMatchObject({
      count: 1,
      leftOut: 4,
      starts: Int32Array.of(2),
    });
    expect([...seriesWindows(some, { history: 2, horizon: 1, missing: 0.5 }).starts]).toEqual([0, 1, 2, 4]);
  });

  it('never straddle the parts of a split by time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 200 }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 1, max: 3 }),
        (steps, history, horizon) => {
          const all = series([Array.from({ length: steps }, (_, i) => i)]);
          const parts = Object.values(splitByTime(steps, { validation: 0.3, test: 0.25 }));
          expect(parts.map(({ to }) => to)).toEqual([parts[1]!.from, parts[2]!.from, steps]);
          for (const part of parts) {
            const { history: past, horizon: future } = seriesWindows(all, { history, horizon, part });
            expect([...past, ...future].every((step) => step >= part.from && step < part.to)).toBe(true);
          }
        },
      ),
    );
    expect(() => seriesWindows(series([[1, 2, 3]]), { history: 3, horizon: 1 })).toThrow(
      /3 steps have no window of 3 \+ 1/,
    );
    expect(() => seriesWindows(series([[1, 2, 3]]), { history: 0, horizon: 1 })).toThrow(/history: is 0/);
    expect(() => splitByTime(9, { validation: 0.5, test: 0.5 })).toThrow(/leave some for training/);
  });
});
