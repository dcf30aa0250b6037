import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from './index.ts';
import { fitRidge } from './ridge.ts';
import { fitSparseRidge } from './sparse-ridge.ts';

const sparse = (x: Float64Array, columns: number) => {
  const rows = x.length / columns;
  return {
    rows,
    columns,
    offsets: Int32Array.from({ length: rows + 1 }, (_, i) => i * columns),
    indices: Int32Array.from(x, (_, k) => k % columns),
    values: Float32Array.from(x),
  };
};

describe('fitSparseRidge', () => {
  it('finds what the normal equations say', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.constantFrom(0.1, 1, 30), (seed, alpha) => {
        const random = new Random(seed);
        const [rows, columns] = [60, 5];
        const x = Float64Array.from({ length: rows * columns }, () => Math.fround(random.normal()));
        const y = Array.from(
          { length: rows },
          (_, i) => 3 + 2 * x[i * columns]! - x[i * columns + 3]! + random.normal(),
        );
        const expected = fitRidge(x, y, columns, { alpha });
        const { weights, bias } = fitSparseRidge(sparse(x, columns), y, { alpha });
        expect(bias).toBeCloseTo(expected.intercept.value, 5);
        for (const [j, { value }] of expected.coefficients.entries())
          expect(weights[j]).toBeCloseTo(value, 5);
      }),
      { numRuns: 20 },
    );
  });

  it('counts a row of weight 2 twice', () => {
    const x = Float64Array.of(1, 2, 4, 4);
    const y = [1, 3, 4, 4];
    const twice = fitSparseRidge(sparse(x, 1), y);
    const weighed = fitSparseRidge(sparse(x.slice(0, 3), 1), y.slice(0, 3), { sampleWeights: [1, 1, 2] });
    expect(weighed.weights[0]).toBeCloseTo(twice.weights[0]!, 6);
    expect(weighed.bias).toBeCloseTo(twice.bias, 6);
  });
});
