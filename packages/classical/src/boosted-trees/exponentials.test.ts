import fc from 'fast-check';
import { expect, it } from 'vitest';
import { EXPONENTIALS, exponentials } from './exponentials.ts';

it('e to many numbers is what Math.exp has, to two units in the last place', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.double({ min: -708, max: 709, noNaN: true }),
          fc.double({ min: -1, max: 1, noNaN: true }),
        ),
        {
          minLength: 1,
          maxLength: EXPONENTIALS,
        },
      ),
      (numbers) => {
        const { values, exponentiate } = exponentials();
        values.set(numbers);
        exponentiate(numbers.length);
        for (const [i, number] of numbers.entries()) {
          expect(Math.abs(values[i]! / Math.exp(number) - 1)).toBeLessThan(3 * Number.EPSILON);
        }
      },
    ),
  );
  const { values, exponentiate } = exponentials();
  values.set([0, -1e9, 1e9, Number.NaN]);
  exponentiate(4);
  expect([...values.subarray(0, 4)]).toEqual([1, expect.closeTo(0), Math.exp(709), Number.NaN]);
});
