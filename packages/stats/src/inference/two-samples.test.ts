/** Expected figures are SciPy's (1.x: ks_2samp, chi2_contingency, chi2.sf). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquaredTail } from '../distributions/chi-squared.ts';
import { chiSquared } from './chi-squared.ts';
import { kolmogorovSmirnov } from './kolmogorov-smirnov.ts';

/** Numbers without a pattern that are the same in any language. */
const a = (n: number) => Array.from({ length: n }, (_, i) => (((i + 1) * 7919) % 1009) / 100);
const b = (n: number) => Array.from({ length: n }, (_, i) => (((i + 1) * 104729) % 997) / 90 - 0.3);

const closeTo = (actual: number, expected: number, relative: number) =>
  expect(Math.abs(actual / expected - 1), `${actual} against ${expected}`).toBeLessThan(relative);

describe('Kolmogorov and Smirnov', () => {
  it.each([
    [7, 5, 0.8571428571428571, 0.01515151515151515],
    [40, 60, 0.08333333333333333, 0.9932690046380577],
    [300, 500, 0.06466666666666666, 0.3980119893214517],
    [1000, 1000, 0.062, 0.042792013924212634],
  ])('is exact on samples of %i and %i', (m, n, statistic, pValue) => {
    const found = kolmogorovSmirnov(a(m), b(n));
    closeTo(found.statistic, statistic, 1e-12);
    closeTo(found.pValue, pValue, 1e-9);
  });

  it('is exact on ties, and far out', () => {
    const ties = kolmogorovSmirnov([1, 2, 2, 3, 3], [1, 2, 3, 4, 4, 4]);
    expect(ties.statistic).toBe(0.5);
    closeTo(ties.pValue, 0.35714285714285715, 1e-12);
    const far = kolmogorovSmirnov(
      a(1000),
      a(1000).map((x) => x + 2.5),
    );
    closeTo(far.pValue, 7.613348817400856e-28, 1e-9);
  });

  it.each([
    [3000, 500, 0, 0.062, 0.07193753696053962, 1e-9],
    [3000, 500, 0.1, 0.072, 0.022671301698802316, 1e-9],
    [3000, 500, 0.5, 0.107, 0.00010226277644084718, 1e-9],
    // Too many pairs: the limit.
    [9000, 4000, 0, 0.062, 1.074642337837029e-9, 0.1],
    [9000, 4000, 0.1, 0.071, 1.397012822816129e-12, 0.1],
  ])('on samples of %i and %i, one moved by %d', (m, n, shift, statistic, pValue, tolerance) => {
    const found = kolmogorovSmirnov(
      a(m).map((x, i) => x + i * 1e-7),
      b(n).map((x, i) => x + i * 1.3e-7 + shift),
    );
    closeTo(found.statistic, statistic, 1e-9);
    closeTo(found.pValue, pValue, tolerance);
  });

  it('does not depend on order, nor on which sample is first', () => {
    const sample = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(sample, sample, (x, y) => {
        const found = kolmogorovSmirnov(x, y);
        expect(found.pValue).toBeGreaterThanOrEqual(0);
        expect(found.pValue).toBeLessThanOrEqual(1);
        expect(kolmogorovSmirnov(y, [...x].reverse()).pValue).toBeCloseTo(found.pValue, 10);
        expect(kolmogorovSmirnov(x, x).pValue).toBe(1);
      }),
    );
  });
});

describe('chi-squared', () => {
  it.each([
    [[30, 70], [45, 55], 4.8, 1, 0.028459736916310638],
    [[10, 20, 30, 40], [25, 25, 25, 25], 10.900210900210901, 3, 0.012277894009958807],
    [[500, 300, 200], [5, 3, 12], 19.05473566224547, 2, 7.283107560593383e-5],
    [[500, 0, 300, 200], [5, 0, 3, 12], 19.05473566224547, 2, 7.283107560593383e-5],
  ])('of %j and %j', (x, y, statistic, freedom, pValue) => {
    const found = chiSquared(x, y);
    closeTo(found.statistic, statistic, 1e-12);
    expect(found.freedom).toBe(freedom);
    closeTo(found.pValue, pValue, 1e-9);
  });

  it.each([
    [0.1, 1, 0.7518296340458492],
    [3.84, 1, 0.05004352124870519],
    [50, 3, 7.989179244951495e-11],
    [9, 10, 0.5321035763747151],
    [300, 20, 8.082849629775851e-52],
    [95, 100, 0.6225792918781736],
    [1000, 1000, 0.49405285382923964],
  ])('tail beyond %d with %i degrees of freedom', (x, freedom, pValue) => {
    closeTo(chiSquaredTail(x, freedom), pValue, 1e-9);
  });

  it('of one category, or of nothing, says nothing', () => {
    expect(chiSquared([10], [20]).pValue).toBe(1);
    expect(chiSquared([10, 5], [0, 0]).pValue).toBe(1);
    expect(chiSquaredTail(0, 3)).toBe(1);
  });
});
