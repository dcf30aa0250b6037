import { existsSync } from 'node:fs';
import { readTable } from '@gradus/data';
import { describe, expect, it } from 'vitest';
import type { ClassTarget, TableColumn, TableRows } from '../columns.ts';
import { MOST_COLUMNS, tableRows } from './rows.ts';
import { tableFrom, tableOf } from './testing/table.ts';

const N = 120;
const y = (row: number): string => (row % 3 === 0 ? 'yes' : 'no');
const x = (row: number): string => String((row * 37) % 50);

const kinds = ({ columns }: TableRows): Record<string, string> =>
  Object.fromEntries(columns.map(({ name, cells }) => [name, cells.kind]));
const column = ({ columns }: TableRows, name: string): TableColumn =>
  columns.find((own) => own.name === name)!;
const day = (row: number): string =>
  new Date(Date.UTC(2024, 0, 1) + 86_400_000 * row).toISOString().slice(0, 10);

describe('columns', () => {
  it('are numbers, categories, times or texts', () => {
    const { rows } = tableRows(
      tableFrom(N, {
        y,
        price: (row) => `1,${100 + row}.5 元`,
        rate: (row) => `${row / 2}%`,
        wide: (row) => `１${row}`.replace(/\d/g, (digit) => String.fromCharCode(0xff10 + Number(digit))),
        flag: (row) => String(row % 2),
        member: (row) => ['是', '否'][row % 2]!,
        city: (row) => ['Rome', 'Oslo', '上海'][row % 3]!,
        zip: (row) => String(2139 + (row % 9)).padStart(5, '0'),
        born: (row) => day(row * 40),
        story: (row) => `the ${row}th parcel came late and was broken`,
      }),
      { target: 'y' },
    );
    expect(kinds(rows)).toEqual({
      price: 'number',
      rate: 'number',
      wide: 'number',
      flag: 'number',
      member: 'category',
      city: 'category',
      zip: 'category',
      born: 'time',
      story: 'text',
    });
    expect(column(rows, 'price').cells).toMatchObject({
      values: expect.objectContaining({ 0: 1100.5, 9: 1109.5 }),
    });
    expect(column(rows, 'rate').cells).toMatchObject({ values: expect.objectContaining({ 1: 0.005 }) });
    expect(column(rows, 'wide').cells).toMatchObject({ values: expect.objectContaining({ 0: 10, 12: 112 }) });
    expect(column(rows, 'city').cells).toMatchObject({ levels: ['Rome', 'Oslo', '上海'] });
  });

  it('keep "none" as a category, but not as a number', () => {
    const { rows } = tableRows(
      tableFrom(N, {
        y,
        partner: (row) => (row % 2 ? 'none' : 'married'),
        设备: (row) => (row % 2 ? '无' : '有'),
        children: (row) => (row % 4 ? x(row) : 'none'),
        state: (row) => ['?', 'NA', 'n/a', '#N/A', 'NaN', 'null', '-', '', 'open', 'shut'][row % 10]!,
      }),
      { target: 'y' },
    );
    expect(column(rows, 'partner').cells).toMatchObject({ levels: ['married', 'none'] });
    expect(column(rows, '设备').cells).toMatchObject({ levels: ['有', '无'] });
    expect(column(rows, 'state').cells).toMatchObject({ levels: ['open', 'shut'] });
    const children = column(rows, 'children');
    expect(children.cells).toMatchObject({
      kind: 'number',
      values: expect.objectContaining({ 0: Number.NaN }),
    });
    expect(children.unread).toBeUndefined();
  });

  it('count cells that are no numbers, infinite ones too, and name the first', () => {
    const { rows } = tableRows(
      tableFrom(N, { y, ratio: (row) => (row === 7 ? 'inf' : row % 40 === 20 ? 'broken' : x(row)) }),
      { target: 'y' },
    );
    const { cells, unread } = column(rows, 'ratio');
    expect(unread).toEqual({ count: 4, row: 8, cell: 'inf' });
    expect(cells).toMatchObject({ values: expect.objectContaining({ 7: Number.NaN, 20: Number.NaN }) });
  });

  it('are left out where they say nothing, each with its reason', () => {
    const { rows } = tableRows(
      tableFrom(N, {
        id: (row) => String(1000 + row),
        shuffled: (row) => String(1 + ((row * 7) % N)),
        code: (row) => `A${row * 13}-x`,
        product: (row) =>
          `Lamp${String.fromCharCode(97 + (row % 26))}${String.fromCharCode(97 + Math.floor(row / 26))}`,
        'customer name': (row) =>
          `${['Ann', 'Bob', 'Eva'][row % 3]} ${['Smith', 'Jones', 'Brown', 'Clark', 'Lewis', 'Walker', 'Young'][row % 7]}${row}`.replace(
            /\d/g,
            (d) => 'abcdefghij'[Number(d)]!,
          ),
        email: (row) => `someone${row}@example.com`,
        blank: () => '',
        unknown: (row) => (row % 2 ? 'NA' : ''),
        same: () => ' EU ',
        zero: (row) => (row % 2 ? '0' : '0.0'),
        skipped: x,
        x,
        y,
        rank: (row) => String(1 + ((row * 11) % N)),
        once: (row) => (row % 3 ? '' : 'seen'),
      }),
      { target: 'y', ignore: ['skipped'] },
    );
    expect(rows.leftOut).toEqual({
      id: { code: 'identifier' },
      shuffled: { code: 'identifier' },
      code: { code: 'identifier' },
      product: { code: 'identifier' },
      'customer name': { code: 'identifier' },
      email: { code: 'identifier' },
      blank: { code: 'empty' },
      unknown: { code: 'empty' },
      same: { code: 'constant', value: 'EU' },
      zero: { code: 'constant', value: '0.0' },
      skipped: { code: 'asked' },
    });
    expect(Object.keys(kinds(rows))).toEqual(['x', 'rank', 'once']);
  });

  it('are at most so many: those that are fullest and vary most', () => {
    const cell = (i: number, row: number): string => {
      if (i === 5) return row === 0 ? '1' : '';
      return i < 3 ? String(Number(row === 0)) : String((row + i) % 17);
    };
    const names = Array.from({ length: MOST_COLUMNS + 3 }, (_, i) => `c${i}`);
    const columns = Object.fromEntries(names.map((name, i) => [name, (row: number) => cell(i, row)]));
    const { rows, notes } = tableRows(tableFrom(40, { ...columns, y }), { target: 'y' });
    expect(rows.columns).toHaveLength(MOST_COLUMNS);
    const left = { code: 'too-many' };
    expect(rows.leftOut).toEqual({ c1: left, c2: left, c5: left });
    expect(notes.map(({ en }) => en)).toContainEqual(expect.stringContaining('more than 2000 columns'));
  });

  it('must be some', () => {
    expect(() =>
      tableRows(tableFrom(N, { id: (row) => `r${row}`, one: () => '1', y }), { target: 'y' }),
    ).toThrow('No column is left to predict "y" from');
  });
});

