/** Folds that keep their promises, and a search that finds what is best in a space that is known. */
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossValidate, kFolds, search, type Trial } from '../index.ts';

describe('folds', () => {
  it('test every row once, keep groups together and the proportions of classes equal', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 200 }),
        fc.integer({ min: 2, max: 6 }),
        fc.nat(9),
        (rows, folds, seed) => {
          const random = new Random(seed);
          const groups = Array.from({ length: rows }, () => random.below(20));
          const made = kFolds(rows, { folds, groups, random });
          expect(made.flatMap(({ test }) => [...test]).sort((a, b) => a - b)).toEqual(
            Array.from({ length: rows }, (_, i) => i),
          );
          for (const { train, test } of made) {
            expect(train.length + test.length).toBe(rows);
            const seen = new Set(Array.from(train, (row) => groups[row]));
            for (const row of test) expect(seen.has(groups[row])).toBe(false);
          }
          const classes = Array.from({ length: rows }, (_, i) => (i % 3 === 0 ? 1 : 0));
          for (const { test } of kFolds(rows, { folds, classes, random })) {
            const share = test.filter((row) => classes[row] === 1).length;
            expect(Math.abs(share - test.length / 3)).toBeLessThanOrEqual(1.5);
          }
        },
      ),
      { numRuns: 50 },
    );
    expect(() => kFolds(3, { folds: 5, random: new Random(0) })).toThrow(/3 rows do not make 5 folds/);
  });

  it('give a mean with an interval that counts how much they overlap', async () => {
    const scores = [0.8, 0.9, 0.85, 0.95, 0.75];
    let i = 0;
    const result = await crossValidate(50, async () => scores[i++]!, { random: new Random(0) });
    expect(result.mean).toBeCloseTo(0.85);
    // t(0.975, 4) = 2.7764, s² = 0.00625, 1/5 + 1/4
    expect(result.interval[1] - result.mean).toBeCloseTo(2.7764 * Math.sqrt(0.00625 * 0.45), 3);
  });
});

describe('a search', () => {
  const space = {
    rate: { from: 1e-4, to: 1, scale: 'log' },
    units: { from: 1, to: 9, whole: true },
    kind: { among: ['a', 'b'] },
  } as const;
  const train = async ({ rate, units, kind }: Trial['setting'], budget: number) =>
    (Math.log10(rate as number) + 2) ** 2 +
    ((units as number) - 5) ** 2 / 10 +
    (kind === 'a' ? 0 : 1) +
    1 / budget;

  it('gives the best settings the largest budget, repeats itself from a seed, and resumes where it was stopped', async () => {
    const seen: Trial[] = [];
    const whole = await search(train, { space, random: new Random(1), onTrial: (trial) => seen.push(trial) });
    expect(seen.map(({ budget }) => budget)).toEqual([
      ...Array(27).fill(1),
      ...Array(9).fill(3),
      ...Array(3).fill(9),
      27,
    ]);
    expect(whole.best.setting.kind).toBe('a');
    expect(Math.abs(Math.log10(whole.best.setting.rate as number) + 2)).toBeLessThan(1);
    let trained = 0;
    const resumed = await search(
      (setting, budget) => {
        trained++;
        return train(setting, budget);
      },
      { space, random: new Random(1), done: seen.slice(0, 30) },
    );
    expect(resumed).toEqual(whole);
    expect(trained).toBe(10);
  });
});
