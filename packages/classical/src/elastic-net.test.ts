/** The elastic net has scikit-learn's coefficients (testing/make.py), and meets the conditions of an optimum where columns are many. */
import { Random } from '@gradus/base';
import type { SparseMatrix } from '@gradus/stats';
import { describe, expect, it } from 'vitest';
import type { DenseMatrix } from './column-matrix.ts';
import {
  type ElasticNet,
  type ElasticNetLoss,
  elasticNetPath,
  elasticNetScores,
  fitElasticNet,
} from './elastic-net.ts';
import golden from './testing/elastic-net.json' with { type: 'json' };

const dense: DenseMatrix = { rows: golden.rows, columns: golden.columns, values: golden.x };
const targets: Readonly<Record<ElasticNetLoss, readonly number[]>> = {
  squared: golden.y,
  logistic: golden.labels,
};

function sparse({ rows, columns, values }: DenseMatrix): SparseMatrix {
  const held = Array.from(values, (value, place) => ({ value, place })).filter(({ value }) => value !== 0);
  const offsets = new Int32Array(rows + 1);
  for (const { place } of held) offsets[Math.floor(place / columns) + 1]! += 1;
  for (let i = 0; i < rows; i++) offsets[i + 1]! += offsets[i]!;
  return {
    rows,
    columns,
    offsets,
    indices: Int32Array.from(held, ({ place }) => place % columns),
    values: Float32Array.from(held, ({ value }) => value),
  };
}

/** How far a fit is from the conditions of an optimum (Friedman et al., 2010, equation 5), in gradients. */
function violation(model: ElasticNet, x: DenseMatrix, y: ArrayLike<number>, l1Ratio: number): number {
  const scores = elasticNetScores(model, x);
  const residuals = scores.map((z, i) => y[i]! - (model.loss === 'logistic' ? 1 / (1 + Math.exp(-z)) : z));
  let worst = Math.abs(residuals.reduce((sum, value) => sum + value, 0)) / x.rows;
  for (let j = 0; j < x.columns; j++) {
    let gradient = 0;
    for (let i = 0; i < x.rows; i++) gradient -= (x.values[i * x.columns + j]! * residuals[i]!) / x.rows;
    const weight = model.weights[j]!;
    gradient += model.alpha * (1 - l1Ratio) * weight;
    const l1 = model.alpha * l1Ratio;
    const off =
      weight === 0 ? Math.max(0, Math.abs(gradient) - l1) : Math.abs(gradient + Math.sign(weight) * l1);
    worst = Math.max(worst, off);
  }
  return worst;
}

/** Rows of mostly zeros, of which a few columns matter. */
function mostlyZeros(rows: number, columns: number, share: number) {
  const random = new Random(5);
  const values = Float32Array.from({ length: rows * columns }, () =>
    random.uniform() < share ? random.normal() : 0,
  );
  const truth = Float64Array.from({ length: columns }, (_, j) => (j % 10 === 0 ? random.normal(0, 2) : 0));
  const scores = Float64Array.from({ length: rows }, (_, i) =>
    truth.reduce((sum, weight, j) => sum + weight * values[i * columns + j]!, 0.5),
  );
  return {
    x: { rows, columns, values },
    squared: scores.map((score) => score + random.normal()),
    logistic: Int32Array.from(scores, (score) => Number(random.uniform() < 1 / (1 + Math.exp(-score)))),
  };
}