describe('a time', () => {
  const times = { y, x, 'created at': (row: number) => day(row * 2) };

  it('is found, said, and may be named or refused', () => {
    const { rows, notes } = tableRows(tableFrom(N, times), { target: 'y' });
    expect(rows.times).toEqual({
      column: 'created at',
      values: Float64Array.from({ length: N }, (_, i) => Date.UTC(2024, 0, 1 + 2 * i)),
    });
    expect(rows.leftOut).toEqual({ 'created at': { code: 'time' } });
    expect(notes.map(({ en }) => en)).toContainEqual(expect.stringContaining('--time none'));
    expect(notes.map(({ zh }) => zh)).toContainEqual(expect.stringContaining('--time none'));
    const without = tableRows(tableFrom(N, times), { target: 'y', time: 'none' });
    expect(without.rows.times).toBeUndefined();
    expect(kinds(without.rows)).toEqual({ x: 'number', 'created at': 'time' });
  });

  it.each([
    ['birth date', (row: number) => day(row * 2)],
    ['due date', (row: number) => day((row * 37) % N)],
    ['visit', (row: number) => (row % 3 ? '' : day(row))],
    ['month', (row: number) => day(31 * (row % 12))],
  ])('is not "%s" by itself', (name, cell) => {
    expect(tableRows(tableFrom(N, { y, x, [name]: cell }), { target: 'y' }).rows.times).toBeUndefined();
  });

  it('is found by the order of the rows under any name', () => {
    expect(tableRows(tableFrom(N, { y, x, wann: day }), { target: 'y' }).rows.times?.column).toBe('wann');
  });

  it('may be numbers that order the rows, and may be missing', () => {
    const { rows } = tableRows(tableFrom(N, { y, x, step: (row) => (row === 3 ? '' : String(row / 4)) }), {
      target: 'y',
      time: 'step',
    });
    expect(rows.times).toMatchObject({
      column: 'step',
      isNumber: true,
      values: expect.objectContaining({ 2: 0.5, 3: Number.NaN, 4: 1 }),
    });
    expect(rows.count).toBe(N);
    const seconds = tableFrom(N, { y, x, time: (row) => String(20_000 + 7 * row) });
    expect(tableRows(seconds, { target: 'y', time: 'time' }).rows.times).toMatchObject({ isNumber: true });
    const years = tableFrom(N, { y, x, year: (row) => String(1900 + row) });
    expect(tableRows(years, { target: 'y', time: 'year' }).rows.times?.values[3]).toBe(1903);
  });

  it('is refused where it is none', () => {
    expect(() => tableRows(tableFrom(N, times), { target: 'y', time: 'creatd at' })).toThrow(
      'did you mean "created at"?',
    );
    expect(() =>
      tableRows(tableFrom(N, { ...times, city: () => 'Rome' }), { target: 'y', time: 'city' }),
    ).toThrow('--time: "city" holds no dates (such as "Rome")');
    expect(() => tableRows(tableFrom(N, times), { target: 'y', time: 'y' })).toThrow(
      '"y" cannot be both --target and --time',
    );
  });
});

