/** How sums of errors grow with the steps that are added up. */
import { Random } from '@gradus/base';
import { expect, it } from 'vitest';
import { growthOfSums } from './error-size.ts';

it('sums of first steps grow as fast as those of all items do', () => {
  // Errors of one sign add up in proportion to the steps, independent ones with their root.
  const same = [{ errors: [Float64Array.of(1, 1, 1, 1)], steps: 4 }];
  expect(growthOfSums(same)(2, 4)).toBeCloseTo(2, 10);
  const random = new Random('sums');
  const independent = Array.from({ length: 400 }, () => ({
    errors: Array.from({ length: 6 }, () => Float64Array.from({ length: 8 }, () => random.normal())),
    steps: 8,
  }));
  expect(Math.abs(growthOfSums(independent)(2, 8) - 2)).toBeLessThan(0.1);
});

it('without anything known they grow with the steps', () => {
  expect(growthOfSums([])(3, 6)).toBe(2);
});
