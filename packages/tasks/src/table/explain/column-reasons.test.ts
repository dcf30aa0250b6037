import { Random } from '@gradus/base';
import { boostedTrees, type TreeColumn, treeExplainer, treeScores } from '@gradus/classical';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Reason } from '../../shared/reasons.ts';
import { linearColumnReasons, mixedReasons, treeReasons } from './column-reasons.ts';

const total = (reasons: readonly Reason[]) => reasons.reduce((sum, { weight }) => sum + weight, 0);
const number = fc.double({ min: -10, max: 10, noNaN: true });

it('of trees add up to the score of each class, by the columns of the table', async () => {
  const random = new Random(1);
  const rows = 500;
  const month = Float64Array.from({ length: rows }, () => random.below(12));
  const weekday = Float64Array.from({ length: rows }, () => random.below(7));
  const city = Int32Array.from({ length: rows }, () => random.below(5));
  const labels = Int32Array.from(month, (m, row) => ((m > 6 ? 1 : 0) + (city[row]! > 2 ? 1 : 0)) % 3);
  const columns: TreeColumn[] = [
    { kind: 'number', values: month },
    { kind: 'number', values: weekday },
    { kind: 'category', codes: city, categories: 5 },
  ];
  const options = { loss: { softmax: 3 }, rounds: 8, threads: 1 } as const;
  const model = await boostedTrees(columns, { values: labels }, options);
  const scores = treeScores(model, columns);
  for (const output of [0, 1, 2]) {
    const explainer = treeExplainer(model, output);
    const reasons = treeReasons(explainer, columns, ['day', 'day', 'city']);
    expect(reasons.length).toBe(rows);
    for (const [row, of] of reasons.entries()) {
      expect(of.map(({ unit }) => unit).toSorted()).toEqual(['city', 'day']);
      expect(Math.abs(of[0]!.weight)).toBeGreaterThanOrEqual(Math.abs(of[1]!.weight));
      expect(explainer.expected + total(of)).toBeCloseTo(scores[3 * row + output]!, 9);
    }
  }
});

it('of a linear model add up to what its score has more than the mean score', () => {
  const feature = fc.record({
    value: number,
    mean: number,
    weights: fc.tuple(number, number),
    source: fc.constantFrom('age', 'city', 'plan'),
  });
  fc.assert(
    fc.property(
      fc.array(feature, { minLength: 1, maxLength: 12 }),
      fc.constantFrom(0, 1),
      (features, output) => {
        const terms = {
          weights: Float32Array.from(features.flatMap(({ weights }) => weights)),
          means: Float64Array.from(features, ({ mean }) => mean),
        };
        const score = (at: (of: (typeof features)[number]) => number) =>
          features.reduce((sum, of, k) => sum + at(of) * terms.weights[2 * k + output]!, 3);
        const reasons = linearColumnReasons(
          terms,
          features.map(({ value }) => value),
          features.map(({ source }) => source),
          output,
        );
        expect(new Set(reasons.map(({ unit }) => unit)).size).toBe(reasons.length);
        expect(total(reasons)).toBeCloseTo(score(({ value }) => value) - score(({ mean }) => mean), 8);
      },
    ),
  );
});

it('of a mixture are those of its models by their weights', () => {
  const a = [
    { unit: 'age', weight: 2 },
    { unit: 'city', weight: -1 },
  ];
  const b = [{ unit: 'city', weight: 9 }];
  const mixed = mixedReasons([
    { weight: 0.75, reasons: a },
    { weight: 0.25, reasons: b },
  ]);
  expect(mixed).toEqual([
    { unit: 'age', weight: 1.5 },
    { unit: 'city', weight: 1.5 },
  ]);
});
