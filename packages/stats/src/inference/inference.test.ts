/** Tests and intervals against SciPy and statsmodels. */
import { Random } from '@gradus/base';
import { describe, expect, test } from 'vitest';
import { logGamma } from '../distributions/gamma.ts';
import { intervalZ, normalCdf, normalQuantile, normalTwoSided } from '../distributions/normal.ts';
import { intervalT, studentTwoSided } from '../distributions/student-t.ts';
import { meanAbsoluteError, r2, rootMeanSquaredError } from '../metrics/regression.ts';
import { fitTemperature } from '../metrics/temperature.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { bootstrapDifference, bootstrapInterval } from './bootstrap.ts';
import { fisherExact } from './fisher-exact.ts';
import { mcnemar } from './mcnemar.ts';
import { wilsonInterval } from './wilson.ts';

const mean = (values: readonly number[]) => (rows: Int32Array) =>
  rows.reduce((sum, i) => sum + values[i]!, 0) / rows.length;

describe('the normal distribution agrees with SciPy', () => {
  test.each([
    [-9, 1.1285884059538324e-19],
    [-6, 9.865876450376946e-10],
    [-3, 0.0013498980316300933],
    [-1, 0.15865525393145707],
    [0, 0.5],
    [0.5, 0.6914624612740131],
    [4, 0.9999683287581669],
  ])('cdf(%d)', (z, p) => {
    expect(normalCdf(z) / p).toBeCloseTo(1, 9);
  });

  test.each([
    [1e-10, -6.361340902404056],
    [0.01, -2.3263478740408408],
    [0.3, -0.5244005127080409],
    [0.5, 0],
    [0.975, 1.959963984540054],
  ])('quantile(%d)', (p, z) => {
    expect(normalQuantile(p)).toBeCloseTo(z, 10);
  });

  test('two-sided', () => {
    expect(intervalZ(0.95)).toBeCloseTo(1.959963984540054, 10);
    expect(normalTwoSided(-1.959963984540054)).toBeCloseTo(0.05, 12);
  });
});

describe('Student’s t and Fisher’s exact test agree with SciPy', () => {
  test.each([
    [2.228, 10, 0.05001177181711133],
    [-1, 1, 0.5],
    [5, 3, 0.015392438073302296],
    [12, 4, 0.000276428548502973],
    [1.96, 1e6, 0.04999606758526978],
    [0.2, 50, 0.8422918082435836],
    [40, 30, 1.3726045194406362e-27],
  ])('P(|T| ≥ %d) with %d degrees of freedom', (t, freedom, p) => {
    expect(studentTwoSided(t, freedom) / p).toBeCloseTo(1, 7);
  });

  test('interval t', () => {
    expect([1, 2, 10, 200].map((freedom) => intervalT(0.95, freedom))).toEqual(
      [12.706204736, 4.30265273, 2.228138852, 1.971896224].map((t) => expect.closeTo(t, 7)),
    );
  });

  test('log Γ', () => {
    expect([0.5, 1, 3.7, 25, 1e5].map(logGamma)).toEqual(
      [0.5723649429247, 0, 1.428072326665388, 54.78472939811232, 1051287.7089736569].map((v) =>
        expect.closeTo(v, 9),
      ),
    );
  });

  test('Fisher', () => {
    expect(fisherExact(3, 10, 12, 20)).toBeCloseTo(0.2450774612693653, 9);
    expect(fisherExact(30, 1000, 10, 1000)).toBeCloseTo(0.0020083335618300093, 9);
    expect(fisherExact(0, 50, 100, 5100)).toBeCloseTo(1, 9);
  });
});

