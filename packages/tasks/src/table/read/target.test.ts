import { existsSync } from 'node:fs';
import { UserError } from '@gradus/base';
import { readTable } from '@gradus/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tableRows } from './rows.ts';
import { labelReader, type ReadTarget, readTarget, type TaskKind } from './target.ts';
import { decideNumbers } from './target-kind.ts';
import { tableFrom } from './testing/table.ts';

const cellsOf = (rows: number, cell: (row: number) => string): string[] =>
  Array.from({ length: rows }, (_, row) => cell(row));
const read = (raw: readonly string[], task?: TaskKind, name = 'y'): ReadTarget =>
  readTarget({ name, raw, main: raw.length, task });
const classesOf = (raw: readonly string[], name = 'y'): readonly string[] | undefined => {
  const { target } = read(raw, undefined, name);
  return target.kind === 'classes' ? target.classes : undefined;
};
/** Cells of which each value comes so often. */
const times = (counts: Readonly<Record<string, number>>): string[] =>
  Object.entries(counts).flatMap(([value, count]) => Array.from({ length: count }, () => value));

describe('two classes', () => {
  it.each([
    [{ yes: 90, no: 10 }, ['no', 'yes']],
    [{ '1': 90, '0': 10 }, ['0', '1']],
    [{ True: 30, False: 20 }, ['False', 'True']],
    [{ 是: 40, 否: 5 }, ['否', '是']],
    [{ Y: 40, N: 5 }, ['N', 'Y']],
    [{ stayed: 90, left: 10 }, ['stayed', 'left']],
    [{ left: 90, stayed: 10 }, ['left', 'stayed']],
    [{ '0.5': 60, '1.5': 40 }, ['0.5', '1.5']],
    [{ '1_yes': 30, '0_no': 10 }, ['0_no', '1_yes']],
    [{ none: 30, some: 10 }, ['none', 'some']],
  ])('of %o are %j', (counts, classes) => {
    expect(classesOf(times(counts))).toEqual(classes);
  });

  it('say which of them probabilities speak of, and why', () => {
    expect(read(times({ yes: 30, no: 10 })).notes.map(({ en }) => en)).toEqual([
      'Probabilities are those of "yes".',
    ]);
    expect(read(times({ a: 30, b: 10 })).notes.map(({ en }) => en)).toEqual([
      'Probabilities are those of "b", the rarer class.',
    ]);
  });
});

describe('numbers', () => {
  it.each([
    ['y', { 1: 20, 2: 20, 3: 20 }, 'classes', 'few'],
    ['y', { 3: 10, 4: 53, 5: 681, 6: 638, 7: 199, 8: 18 }, 'numbers', 'scale'],
    ['y', { 1: 70, 2: 76, 3: 17, 5: 13, 6: 9, 7: 29 }, 'classes', 'codes'],
    ['y', { 0: 100, 1: 103, 2: 97, 3: 99, 4: 101 }, 'classes', 'codes'],
    ['y', { 0: 100, 1: 10, 2: 90, 3: 5 }, 'classes', 'codes'],
    ['y', { 0: 500, 1: 200, 2: 60, 3: 9 }, 'numbers', 'scale'],
    ['class', { 0: 500, 1: 200, 2: 60, 3: 9 }, 'classes', 'named'],
    ['类别', { 0: 500, 1: 200, 2: 60, 3: 9 }, 'classes', 'named'],
    ['star rating', { 1: 20, 3: 20, 5: 20 }, 'numbers', 'named'],
    ['type score', { 1: 20, 3: 20, 5: 20 }, 'numbers', 'named'],
    ['language', { 1: 20, 3: 20, 5: 20 }, 'classes', 'few'],
    ['class', { 0.5: 9, 1: 9, 2: 9 }, 'numbers', 'fractions'],
    ['y', Object.fromEntries(Array.from({ length: 11 }, (_, i) => [i, 10])), 'numbers', 'many'],
  ] as const)('of "%s" in %o are %s (%s)', (name, counts, as, why) => {
    const numbers = new Map(Object.entries(counts).map(([value, count]) => [Number(value), count]));
    expect(decideNumbers(name, numbers)).toEqual({ as, why });
  });

  it('are classes or numbers as the user says, in the order of their values', () => {
    const raw = times({ 10: 20, 9: 30, 2: 25, 1: 7 });
    expect(read(raw).notes[0]!.en).toContain('--task regression');
    expect(read(raw, 'regression').target).toMatchObject({ kind: 'numbers', nature: 'count' });
    expect(read(raw, 'classification').target).toMatchObject({ classes: ['1', '2', '9', '10'] });
    expect(read(times({ 0: 30, 1: 30 }), 'regression').target.kind).toBe('numbers');
  });

  it('are counts, shares or any, and read as tables write them', () => {
    const nature = (cell: (row: number) => string) => read(cellsOf(60, cell)).target;
    expect(nature((row) => String((row * 7) % 31))).toMatchObject({ nature: 'count' });
    expect(nature((row) => `${row / 2}%`)).toMatchObject({ nature: 'share' });
    expect(nature((row) => `${((row * 7) % 31) - 10}`)).toMatchObject({ nature: 'number' });
    const euros = nature((row) => `${1 + (row % 9)}.${100 + row},50 €`);
    expect(euros).toMatchObject({
      decimal: ',',
      nature: 'number',
      values: expect.objectContaining({ 0: 1100.5 }),
    });
  });

  it('leave out rows with something else, each with its reason', () => {
    const raw = cellsOf(60, (row) =>
      row === 3 ? 'about 5' : row === 4 ? 'N/A' : row === 5 ? 'inf' : String(((row * 7) % 31) / 2),
    );
    const { places, setAside } = read(raw);
    expect(places).toHaveLength(57);
    expect([...setAside].map(([place, { en }]) => [place, en])).toEqual([
      [3, 'its target "y" is "about 5", which is no number'],
      [4, 'it has no value in the target "y"'],
      [5, 'its target "y" is "inf", which is no number'],
    ]);
  });
});

