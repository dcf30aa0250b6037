/** Half-precision numbers against their definition. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bfloatValue, halfBits, halfValue } from './float16.ts';

it('every half is read as Node reads it, and written back to the same bits', () => {
  const bits = Uint16Array.from({ length: 65536 }, (_, i) => i);
  const numbers = new Float16Array(bits.buffer);
  for (const [i, number] of numbers.entries()) {
    expect(halfValue(i)).toBe(number);
    if (!Number.isNaN(number)) expect(halfBits(number)).toBe(i);
  }
  expect(halfValue(halfBits(Number.NaN))).toBeNaN();
});

it('a number becomes the nearest half', () => {
  const nearest = new Float16Array(1);
  const check = (value: number) => {
    nearest[0] = value;
    expect(halfValue(halfBits(value))).toBe(nearest[0]);
  };
  fc.assert(fc.property(fc.float({ noNaN: true }), check), { numRuns: 2000 });
  fc.assert(fc.property(fc.float({ noNaN: true, min: -70000, max: 70000 }), check), { numRuns: 2000 });
  for (const value of [65519, 65520, 2 ** -24, 2 ** -25, 1.5 * 2 ** -25, 1 + 2 ** -11, 1 + 3 * 2 ** -11])
    check(value);
});

it('a bfloat16 is the upper half of a float32', () => {
  expect([0x3f80, 0xc040, 0x7f80].map(bfloatValue)).toEqual([1, -3, Number.POSITIVE_INFINITY]);
});
