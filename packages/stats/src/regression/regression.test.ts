/** Least squares, its errors and fixed effects against statsmodels 0.15; partial pooling against its own promise of coverage. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { fixedEffects } from './fixed-effects.ts';
import { leastSquares } from './least-squares.ts';
import { partialPooling } from './partial-pooling.ts';

const rows = Array.from({ length: 60 }, (_, i) => i);
const one = rows.map(() => 1);
const x1 = rows.map((i) => Math.sin(i * 1.3));
const x2 = rows.map((i) => Math.cos(i * 0.7) + i / 60);
const unit = Int32Array.from(rows, (i) => Math.floor(i / 10));
const time = Int32Array.from(rows, (i) => i % 10);
const y = rows.map(
  (i) =>
    1 +
    2 * x1[i]! -
    0.5 * x2[i]! +
    0.3 * Math.sin(unit[i]! * 2.1) +
    0.2 * Math.cos(i * 2.9) +
    0.1 * Math.sin(time[i]! * 5),
);
const errorsOf = (fit: { estimates: readonly { standardError: number }[] }) =>
  fit.estimates.map(({ standardError }) => standardError);
const near = (got: readonly number[], expected: readonly number[]) =>
  got.forEach((value, i) => {
    expect(value).toBeCloseTo(expected[i]!, 9);
  });

describe('least squares as in statsmodels (sm.OLS)', () => {
  it('with equal variance', () => {
    const fit = leastSquares([one, x1, x2], y);
    near(
      fit.estimates.map(({ value }) => value),
      [1.0131020807484816, 1.9703728293009113, -0.5213902755522134],
    );
    near(errorsOf(fit), [0.040739003391928194, 0.04858953295890334, 0.045598145418001626]);
    near(fit.estimates[1]!.interval, [1.8730739678676254, 2.067671690734197]);
  });

  it('with errors clustered (cov_type="cluster") and of Newey and West (cov_type="HAC", three lags)', () => {
    const clustered = leastSquares([one, x1, x2], y, { errors: { kind: 'clustered', clusters: unit } });
    near(errorsOf(clustered), [0.089251915812789, 0.03163032038257203, 0.03790583862678]);
    near(clustered.estimates[1]!.interval, [1.8890645022701145, 2.051681156331708]);
    const hac = leastSquares([one, x1, x2], y, { errors: { kind: 'newey-west', lags: 3 } });
    near(errorsOf(hac), [0.054041481529880774, 0.035386358008057076, 0.0596528393779562]);
  });

  it('names columns that say nothing new', () => {
    const fit = leastSquares([one, x1, x1.map((value) => 3 - 2 * value)], y);
    expect(fit.dependent).toEqual([2]);
    expect(fit.estimates[2]!.value).toBeNaN();
    expect(fit.estimates[1]!.value).toBeCloseTo(leastSquares([one, x1], y).estimates[1]!.value, 9);
  });
});

it('fixed effects of two kinds equal a regression with a dummy for each (statsmodels, clustered by unit)', () => {
  const fit = fixedEffects([x1, x2], y, { groups: [unit, time] });
  near(
    fit.estimates.map(({ value }) => value),
    [1.992612433666483, -0.49713723000308807],
  );
  near(errorsOf(fit), [0.02084076537878432, 0.011748697547766966]);
});

describe('partial pooling', () => {
  it('leaves an item alone that is measured well, and gives one that is not the common mean', () => {
    const items = [-2.4, -1.8, -2.2, -1.6, -2.9, -1.4].map((value) => ({ value, standardError: 0.05 }));
    const { items: pooled, mean } = partialPooling([...items, { value: 4, standardError: 20 }]);
    expect(pooled[0]!.value).toBeCloseTo(-2.4, 1);
    expect(Math.abs(pooled.at(-1)!.value - mean)).toBeLessThan(2.5);
    expect(pooled.at(-1)!.pooled).toBeGreaterThan(0.6);
  });

  it.each([
    ['far apart', 1, 0.4],
    ['nearly alike', 0.15, 0.4],
    ['all alike', 0, 0.4],
  ])('covers the truth of 20 items in 93 to 97 % where they are %s', (_, spread, error) => {
    const random = new Random('pooling');
    let covered = 0;
    const draws = 400;
    for (let draw = 0; draw < draws; draw++) {
      const truths = Array.from({ length: 20 }, () => random.normal(-2, spread));
      const { items } = partialPooling(
        truths.map((truth) => {
          const standardError = error * random.uniform(0.3, 2);
          return { value: truth + random.normal(0, standardError), standardError };
        }),
      );
      covered += items.filter(
        ({ interval: [low, high] }, i) => low <= truths[i]! && truths[i]! <= high,
      ).length;
    }
    const share = covered / (20 * draws);
    expect(share).toBeGreaterThan(0.93);
    expect(share).toBeLessThan(spread === 0 ? 1 : 0.98);
  });
});
