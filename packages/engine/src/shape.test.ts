/** Arithmetic of named sizes. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { broadcastShapes, type Dim, plus, quotient, sizeOf, total } from './shape.ts';

describe('shapes', () => {
  it('multiply and divide with names in them', () => {
    expect(sizeOf(['batch', 4, 2])).toBe('8*batch');
    expect(quotient(['batch', 6], ['batch', 2])).toBe(3);
    expect(quotient(['batch', 6], [4])).toBeUndefined();
    expect(sizeOf([plus('time', 1), 2])).toBe('2*(time+1)');
    expect(quotient(['2*(time+1)'], [2])).toBe('time+1');
    const dim = fc.oneof(
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom('batch', 'time', 'time+1'),
    ) as fc.Arbitrary<Dim>;
    fc.assert(
      fc.property(fc.array(dim), fc.array(dim), (a, b) => {
        expect(quotient([...a, ...b], a)).toEqual(sizeOf(b));
      }),
    );
  });

  it('grow and shrink with names in them', () => {
    expect(plus(plus('time', 2), -2)).toBe('time');
    expect(plus(plus('time', 1), -3)).toBe('time-2');
    expect(plus(plus('4*batch', 1), -1)).toBe('4*batch');
    expect(total(['time', 3, 'past'])).toBe('time+past+3');
    expect(total([2, 3])).toBe(5);
  });

  it('broadcast as NumPy does', () => {
    expect(broadcastShapes([5, 1, 3], [4, 1])).toEqual([5, 4, 3]);
    expect(broadcastShapes(['batch', 1], [7])).toEqual(['batch', 7]);
    expect(() => broadcastShapes([2, 3], [4])).toThrow(/\[2, 3\] and \[4\] do not broadcast/);
  });
});
