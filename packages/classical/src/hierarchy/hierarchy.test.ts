/** Reconciled forecasts against numpy on the projection in its other form, S (Sᵀ W⁻¹ S)⁻¹ Sᵀ W⁻¹ y; what adds up adds up exactly. */
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hierarchyOf, sumsOf } from './hierarchy.ts';
import { type ReconcileMethod, reconcile } from './reconcile.ts';

const items = [
  { state: 'A', purpose: 'x' },
  { state: 'A', purpose: 'y' },
  { state: 'B', purpose: 'x' },
  { state: 'B', purpose: 'y' },
];
const hierarchy = hierarchyOf(items, [[], ['state'], ['purpose'], ['state', 'purpose']]);
const column = (values: readonly number[]) => values.map((value) => Float64Array.of(value));
const base = { sums: column([100, 48, 57, 61, 44]), bottom: column([30, 20, 33, 25]) };
const errors = Array.from({ length: 9 }, (_, i) =>
  Float64Array.from(
    { length: 12 },
    (_, t) =>
      Math.sin(1.7 * i + 0.9 * t * (1 + 0.1 * i)) * (i === 0 ? 3 : i < 5 ? 2 : 1) + 0.5 * Math.cos(t * 1.1),
  ),
);
const residuals = { sums: errors.slice(0, 5), bottom: errors.slice(5) };

describe('reconciliation', () => {
  it('has the sums by attributes, and none of one series alone', () => {
    expect(hierarchy.names).toEqual([{}, { state: 'A' }, { state: 'B' }, { purpose: 'x' }, { purpose: 'y' }]);
    expect(hierarchy.sums.map((members) => [...members])).toEqual([
      [0, 1, 2, 3],
      [0, 1],
      [2, 3],
      [0, 2],
      [1, 3],
    ]);
  });

  it.each<[ReconcileMethod, number[]]>([
    ['bottom-up', [30, 20, 33, 25]],
    ['ols', [28.444444444444446, 18.77777777777778, 31.777777777777775, 24.11111111111111]],
    ['wls-structural', [28.875, 19.125, 32.125, 24.375]],
    ['mint-shrink', [29.07863677252345, 19.117282820479154, 32.56815459644709, 23.86095507276938]],
  ])('%s is what numpy says', (method, expected) => {
    const { bottom } = reconcile(hierarchy, base, { method, residuals });
    bottom.forEach((values, i) => {
      expect(values[0]).toBeCloseTo(expected[i]!, 9);
    });
  });

  it('adds up, is never negative where asked, and leaves alone what adds up already', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.constantFrom<ReconcileMethod>('ols', 'wls-structural', 'mint-shrink'),
        (seed, method) => {
          const random = new Random(seed);
          const bottom = items.map(() => Float64Array.from({ length: 3 }, () => random.normal(2, 3)));
          const off = {
            bottom,
            sums: sumsOf(hierarchy, bottom).map((values) =>
              values.map((value) => value + random.normal(0, 4)),
            ),
          };
          const moved = reconcile(hierarchy, off, { method, residuals, nonNegative: true });
          expect(moved.bottom.every((values) => values.every((value) => value >= 0))).toBe(true);
          sumsOf(hierarchy, moved.bottom).forEach((sum, k) => {
            sum.forEach((value, h) => {
              expect(Math.abs(value - moved.sums[k]![h]!)).toBeLessThan(1e-9);
            });
          });
          const coherent = { bottom, sums: sumsOf(hierarchy, bottom) };
          reconcile(hierarchy, coherent, { method, residuals }).bottom.forEach((values, i) => {
            values.forEach((value, h) => {
              expect(value).toBeCloseTo(bottom[i]![h]!, 9);
            });
          });
        },
      ),
      { numRuns: 40 },
    );
  });
});
