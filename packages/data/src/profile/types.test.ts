import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { typeOf } from './types.ts';

const typed = (name: string, cells: readonly string[]) =>
  typeOf(name, cells, new Set(cells.filter(Boolean)).size);
const many = (make: (i: number) => string, n = 200): string[] => Array.from({ length: n }, (_, i) => make(i));
/** In no order: what counts up is an identifier by that. */
const mixed = (i: number): number => (i * 7919) % 10_007;

/** The check digit as GS1 computes it: https://www.gs1.org/services/check-digit-calculator */
const withCheckDigit = (digits: string): string => {
  const sum = [...digits].reverse().reduce((total, digit, i) => total + Number(digit) * (i % 2 ? 1 : 3), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
};

describe('typeOf: digits that are no quantities', () => {
  it.each<[string, string, string[], string]>([
    [
      'postal codes with leading zeros',
      'zip',
      many((i) => ['00501', '02139', '94105', '10001'][i % 4]!),
      'category',
    ],
    [
      'months and classes that are padded',
      'm',
      many((i) => String((i % 12) + 1).padStart(2, '0')),
      'category',
    ],
    [
      'articles with leading zeros, all different',
      'x',
      many((i) => String(mixed(i)).padStart(8, '0')),
      'identifier',
    ],
    [
      'digits that no double holds',
      'x',
      many((i) => String(1234567890123456789n + BigInt(mixed(i)))),
      'identifier',
    ],
    ['the same, repeated', 'x', many((i) => String(9007199254740993n + BigInt(i % 5))), 'category'],
    ['barcodes', 'x', many((i) => withCheckDigit(String(400638133000 + mixed(i)))), 'identifier'],
    [
      'barcodes that come again',
      'x',
      many((i) => withCheckDigit(String(400638133000 + (i % 30)))),
      'category',
    ],
    [
      'invoices, some of them credits',
      'InvoiceNo',
      many((i) => `${i % 9 ? '' : 'C'}${536365 + mixed(i)}`),
      'identifier',
    ],
    ['numbers called ids', 'ids', many((i) => String(mixed(i))), 'identifier'],
    ['numbers called 订单号', '订单号', many((i) => String(mixed(i))), 'identifier'],
    ['numbers called 编号', '编号', many((i) => String(mixed(i))), 'identifier'],
    ['numbers called orderid', 'orderid', many((i) => String(mixed(i))), 'identifier'],
    ['numbers called hhid', 'hhid', many((i) => String(mixed(i))), 'identifier'],
    ['whole numbers that pandas made floats', 'CustomerID', many((i) => `${mixed(i)}.0`), 'identifier'],
    [
      'UUIDs',
      'x',
      many((i) => `550e8400-e29b-41d4-a716-${String(mixed(i)).padStart(12, '0')}`),
      'identifier',
    ],
    [
      'hexadecimal ids',
      'x',
      many((i) => ((mixed(i) * 2654435761) % 2 ** 32).toString(16).padStart(8, '0')),
      'identifier',
    ],
  ])('%s', (_, name, cells, type) => {
    const found = typed(name, cells);
    expect(found.type).toBe(type);
    expect(found.share).toBe(1);
  });

  it.each<[string, string, string[]]>([
    ['whole numbers', 'price', many((i) => String(mixed(i)))],
    ['one padded cell among them', 'price', many((i) => (i === 7 ? '007' : String(mixed(i))))],
    ['decimals below 1', 'share', many((i) => `0.${mixed(i)}`)],
    ['zeros', 'count', many((i) => String(i % 3))],
    ['amounts of 13 digits', 'amount', many((i) => String(1_000_000_000_000 + mixed(i) * 12_345))],
    ['large floats', 'x', many((i) => `${mixed(i)}.5e20`)],
    ['numbers called paid', 'amount_paid', many((i) => String(mixed(i)))],
    ['numbers called casino', 'casino', many((i) => String(mixed(i)))],
    ['salaries of candidates', 'candidate_salary', many((i) => String(30_000 + (mixed(i) % 40_000)))],
    ['pay for overtime', 'overtime_pay', many((i) => String(9_000 + (mixed(i) % 50_000)))],
    ['times in seconds', 'time', many((i) => String(20_000 + (mixed(i) % 40_000)))],
  ])('%s are numbers', (_, name, cells) => expect(typed(name, cells).type).toBe('number'));

  it.each(['date', 'OrderDate', 'birthdate', 'due_date', 'created', '下单日期'])(
    'days as Excel counts them are dates where the column is called "%s"',
    (name) =>
      expect(
        typed(
          name,
          many((i) => String(40_000 + (mixed(i) % 5000))),
        ).type,
      ).toBe('date'),
  );

  it('are no mix of types where the rest are codes; numbers beside words and units still are', () => {
    const stock = many((i) => ['85123A', '71053', '84406B'][i % 3]!);
    expect(typed('StockCode', stock)).toMatchObject({ type: 'category', share: 1 });
    expect(typed('x', stock).share).toBe(1);
    expect(
      typed(
        'weight',
        many((i) => (i % 3 ? `${i}kg` : String(i % 90))),
      ).share,
    ).toBeLessThan(0.9);
    expect(
      typed(
        'answer',
        many((i) => (i % 3 ? 'often' : '7')),
      ).share,
    ).toBeLessThan(0.9);
  });

  it('infinite numbers are numbers with cells that are not finite, however many', () => {
    const cells = many((i) =>
      i % 5 === 0 ? ['inf', '-inf', 'Infinity', '∞'][(i / 5) % 4]! : String(mixed(i) / 7),
    );
    const found = typed('ratio', cells);
    expect(found).toMatchObject({ type: 'number', others: ['inf', '-inf', 'Infinity', '∞'] });
    expect(found.share).toBeCloseTo(0.8);
    expect(found.numbers!.every((number) => !Number.isFinite(number) === Number.isNaN(number))).toBe(true);
  });

  it('zeros in front are never lost: no padded digits are read as a number', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 15 }),
        fc.array(fc.nat(99), { minLength: 30, maxLength: 60 }),
        (width, numbers) => {
          const cells = numbers.map((number) => String(number).padStart(width + 1, '0'));
          fc.pre(new Set(cells).size > 4);
          expect(typed('x', cells).type).not.toBe('number');
        },
      ),
    );
  });
});