describe('words', () => {
  it('are classes, cleaned of spaces, with "none" as one of them', () => {
    expect(classesOf(times({ ' red': 10, 'red ': 10, none: 8, 'dark  blue': 9, '?': 5 }))).toEqual([
      'dark blue',
      'none',
      'red',
    ]);
  });

  it('that are rare are set aside and named', () => {
    const { target, notes, setAside } = read(times({ a: 20, b: 20, c: 4, d: 1 }));
    expect(target).toMatchObject({ classes: ['a', 'b'] });
    expect(notes[0]).toEqual({
      en: '2 classes with fewer than 5 rows ("c", "d"; 5 rows) cannot be learnt and were set aside.',
      zh: '有 2 个类别不足 5 行（“c”、“d”，共 5 行），无法学习，已搁置。',
    });
    expect([...setAside.values()].at(-1)!.en).toBe('its class "d" has fewer than 5 rows');
  });

  it('of later files are read as their classes, but none is guessed', () => {
    const label = labelReader(['<=50K', '>50K', 'A', 'a', '1']);
    const places = ['>50K', ' >50K. ', '<=50k', 'A', 'a', 'A.', '1.0', '2', '', '>50'].map(label);
    expect(places).toEqual([1, 1, 0, 2, 3, -1, 4, -1, -1, -1]);
  });

  it('come back from each class as itself', () => {
    const labels = fc.uniqueArray(
      fc
        .string({ minLength: 1 })
        .map((text) => text.normalize('NFC').replace(/\s+/g, ' ').trim())
        .filter((text) => /[a-z]{2}/i.test(text) && !/^(?:na|nan|null)$/i.test(text)),
      { minLength: 2, maxLength: 8 },
    );
    fc.assert(
      fc.property(labels, (classes) => {
        const reader = labelReader(classes);
        expect(classes.map(reader)).toEqual(classes.map((_, i) => i));
      }),
    );
  });
});

