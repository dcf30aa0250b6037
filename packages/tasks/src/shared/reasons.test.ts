import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linearReasons, occlusionReasons } from './reasons.ts';

it('of a linear model, leaving a term out takes away exactly what it adds', async () => {
  const term = fc.record({
    value: fc.double({ min: -10, max: 10, noNaN: true }),
    weight: fc.double({ min: -10, max: 10, noNaN: true }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(term, { maxLength: 12 }), async (terms) => {
      const row = terms.map((of, i) => ({ unit: `t${i}`, ...of }));
      const score = (without?: number) =>
        row.reduce((sum, { value, weight }, i) => sum + (i === without ? 0 : value * weight), 0.5);
      const exact = linearReasons(row);
      const left = await occlusionReasons(
        row.map(({ unit }) => unit),
        async (places) => places.map((place) => score(place)),
      );
      const byUnit = new Map(left.map(({ unit, weight }) => [unit, weight]));
      for (const { unit, weight } of exact) expect(byUnit.get(unit)).toBeCloseTo(weight, 6);
      const sizes = exact.map(({ weight }) => Math.abs(weight));
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    }),
  );
});
