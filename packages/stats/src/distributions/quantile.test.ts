/** Quantiles against NumPy. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { quantile, quantileSorted } from './quantile.ts';

describe('a quantile', () => {
  it.each([
    // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], …)
    [0, 1],
    [0.1, 1],
    [0.25, 1.75],
    [0.5, 3.5],
    [0.9, 6.9],
    [1, 9],
  ])('at %d is what NumPy gives', (share, expected) => {
    expect(quantile([3, 1, 4, 1, 5, 9, 2, 6], share)).toBeCloseTo(expected, 12);
  });

  it('lies within the sample, and leaves the sample as it was', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1 }),
        fc.double({ min: -0.5, max: 1.5, noNaN: true }),
        (values, share) => {
          const before = [...values];
          const found = quantile(values, share);
          expect(found).toBeGreaterThanOrEqual(Math.min(...values));
          expect(found).toBeLessThanOrEqual(Math.max(...values));
          expect(values).toEqual(before);
        },
      ),
    );
  });

  it('of nothing is not a number', () => expect(quantileSorted([], 0.5)).toBeNaN());
});