describe('groups', () => {
  const table = tableFrom(N, {
    y,
    x,
    patient_id: (row) => `p${row % 10}`,
    'user rating': (row) => String(row % 25),
    'customer#': (row) => String(row % 30),
  });

  it('are found, said, and may be named or refused', () => {
    const { rows, notes } = tableRows(table, { target: 'y' });
    expect(rows.groups).toEqual({
      column: 'patient_id',
      values: Int32Array.from({ length: N }, (_, i) => i % 10),
    });
    expect(notes.map(({ en }) => en)).toContainEqual(expect.stringContaining('--group none'));
    expect(tableRows(table, { target: 'y', group: 'none' }).rows.groups).toBeUndefined();
    expect(tableRows(table, { target: 'y', group: 'customer#' }).rows.leftOut).toEqual({
      'customer#': { code: 'group' },
    });
  });

  it.each([
    ['customer', 12],
    ['患者编号', 100],
    ['member type', 30],
  ])('are not "%s" of %i values by themselves', (name, values) => {
    expect(
      tableRows(tableFrom(N, { y, x, [name]: (row) => `m${(row * 7) % values}` }), { target: 'y' }).rows
        .groups,
    ).toBeUndefined();
  });

  it('are those of an id that recurs, but not where it may name series', () => {
    const ids = { y, x, id: (row: number) => String(row % 30) };
    expect(tableRows(tableFrom(N, ids), { target: 'y' }).rows.groups?.column).toBe('id');
    expect(tableRows(tableFrom(N, { ...ids, date: day }), { target: 'y' }).rows.groups).toBeUndefined();
  });

  it('are one row each where the cell is empty, and more than one', () => {
    const some = tableFrom(N, { y, x, g: (row) => (row < 2 ? '' : 'a') });
    const values = tableRows(some, { target: 'y', group: 'g' }).rows.groups!.values;
    expect([...values.subarray(0, 4)]).toEqual([0, 1, 2, 2]);
    expect(() => tableRows(tableFrom(N, { y, x, g: () => 'a' }), { target: 'y', group: 'g' })).toThrow(
      'all rows have the same "g"',
    );
  });
});

describe('weights', () => {
  it('are numbers from 0 up', () => {
    const { rows } = tableRows(tableFrom(N, { y, x, w: (row) => String(row / 2) }), {
      target: 'y',
      weight: 'w',
    });
    expect(rows.weights).toEqual(Float64Array.from({ length: N }, (_, i) => i / 2));
    expect(rows.leftOut).toEqual({ w: { code: 'weight' } });
  });

  it.each(['-1', '', 'heavy', 'inf', 'NaN'])('are never "%s"', (cell) => {
    const table = tableFrom(N, { y, x, w: (row) => (row === 6 ? cell : '1') });
    expect(() => tableRows(table, { target: 'y', weight: 'w' })).toThrow(
      `Row 7 has the weight "${cell}" in "w"`,
    );
  });

  it('are not all 0', () => {
    expect(() => tableRows(tableFrom(N, { y, x, w: () => '0' }), { target: 'y', weight: 'w' })).toThrow(
      'All weights in "w" are 0.',
    );
  });
});

