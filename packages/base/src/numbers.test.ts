import { describe, expect, it } from 'vitest';
import { bytes, count, date, decimals, minute, percent, plural, signed, significant } from './numbers.ts';

describe('numbers in words', () => {
  it('writes shares with one decimal, and nothing and all as such only where they are', () => {
    const shares = [0, 0.0002, 0.0005, 0.0123, 0.5, 0.12345, 0.9994, 0.9996, 1, 1.5, -0.25];
    expect(shares.map(percent)).toEqual([
      '0%',
      '< 0.1%',
      '0.1%',
      '1.2%',
      '50.0%',
      '12.3%',
      '99.9%',
      '> 99.9%',
      '100%',
      '150.0%',
      '-25.0%',
    ]);
  });

  it('writes whole numbers with thousands apart', () => {
    expect([0, 999, 1000, 1234567].map(count)).toEqual(['0', '999', '1,000', '1,234,567']);
    expect([0, 1, 2000].map((rows) => plural(rows, 'row'))).toEqual(['0 rows', '1 row', '2,000 rows']);
  });

  it('writes four significant digits, and very large and small numbers with an exponent', () => {
    const values = [0, 2.34567, 1234, 123456.7, 0.00123456, 0.00001234, 5e13, -2.5];
    expect(values.map(significant)).toEqual([
      '0',
      '2.346',
      '1,234',
      '123,457',
      '0.001235',
      '1.23e-5',
      '5.00e+13',
      '-2.5',
    ]);
  });

  it('writes decimals, signs, sizes and moments', () => {
    expect([decimals(1.005), decimals(1 / 3, 3)]).toEqual(['1.00', '0.333']);
    expect([signed(0.31), signed(-1.2), signed(-0.012, percent)]).toEqual(['+0.31', '−1.20', '−1.2%']);
    expect([bytes(0), bytes(999), bytes(1_234_567), bytes(5e15)]).toEqual([
      '0 B',
      '999 B',
      '1.23 MB',
      '5000 TB',
    ]);
    expect([date('2025-01-31T23:59:59Z'), minute(Date.UTC(2025, 0, 31, 9, 30))]).toEqual([
      '2025-01-31',
      '2025-01-31 09:30',
    ]);
  });
});
