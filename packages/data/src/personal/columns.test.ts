/** Columns of numbers and of names, where the cells alone do not say whose they are. */
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { personalColumn } from './column.ts';
import { applyRedaction, fitRedaction } from './plan.ts';

/** What is left of a column's cells, by their places. */
function redacted(name: string, cells: readonly string[], columns: readonly string[] = [name]): string[] {
  const rows = cells.map((cell) => columns.map(() => cell));
  const plan = JSON.parse(JSON.stringify(fitRedaction({ columns, rows })));
  const apply = applyRedaction(plan, columns);
  return rows.map((row) => apply(row)[columns.indexOf(name)]!);
}

const random = new Random('columns of numbers');
const digits = (count: number) => Array.from({ length: count }, () => random.below(10)).join('');
const amounts = Array.from({ length: 200 }, () => `${1 + random.below(9)}${digits(6)}`);
/** The cells with `value` in every tenth. */
const mixed = (value: (i: number) => string) => amounts.map((cell, i) => (i % 10 === 0 ? value(i) : cell));

describe('a column of numbers', () => {
  it.each([
    ['mobile numbers', (i: number) => `138${String(18034063 + i * 7919).padStart(8, '0')}`],
    ['mobile numbers as a float', (i: number) => `138${String(18034063 + i * 7919)}.0`],
    ['mobile numbers with a country code', (i: number) => `86138${String(18034063 + i * 7919)}`],
    ['identity numbers', () => '440524188001010014'],
    ['card numbers', () => '4111111111111111'],
    ['phone numbers in groups', () => '138 1803 4063'],
    ['texts with somebody in them', () => 'call +1 415-555-2671'],
  ])('loses the %s among them, and nothing else', (_, value) => {
    const cells = mixed(value);
    for (const [i, cell] of redacted('memo', cells).entries()) {
      if (i % 10 === 0) expect(cell).toMatch(/\[/);
      else expect(cell).toBe(cells[i]);
    }
  });

  it.each([
    ['order', Array.from({ length: 300 }, () => `2${digits(10)}`)],
    ['order', Array.from({ length: 300 }, () => `62${digits(14)}`)],
    ['amount', mixed(() => '13500000000')],
    ['revenue', mixed(() => '13818034063')],
    ['time', Array.from({ length: 300 }, (_, i) => String(1_700_000_000_000 + i * 7919))],
    ['day', Array.from({ length: 300 }, (_, i) => `2024010${1 + (i % 9)}`)],
    ['price', Array.from({ length: 300 }, (_, i) => (i * 37.77).toFixed(2))],
  ])('%s keeps its own', (name, cells) => {
    expect(redacted(name, cells)).toEqual(cells);
  });

  it('whose name says what its long numbers are loses all of those', () => {
    expect(redacted('联系电话', ['0', '0', '0', '62771234', '4155552671'])).toEqual([
      '0',
      '0',
      '0',
      '[PHONE]',
      '[PHONE]',
    ]);
  });

  it('keeps every number that is shorter than anybody’s', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), { minLength: 1 }), (numbers) => {
        const cells = numbers.map(String);
        expect(redacted('x', cells)).toEqual(cells);
      }),
    );
  });
});

describe('a column of names', () => {
  const FIRST = ['JOHN', 'MARY', 'WEI', 'PRIYA', 'AHMED', 'OLGA'];
  const LAST = ['SMITH', 'PATEL', 'KOWALSKI', 'TANAKA', 'O’NEIL', 'VAN DER BERG'];
  const of = (names: readonly string[]) => Array.from({ length: 60 }, (_, i) => names[i % names.length]!);

  it.each([
    ['fname', of(FIRST)],
    ['lname', of(LAST)],
    ['First Name', of(FIRST)],
    ['surname', of(LAST)],
    ['Contact', of(['john smith', 'olga ivanova', 'wei zhang'])],
    ['姓', of(['王', '欧阳', '李'])],
    ['名', of(['伟', '建国', '小明'])],
    ['收货人', of(['王伟', '阿依古丽', 'John'])],
    [
      'who',
      Array.from(
        { length: 60 },
        (_, i) => `${['JOHN', 'MARY', 'PETER'][i % 3]} ${'ABCDEFGHIJ'[i % 10]}${'KLMN'[i % 4]}ER`,
      ),
    ],
  ])('%s is one', (name, cells) => {
    expect(personalColumn(name, cells)?.kinds[0]).toMatchObject({ kind: 'name', whole: true });
  });

  it('is "first" where there is a "last"', () => {
    const kinds = (name: string, columns: readonly string[]) =>
      personalColumn(name, of(name === 'first' ? FIRST : LAST), columns)?.kinds[0]?.kind;
    expect([kinds('first', ['first', 'last']), kinds('last', ['First', 'Last', 'x'])]).toEqual([
      'name',
      'name',
    ]);
    expect(kinds('last', ['last', 'seen'])).toBeUndefined();
  });

  it.each([
    ['first', of(['2024-01-01', '2024-01-02'])],
    ['name', of(['Blue shirt', 'USB cable', 'Desk lamp'])],
    ['contact', of(['yes', 'no'])],
    ['class', of(['FIRST', 'SECOND', 'THIRD'])],
    ['agecell', Array.from({ length: 48 }, (_, i) => (19 + i * 0.0822).toFixed(6))],
  ])('%s is none', (name, cells) => {
    expect(
      personalColumn(name, cells, ['first', 'last', name])?.kinds.some(({ whole }) => whole) ?? false,
    ).toBe(false);
  });
});