describe('no target', () => {
  const refused = (raw: readonly string[], task?: TaskKind): string => {
    try {
      read(raw, task);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      expect(error.localized.zh).toMatch(/\p{Script=Han}{4}/u);
      return error.message;
    }
    return 'read';
  };

  it.each([
    ['all empty', cellsOf(50, (row) => (row % 2 ? '' : 'N/A')), 'The target "y" has no values.'],
    [
      'three rows',
      ['a', 'b', 'a'],
      'Only 3 rows can be learnt from, with a usable value in the target "y". At least 20 are needed',
    ],
    ['19 rows with a value', [...times({ a: 10, b: 9 }), ...cellsOf(100, () => '')], 'Only 19 rows'],
    ['one number', cellsOf(50, () => '1'), 'has the same value, "1", in all rows'],
    ['one word', cellsOf(50, () => 'ok'), 'has the same value, "ok", in all rows'],
    [
      'one class with enough rows',
      times({ ok: 50, bad: 3 }),
      'has only one class, "ok", with at least 5 rows; 1 other with fewer',
    ],
    [
      'no class with enough rows',
      cellsOf(60, (row) => `kind ${'abcdefghijklmnopqrst'[row % 20]}`),
      'has no class with at least 5 rows',
    ],
    ['ids', cellsOf(60, (row) => `A${row * 7}-x`), 'this looks like texts or ids'],
    [
      'names',
      cellsOf(60, (row) => `Lamp${'abcdefghij'[row % 10]}${'klmnop'[Math.floor(row / 10)]}`),
      'this looks like texts or ids',
    ],
    [
      'texts',
      cellsOf(60, (row) => `the ${row}th parcel came late and was broken`),
      'this looks like texts or ids',
    ],
    [
      'very many words',
      cellsOf(6000, (row) => `w${String.fromCharCode(97 + (row % 11), 97 + (row % 10), 97 + (row % 13))}`),
      'has 1430 different classes; at most 1000 are learnt',
    ],
    ['running numbers', cellsOf(60, (row) => String(row + 1)), 'it is an identifier'],
    ['dates', cellsOf(60, (row) => `2024-01-${10 + (row % 20)}`), 'holds dates'],
  ])('is made of %s', (_, raw, message) => {
    expect(refused(raw)).toContain(message);
  });

  it('is made of words where numbers are asked for', () => {
    expect(refused(times({ a: 30, b: 30 }), 'regression')).toContain('holds words ("a")');
    expect(
      refused(
        cellsOf(3000, (row) => String(row / 2)),
        'classification',
      ),
    ).toContain('has 3000 different classes');
  });

  it('is refused by what looks like an identifier where the user says that it is a number', () => {
    expect(
      read(
        cellsOf(60, (row) => String(row + 1)),
        'regression',
      ).target.kind,
    ).toBe('numbers');
  });
});

const shared = '../shared/data';
it.skipIf(!existsSync(shared)).each([
  ['iris', 5, 3],
  ['wine', 14, 3],
  ['glass', 10, 6],
  ['banknote_authentication', 5, 2],
  ['wheat-seeds', 8, 3],
  ['sonar', 61, 2],
  ['ionosphere', 35, 2],
  ['horse-colic', 24, 2],
  ['winequality-red', 12, 'count'],
  ['winequality-white', 12, 'count'],
  ['abalone', 9, 'count'],
  ['housing', 14, 'number'],
  ['auto_imports', 26, 'count'],
])('reads the target of %s, column %i, as %s (needs ../shared/data)', async (name, column, as) => {
  const table = await readTable(`${shared}/uci-small/${name}.csv`);
  const { target } = tableRows(table, { target: `column ${column}` }).rows;
  expect(target.kind === 'classes' ? target.classes.length : target.nature).toBe(as);
});

it('keeps rows, columns and targets of equal length whatever is missing', () => {
  const cell = fc.constantFrom('', 'a', 'b', '?', '1', '2.5', 'c');
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 60, maxLength: 90 }), (cells) => {
      const table = tableFrom(cells.length, {
        x: (row) => cells[row]![0],
        z: (row) => String(row % 7),
        y: (row) => cells[row]![1],
      });
      const { rows, setAside } = tableRows(table, { target: 'y', task: 'classification' });
      expect(rows.count + setAside.length).toBe(cells.length);
      expect(new Set([...rows.numbers, ...setAside.map(({ row }) => row)]).size).toBe(cells.length);
      const { target } = rows;
      for (const own of rows.columns)
        expect(own.cells.kind === 'category' ? own.cells.codes : own.cells.values).toHaveLength(rows.count);
      expect(target.kind === 'classes' && target.labels).toHaveLength(rows.count);
      expect(
        target.kind === 'classes' &&
          target.labels.every(
            (label, place) => target.classes[label] === cells[rows.numbers[place]! - 1]![1],
          ),
      ).toBe(true);
    }),
  );
});