describe('a file for testing', () => {
  const main = tableFrom(N, {
    x,
    same: () => '1',
    colour: (row) => ['red', 'blue'][row % 2]!,
    id: (row) => `i${row}`,
    y,
  });

  it('comes behind, is read in the forms of the main file, and needs no column that is not learnt from', () => {
    const test = tableOf(
      ['y', 'colour', 'x'],
      [
        ['YES.', 'green', '1'],
        ['no', 'red', 'n/a'],
        ['maybe', 'red', '3'],
        ['', 'red', '3'],
        ['yes', 'true', 'odd'],
      ],
    );
    const { rows, notes, setAside } = tableRows(main, { target: 'y' }, test);
    expect(rows.count).toBe(N + 3);
    expect([...rows.isTest!.subarray(N - 1)]).toEqual([0, 1, 1, 1]);
    expect([...rows.numbers.subarray(N - 1)]).toEqual([N, N + 1, N + 2, N + 5]);
    const { classes, labels } = rows.target as ClassTarget;
    expect([...labels.subarray(N)].map((label) => classes[label])).toEqual(['yes', 'no', 'yes']);
    expect(column(rows, 'colour').cells).toMatchObject({ levels: ['red', 'blue', 'green', 'true'] });
    expect(column(rows, 'x').unread).toEqual({ count: 1, row: N + 5, cell: 'odd' });
    expect(notes.map(({ en }) => en)).toContainEqual(
      'Labels of the test file were read as the classes of the main file: "YES." as "yes".',
    );
    expect(setAside.map(({ row, reason }) => [row, reason.en])).toEqual([
      [N + 3, 'its class "maybe" is not in the file that was learnt from'],
      [N + 4, 'it has no value in the target "y"'],
    ]);
  });

  it('must have the columns that are learnt from, the target, and a row that has one', () => {
    expect(() =>
      tableRows(main, { target: 'y' }, tableOf(['x', 'color', 'y'], [['1', 'red', 'no']])),
    ).toThrow('The test file (--test) lacks the column "colour" (it has "color": is it that one?)');
    const weighted = tableFrom(N, { x, w: () => '1', y });
    expect(() =>
      tableRows(weighted, { target: 'y', weight: 'w' }, tableOf(['x', 'y'], [['1', 'no']])),
    ).toThrow('The test file (--test) lacks the column "w"');
    expect(() => tableRows(main, { target: 'y' }, tableOf(['x', 'colour'], [['1', 'red']]))).toThrow(
      'The test file (--test) lacks the column "y"',
    );
    expect(() => tableRows(main, { target: 'y' }, tableOf(['x', 'colour', 'y'], [['1', 'red', '']]))).toThrow(
      'No row of the test file has a usable value in the target "y"',
    );
  });

  it('with one outcome only is said to show nothing', () => {
    const test = tableOf(
      ['x', 'colour', 'y'],
      [
        ['1', 'red', 'no'],
        ['2', 'red', 'no'],
      ],
    );
    expect(tableRows(main, { target: 'y' }, test).notes.map(({ en }) => en)).toContainEqual(
      expect.stringContaining('All rows of the test file have the same target "y": "no"'),
    );
  });
});

describe('choices', () => {
  it('name columns that exist', () => {
    const table = tableFrom(N, { x, y });
    expect(() => tableRows(table, { target: 'Y2' })).toThrow(
      '--target: there is no column "Y2"; did you mean',
    );
    for (const option of ['group', 'weight'] as const)
      expect(() => tableRows(table, { target: 'y', [option]: 'zzz' })).toThrow(
        `--${option}: there is no column "zzz"`,
      );
    expect(() => tableRows(table, { target: 'y', ignore: ['zzz'] })).toThrow(
      '--ignore: there is no column "zzz"',
    );
  });

  it('are said where the file was too large to be held', () => {
    const { notes } = tableRows(
      { ...tableFrom(N, { x, y }), sampled: true, rowsRead: 1000 },
      { target: 'y' },
    );
    expect(notes[0]!.en).toBe('The file is large: an even sample of 120 of its 1000 rows was used.');
  });
});

const shared = '../shared/data';
it.skipIf(!existsSync(shared))(
  'reads the census of 1994 with its test file (needs ../shared/data)',
  async () => {
    const [main, test] = await Promise.all(
      ['train', 'test'].map((part) => readTable(`${shared}/adult-income/adult-${part}.csv`)),
    );
    const { rows, setAside } = tableRows(main!, { target: 'column 15' }, test);
    // Counts of adult.names: 32,561 and 16,281 rows; 24.08 % and 23.62 % above 50K; 1,836 rows without a workclass in training.
    expect([rows.count, setAside.length]).toEqual([48_842, 0]);
    const { classes, labels } = rows.target as ClassTarget;
    expect(classes).toEqual(['<=50K', '>50K']);
    const share = (isTest: number): number => {
      const own = labels.filter((_, place) => rows.isTest![place] === isTest);
      return own.reduce((sum, label) => sum + label, 0) / own.length;
    };
    expect([share(0), share(1)]).toEqual([expect.closeTo(0.2408, 4), expect.closeTo(0.2362, 4)]);
    const workclass = column(rows, 'column 2').cells;
    expect(
      workclass.kind === 'category' && workclass.codes.subarray(0, 32_561).filter((code) => code < 0).length,
    ).toBe(1836);
  },
);
