import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseNumbers } from '../index.ts';

describe('parseNumbers', () => {
  it.each([
    ['1,234.5', 1234.5],
    ['1.234,5', 1234.5],
    ['1 234,5', 1234.5],
    ['1\u00a0234\u202f567,5', 1234567.5],
    ["1'234.5", 1234.5],
    ['1’234’567', 1234567],
    ['12,34,567.8', 1234567.8],
    ['1,234,567', 1234567],
    ['1.234.567', 1234567],
    ['0,125', 0.125],
    ['12,5', 12.5],
    ['1234.567', 1234.567],
    ['￥12.5', 12.5],
    ['￥１，２３４．５', 1234.5],
    ['１２', 12],
    ['$-3.50', -3.5],
    ['-€3,50', -3.5],
    ['−7', -7],
    ['(1,234.50)', -1234.5],
    ['12.5元', 12.5],
    ['CNY 88', 88],
    ['12%', 0.12],
    ['7.5‰', 0.0075],
    ['3.5万', 35_000],
    ['1.23亿', 123_000_000],
    ['1e-7', 1e-7],
    ['1.5E+10', 1.5e10],
    ['.5', 0.5],
    [' +5. ', 5],
  ])('reads %s', (cell, number) => {
    expect(parseNumbers([cell]).numbers).toEqual([number]);
  });

  it.each([
    '',
    ' ',
    '-',
    'N/A',
    'NaN',
    'Infinity',
    '1e999',
    '10²',
    '½',
    '1,2,3',
    '1,23',
    '1..2',
    '12 34',
    '1-2',
    '--5',
    '(-5)',
    '2024-03-05',
    '10:30',
    'v1.2.3',
    '5 stars',
    '0x10',
    '1.234,5.6',
  ])('takes %j for no number in a column of 1,234.5', (cell) => {
    expect(parseNumbers(['1,234.5', '2.5', '1,000.25', cell]).numbers).toEqual([
      1234.5,
      2.5,
      1000.25,
      undefined,
    ]);
  });

  it('decides by the cells that tell, and says where none does', () => {
    expect(parseNumbers(['1.234', '5,5'])).toEqual({ numbers: [1234, 5.5], decimal: ',' });
    expect(parseNumbers(['1,234', '5.5'])).toEqual({ numbers: [1234, 5.5], decimal: '.' });
    expect(parseNumbers(['1,234', '7'])).toEqual({ numbers: [1234, 7], decimal: '.', assumed: true });
    expect(parseNumbers(['7', '8'])).toEqual({ numbers: [7, 8], decimal: '.' });
    // One stray cell of the other form is not misread.
    expect(parseNumbers(['1,5', '2,5', '3.75', '1.000,5']).numbers).toEqual([1.5, 2.5, undefined, 1000.5]);
  });

  it('reads back what the formats of many countries write (an independent writer: ICU)', () => {
    const locales = [
      'en-US',
      'de-DE',
      'fr-FR',
      'de-CH',
      'en-IN',
      'zh-CN',
      'pt-BR',
      'ru-RU',
      'ja-JP',
      'sv-SE',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...locales),
        fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1 }),
        (locale, cents) => {
          const format = new Intl.NumberFormat(locale, {
            minimumFractionDigits: 2,
            maximumFractionDigits: 2,
          });
          const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'CNY' });
          const numbers = cents.map((cent) => cent / 100);
          expect(parseNumbers(numbers.map((number) => format.format(number))).numbers).toEqual(numbers);
          if (['en-US', 'zh-CN', 'de-DE'].includes(locale))
            expect(parseNumbers(numbers.map((number) => money.format(number))).numbers).toEqual(numbers);
        },
      ),
    );
  });

  it('is quick on hostile cells', () => {
    const started = performance.now();
    parseNumbers([
      '1'.repeat(100_000),
      `${'1,'.repeat(50_000)}x`,
      ' '.repeat(100_000),
      `1${' 1'.repeat(50_000)}x`,
      `1${' '.repeat(100_000)}x`,
      `${'1e'.repeat(50_000)}`,
    ]);
    const short = Array.from({ length: 20_000 }, (_, i) => ['1 ', '1,', '¥-', "1'"][i % 4]!.repeat(30));
    parseNumbers(short);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