describe('the elastic net', () => {
  it.each(golden.cases)(
    'has the coefficients of scikit-learn: $loss, alpha $alpha, L1 $l1Ratio, weighted $weighted',
    (one) => {
      const loss = one.loss as ElasticNetLoss;
      const options = {
        loss,
        alpha: one.alpha,
        l1Ratio: one.l1Ratio,
        ...(one.weighted && { weights: golden.weights }),
      };
      const model = fitElasticNet(dense, targets[loss], options);
      for (const [j, truth] of one.coefficients.entries())
        expect(Math.abs(model.weights[j]! - truth)).toBeLessThan(1e-5);
      expect(Math.abs(model.bias - one.bias)).toBeLessThan(1e-5);
      // Sparse values are float32.
      const again = fitElasticNet(sparse(dense), targets[loss], options);
      for (const [j, truth] of one.coefficients.entries())
        expect(Math.abs(again.weights[j]! - truth)).toBeLessThan(1e-5);
    },
  );

  it.each(['squared', 'logistic'] as const)('a path is the fits of its alphas: %s', (loss) => {
    const path = elasticNetPath(dense, targets[loss], { loss });
    expect(path.length).toBe(20);
    expect(path[0]!.weights.every((weight) => Math.abs(weight) < 1e-9)).toBe(true);
    expect(path[1]!.weights.some((weight) => weight !== 0)).toBe(true);
    expect(path.at(-1)!.alpha / path[0]!.alpha).toBeCloseTo(1e-3, 10);
    for (const model of path) {
      const alone = fitElasticNet(dense, targets[loss], { loss, alpha: model.alpha });
      for (const [j, weight] of alone.weights.entries()) expect(model.weights[j]).toBeCloseTo(weight, 5);
    }
  });

  it.each([
    ['more columns than rows', 60, 400, 0.2],
    ['more columns than products are kept of', 150, 520, 0.05],
    ['rows of zeros', 300, 40, 0.02],
  ])('is at an optimum all along its path: %s', (_, rows, columns, share) => {
    const data = mostlyZeros(rows, columns, share);
    for (const loss of ['squared', 'logistic'] as const) {
      for (const l1Ratio of [1, 0.3, 0]) {
        const path = elasticNetPath(sparse(data.x), data[loss], { loss, l1Ratio });
        for (const model of path)
          expect(
            violation(model, data.x, data[loss], l1Ratio),
            `${loss} ${l1Ratio} ${model.alpha}`,
          ).toBeLessThan(1e-5);
      }
    }
  });

  it('learns from classes that a line parts, from one class alone, and from columns that are constant', () => {
    const x: DenseMatrix = { rows: 6, columns: 2, values: [1, 7, 2, 7, 3, 7, 11, 7, 12, 7, 13, 7] };
    const apart = fitElasticNet(x, [0, 0, 0, 1, 1, 1], { loss: 'logistic', alpha: 1e-3 });
    expect(Array.from(elasticNetScores(apart, x), Math.sign)).toEqual([-1, -1, -1, 1, 1, 1]);
    expect(apart.weights[1]).toBe(0);
    const alone = fitElasticNet(x, [1, 1, 1, 1, 1, 1], { loss: 'logistic', alpha: 0.1 });
    expect(Math.min(...elasticNetScores(alone, x))).toBeGreaterThan(10);
  });

  it('refuses what it cannot learn from, in both languages', () => {
    const fit = (options: object, y: readonly number[] = golden.y) =>
      fitElasticNet(dense, y, { loss: 'squared', alpha: 1, ...options } as never);
    expect(() => fit({}, [1, 2])).toThrow(/80 rows and y 2/);
    expect(() => fit({ l1Ratio: 2 })).toThrow(/l1Ratio is 2/);
    expect(() => fit({ alpha: -1 })).toThrow(/alpha is -1/);
    expect(() => fit({ weights: golden.y.map(() => 0) })).toThrow(/at least one of them above 0/);
    expect(() => fit({ loss: 'hinge' })).toThrow(/"loss" cannot be "hinge"/);
    expect(() => fit({ loss: 'logistic' })).toThrow(/the label of row 0/);
    const model = fit({});
    expect(() => elasticNetScores(model, { rows: 1, columns: 1, values: [1] })).toThrow(/has 7 columns/);
    const signal = AbortSignal.abort();
    expect(() => elasticNetPath(dense, golden.y, { loss: 'squared', signal })).toThrow(/abort/);
  });
});