describe('intervals and tests', () => {
  // scipy.stats.binomtest(k, n).proportion_ci(method='wilson')
  test.each([
    [0, 10, 0, 0.27753279986288926],
    [5, 10, 0.236593090512564, 0.7634069094874361],
    [10, 10, 0.7224672001371109, 1],
    [81, 263, 0.2552885198782742, 0.36620957698280004],
  ])('Wilson interval of %d in %d', (k, n, low, high) => {
    const [l, h] = wilsonInterval(k, n);
    expect(l).toBeCloseTo(low, 10);
    expect(h).toBeCloseTo(high, 10);
  });

  test('of nothing, anything may be true', () => {
    expect(wilsonInterval(0, 0)).toEqual([0, 1]);
  });

  test('McNemar is the exact binomial test of the rows that one of two gets right', () => {
    const rows = (onlyA: number, onlyB: number) => [
      [...Array(onlyA).fill(1), ...Array(onlyB).fill(0), 1, 0],
      [...Array(onlyA).fill(0), ...Array(onlyB).fill(1), 1, 0],
    ];
    const small = rows(3, 12);
    expect(mcnemar(small[0]!, small[1]!)).toEqual({
      onlyA: 3,
      onlyB: 12,
      pValue: expect.closeTo(0.03515625, 12),
    });
    const large = rows(40, 60);
    expect(mcnemar(large[0]!, large[1]!).pValue).toBeCloseTo(0.05688793364098088, 10);
    expect(mcnemar([1, 0], [1, 0]).pValue).toBe(1);
    const huge = rows(3000, 3001);
    expect(mcnemar(huge[0]!, huge[1]!).pValue).toBeCloseTo(1, 6);
  });

  test('Benjamini and Hochberg: the worked example by hand, and absent tests left out', () => {
    expect(benjaminiHochberg([0.01, 0.04, 0.03, 0.005, 0.5])).toEqual(
      [0.025, 0.05, 0.05, 0.025, 0.5].map((p) => expect.closeTo(p, 12)),
    );
    expect(benjaminiHochberg([0.01, Number.NaN, 0.5])).toEqual([0.02, Number.NaN, 0.5]);
  });

  test('the BCa interval of a mean is SciPy’s, within the noise of the draws', () => {
    const values = [2.1, 3.4, 1.2, 9.7, 4.4, 3.1, 2.2, 8.8, 5.1, 0.4, 3.3, 2.9, 7.0, 1.1, 2.6];
    const interval = bootstrapInterval(mean(values), 15, new Random(1), { resamples: 20_000 });
    expect(interval[0]).toBeCloseTo(2.68, 1);
    expect(interval[1]).toBeCloseTo(5.433, 1);
    expect(bootstrapInterval(mean(values), 15, new Random(1), { resamples: 20_000 })).toEqual(interval);
  });

  test('the 95 % interval holds the true mean about 95 times in 100', () => {
    const random = new Random('coverage');
    let held = 0;
    for (let k = 0; k < 200; k++) {
      const values = Array.from({ length: 50 }, () => random.normal(3, 2));
      const [low, high] = bootstrapInterval(mean(values), 50, random, { resamples: 400 });
      if (low <= 3 && 3 <= high) held++;
    }
    expect(held / 200).toBeGreaterThan(0.89);
    expect(held / 200).toBeLessThan(0.99);
  });

  test('a paired difference sees what separate intervals would hide', () => {
    const random = new Random(4);
    const a = Array.from({ length: 80 }, () => random.normal(0, 5));
    const b = a.map((value) => value + 0.5 + random.normal(0, 0.3));
    const { difference, interval, pValue } = bootstrapDifference(mean(b), mean(a), 80, new Random(5));
    expect(difference).toBeCloseTo(0.5, 0);
    expect(interval[0]).toBeGreaterThan(0.3);
    expect(pValue).toBeLessThan(0.01);
    expect(bootstrapDifference(mean(a), mean(a), 80, new Random(5))).toEqual({
      difference: 0,
      interval: [0, 0],
      pValue: 1,
    });
  });
});

test('errors of numbers agree with scikit-learn', () => {
  const [actual, predicted] = [
    [3, -0.5, 2, 7],
    [2.5, 0, 2, 8],
  ];
  expect(meanAbsoluteError(actual!, predicted!)).toBe(0.5);
  expect(rootMeanSquaredError(actual!, predicted!)).toBeCloseTo(0.6123724356957945, 14);
  expect(r2(actual!, predicted!)).toBeCloseTo(0.9486081370449679, 14);
  expect(r2([1, 1], [0, 2])).toBeNaN();
});

describe('temperature scaling', () => {
  // scipy.optimize.minimize_scalar over the mean negative log-likelihood
  test('finds the most likely temperature, binary and multi-class', () => {
    expect(fitTemperature([2, -1, 3, 0.5, -2, 1.5, -0.3, 4], [1, 0, 0, 1, 0, 1, 1, 1])).toBeCloseTo(
      1.98796935,
      5,
    );
    const logits = [2, 0.5, -1, 0.1, 1.2, 3, 0, 2, 1, 1.5, 1, -0.5, 3, -1, 2];
    expect(fitTemperature(logits, [0, 2, 2, 1, 0])).toBeCloseTo(0.86650346, 5);
  });

  test('stays finite where every row is right, or only chance is left', () => {
    expect(fitTemperature([5, -5], [1, 0])).toBeCloseTo(0.01, 6);
    expect(fitTemperature([5, 5, -5, -5], [1, 0, 1, 0])).toBeCloseTo(100, 6);
    expect(() => fitTemperature([1, 2, 3], [0, 1])).toThrow(RangeError);
  });
});
