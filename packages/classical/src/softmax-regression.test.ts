/** Softmax regression gives what scikit-learn 1.2.1 gives (LogisticRegression, multinomial, C = 2), literals below. */
import type { SparseMatrix } from '@gradus/stats';
import { describe, expect, it } from 'vitest';
import { fitSoftmaxRegression, softmaxRows, softmaxScores } from './softmax-regression.ts';

const modulo = (a: number, b: number) => ((a % b) + b) % b;
const X = Array.from({ length: 24 }, (_, i) =>
  Array.from({ length: 4 }, (_, j) => (modulo(i * 7 + j * 13 + i * j, 11) - 5) / 5),
);
const y = [0, 2, 2, 2, 1, 2, 2, 0, 1, 2, 0, 1, 2, 0, 2, 1, 0, 2, 1, 0, 2, 0, 1, 2];

const matrix = (rows: readonly (readonly number[])[]): SparseMatrix => ({
  rows: rows.length,
  columns: rows[0]!.length,
  offsets: Int32Array.from({ length: rows.length + 1 }, (_, i) => i * rows[0]!.length),
  indices: Int32Array.from(rows.flatMap((row) => [...row.keys()])),
  values: Float32Array.from(rows.flat()),
});

const near = (found: ArrayLike<number>, truth: readonly number[], digits = 4) => {
  expect(found.length).toBe(truth.length);
  for (const [i, value] of truth.entries()) expect(found[i]).toBeCloseTo(value, digits);
};

describe('softmax regression', () => {
  const model = fitSoftmaxRegression(matrix(X), y, { classes: 3, c: 2, tolerance: 1e-8 });

  it('has the weights of scikit-learn', () => {
    const coefficients = [
      [-1.061559, 0.276986, 0.133004, 0.59747],
      [-0.495628, -1.848739, -0.144959, -0.138974],
      [1.557187, 1.571753, 0.011955, -0.458497],
    ];
    near(
      model.weights,
      [0, 1, 2, 3].flatMap((column) => coefficients.map((row) => row[column]!)),
    );
    // Biases are free of a constant.
    const mean = model.bias.reduce((a, b) => a + b, 0) / 3;
    near(
      model.bias.map((bias) => bias - mean),
      [0.150064, -0.377255, 0.227191],
    );
  });

  it('has its probabilities', () => {
    const shares = softmaxRows(softmaxScores(model, matrix(X.slice(0, 3))), 3);
    near(shares, [0.470645, 0.51522, 0.014135, 0.075815, 0.007912, 0.916273, 0.455707, 0.140207, 0.404086]);
  });

  it('does with classes that no row has', () => {
    const other = fitSoftmaxRegression(matrix(X), y, { classes: 5 });
    const shares = softmaxRows(softmaxScores(other, matrix(X)), 5);
    for (let i = 0; i < 24; i++) expect(shares[i * 5 + 4]).toBeLessThan(0.01);
  });

  it('refuses data that do not match, and stops when aborted', () => {
    expect(() => fitSoftmaxRegression(matrix(X), [1], { classes: 2 })).toThrow(/24 labels/);
    expect(() => softmaxScores(model, matrix([[1, 2]]))).toThrow(/4 columns/);
    const signal = AbortSignal.abort();
    expect(() => fitSoftmaxRegression(matrix(X), y, { classes: 3, signal })).toThrow(/abort/i);
  });
});
