import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sortedFloats } from './sort-floats.ts';

it('floats are sorted as the language sorts them', () => {
  fc.assert(
    fc.property(fc.float32Array({ noNaN: true }), (values) => {
      expect(sortedFloats(values)).toEqual(values.toSorted());
    }),
  );
});
