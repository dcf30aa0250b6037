import { expect, it } from 'vitest';
import { gaussLegendre } from './gauss-legendre.ts';

it('is exact for all powers up to twice its points', () => {
  for (let n = 1; n <= 40; n++) {
    const { points, weights } = gaussLegendre(n);
    for (let power = 0; power < 2 * n; power++) {
      const integral = points.reduce((sum, x, i) => sum + weights[i]! * x ** power, 0);
      expect(integral).toBeCloseTo(1 / (power + 1), 13);
    }
  }
});
