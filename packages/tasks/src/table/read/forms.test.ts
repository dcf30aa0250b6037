import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Cells, RawRow, TableColumn } from '../columns.ts';
import { ColumnForm } from './column-form.ts';
import { cellsOf, checkColumns, columnForm } from './forms.ts';
import { tableRows } from './rows.ts';
import { tableFrom } from './testing/table.ts';

const pad = (value: number): string => String(value).padStart(2, '0');
const day = fc.record({
  year: fc.integer({ min: 1971, max: 2090 }),
  month: fc.integer({ min: 1, max: 12 }),
  day: fc.integer({ min: 1, max: 28 }),
});
const missing = fc.constantFrom('', ' ', 'NA', 'N/A', '?', '-', 'null', 'NaN', '#N/A');
const odd = fc.constantFrom('abc', '∞', '-inf', '12kg', '1,2,3', '31/31/2024');

/** Cells as files write them, of one kind a column; each kind in the forms that a column may have. */
const COLUMNS: Readonly<Record<string, fc.Arbitrary<string>>> = {
  plain: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }).map(String),
  'english money': fc
    .integer({ min: -1e9, max: 1e9 })
    .map((n) => `$${(n / 100).toLocaleString('en-US')}`.replace('$-', '-$')),
  'german decimals': fc.integer({ min: -1e9, max: 1e9 }).map((n) => (n / 100).toLocaleString('de-DE')),
  yuan: fc.integer({ min: 0, max: 1e9 }).map((n) => `${(n / 100).toLocaleString('en-US')} 元`),
  'full width': fc
    .nat(99_999)
    .map((n) => String(n).replace(/\d/g, (d) => String.fromCharCode(0xff10 + Number(d)))),
  percent: fc.integer({ min: -1000, max: 1000 }).map((n) => `${n / 10}%`),
  flag: fc.constantFrom('0', '1'),
  boolean: fc.constantFrom('True', 'false', 'TRUE', 'true'),
  answer: fc.constantFrom('yes', 'no', 'Yes', ' no '),
  colour: fc.constantFrom('red', ' red', 'dark  red', 'none', '无', 'blue', 'e\u0301', '\u00e9', '红'),
  code: fc.nat(999).map((n) => String(n).padStart(5, '0')),
  'iso date': day.map(({ year, month, day: d }) => `${year}-${pad(month)}-${pad(d)}`),
  'day first': day.map(({ year, month, day: d }) => `${pad(d)}/${pad(month)}/${year}`),
  'month first': day.map(({ year, month, day: d }) => `${month}/${d}/${year} 10:30`),
  'created time': fc.integer({ min: 1_000_000_000, max: 2_000_000_000 }).map(String),
  story: fc
    .array(
      fc.constantFrom('the', 'lamp', 'broke', 'after', 'a', 'week', '<b>bad</b>', 'ＡＢＣ', '&amp;', '😀'),
      { minLength: 6, maxLength: 12 },
    )
    .map((words) => words.join(' ')),
};

/** What a cell says: the level, not its place. */
const said = ({ cells }: TableColumn): unknown[] =>
  cells.kind === 'category'
    ? [...cells.codes].map((code) => cells.levels[code])
    : [...(cells as Exclude<Cells, { kind: 'category' }>).values];

describe('cells of later rows', () => {
  test.each(Object.entries(COLUMNS))(
    'of a column of %s have the values that they have in training',
    (name, cell) => {
      const some = fc.oneof(
        { arbitrary: cell, weight: 20 },
        { arbitrary: missing, weight: 1 },
        { arbitrary: odd, weight: 1 },
      );
      fc.assert(
        fc.property(
          fc.array(some, { minLength: 60, maxLength: 60 }),
          fc.shuffledSubarray([...Array(60).keys()], { minLength: 60 }),
          (cells, places) => {
            const table = tableFrom(60, {
              [name]: (row) => cells[row]!,
              other: (row) => String((row * 7) % 5),
              y: (row) => String(row % 2),
            });
            const { rows } = tableRows(table, { target: 'y', time: 'none', group: 'none' });
            const [trained] = rows.columns.filter((column) => column.name === name);
            if (!trained) return;
            const form = ColumnForm.parse(JSON.parse(JSON.stringify(columnForm(trained))));
            const raw = (place: number): RawRow => ({ [name]: cells[place]! });
            // In another order, and one by one.
            const served = cellsOf([form], places.map(raw));
            const values = said(trained);
            expect(said(served.columns[0]!)).toEqual(places.map((place) => values[place]));
            expect(served.unread.length).toBe(trained.unread?.count ?? 0);
            expect(places.map((place) => said(cellsOf([form], [raw(place)]).columns[0]!)[0])).toEqual(
              places.map((place) => values[place]),
            );
          },
        ),
        { numRuns: 40 },
      );
    },
  );

  const forms: readonly ColumnForm[] = [
    { kind: 'number', name: 'age', decimal: ',' },
    { kind: 'category', name: 'city' },
    { kind: 'time', name: 'joined', order: 'day first', numbers: false },
    { kind: 'time', name: 'time', numbers: true },
    { kind: 'text', name: 'note' },
  ];
  const one = (row: RawRow): Record<string, unknown> =>
    Object.fromEntries(cellsOf(forms, [row]).columns.map((column) => [column.name, said(column)[0]]));

  test('may be values of JSON', () => {
    expect(one({ age: 41.5, city: true, joined: 86_400_000, time: 1_700_000_000, note: 7 })).toEqual({
      age: 41.5,
      city: 'true',
      joined: 86_400_000,
      time: 1_700_000_000_000,
      note: '7',
    });
    expect(
      one({ age: true, city: 12, joined: '2024-03-04T10:00:00Z', time: 1_700_000_000_000, note: null }),
    ).toEqual({
      age: 1,
      city: '12',
      joined: Date.UTC(2024, 2, 4, 10),
      time: 1_700_000_000_000,
      note: '',
    });
  });

  test('are read in the form that the column had, not in the one that they suggest', () => {
    expect(one({ age: '1.234', joined: '03/04/2024' })).toMatchObject({
      age: 1234,
      joined: Date.UTC(2024, 3, 3),
    });
  });

  test('are missing where the row has none, null or nothing written', () => {
    const nothing = { age: Number.NaN, city: undefined, joined: Number.NaN, time: Number.NaN, note: '' };
    for (const row of [
      {},
      { age: null, city: null, joined: null, time: null, note: null },
      { age: '', city: ' ', joined: '', time: '', note: '' },
      { age: 'N/A', city: '?', joined: '-', time: 'null', note: 'NA' },
    ]) {
      expect(one(row)).toEqual(nothing);
      expect(cellsOf(forms, [row]).unread).toEqual([]);
    }
  });

  test('never come from what all objects have', () => {
    const odd: readonly ColumnForm[] = [
      { kind: 'text', name: 'constructor' },
      { kind: 'number', name: '__proto__', decimal: '.' },
    ];
    expect(cellsOf(odd, [{}]).columns.map(said)).toEqual([[''], [Number.NaN]]);
  });

  test('that hold something else are named, row by row', () => {
    expect(cellsOf(forms, [{ age: 'old', joined: 'soon' }, {}, { age: '∞', joined: true }]).unread).toEqual([
      { row: 0, column: 'age', cell: 'old' },
      { row: 0, column: 'joined', cell: 'soon' },
      { row: 2, column: 'age', cell: '∞' },
      { row: 2, column: 'joined', cell: 'true' },
    ]);
  });

  test('that are larger than models compute with are named, as texts and as numbers', () => {
    const { columns, unread } = cellsOf(forms, [{ age: '1e308' }, { age: -1e39 }, { age: '3e38' }]);
    expect(said(columns[0]!)).toEqual([Number.NaN, Number.NaN, 3e38]);
    expect(unread.map(({ row, cell }) => [row, cell])).toEqual([
      [0, '1e308'],
      [1, '-1e+39'],
    ]);
  });
});

describe('columns of a later file', () => {
  test('may be in another order, and more', () => {
    checkColumns([{ name: 'a' }, { name: 'b' }], ['c', 'b', 'a']);
  });

  test('are named where they are missing, with the name that is nearest', () => {
    expect(() =>
      checkColumns([{ name: 'age' }, { name: 'income' }], ['age', 'incmoe'], {
        en: 'new.csv',
        zh: 'new.csv',
      }),
    ).toThrow('new.csv lacks the column "income" (it has "incmoe": is it that one?)');
    const many = Array.from({ length: 30 }, (_, i) => ({ name: `sensor ${i}` }));
    expect(() => checkColumns(many, ['x'])).toThrow(/lacks 30 columns "sensor 0".* and 20 more\./);
  });
});
