/** Labels of no class and values that are no numbers: refused, where they gave a model of zeros or no end. */
import { Random, UserError } from '@gradus/base';
import type { SparseMatrix } from '@gradus/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fitLogisticRegression,
  fitRidge,
  fitSoftmaxRegression,
  kMeans,
  linearAssignment,
  wardMerges,
} from './index.ts';

const column = (...values: number[]): SparseMatrix => ({
  rows: values.length,
  columns: 1,
  offsets: Int32Array.from({ length: values.length + 1 }, (_, i) => i),
  indices: new Int32Array(values.length),
  values: Float32Array.from(values),
});
const x = column(1, 2, -1, -2);

describe('labels', () => {
  it('of −1 and 1, of 1 and 2, and others than the classes are refused with the row and the way out', () => {
    expect(() => fitLogisticRegression(x, [1, 1, -1, -1])).toThrow(
      'fitLogisticRegression: the label of row 2 is -1; expected 0 or 1. Where labels are −1 and 1, write 0 for −1.',
    );
    expect(() => fitLogisticRegression(x, [2, 2, 1, 1])).toThrow(
      'Where labels are counted from 1, subtract 1.',
    );
    expect(() => fitLogisticRegression(x, [0.5, 1, 0, 0])).toThrow('the label of row 0 is 0.5');
    expect(() => fitSoftmaxRegression(x, [1, 1, 2, 2], { classes: 2 })).toThrow('the label of row 2 is 2');
    expect(() => fitSoftmaxRegression(x, [0, 1, 2, 3], { classes: 3 })).toThrow(
      'the label of row 3 is 3; expected 0 to 2. Where labels are counted from 1, subtract 1.',
    );
    expect(() => fitSoftmaxRegression(x, [0, 1, Number.NaN, 1], { classes: 2 })).toThrow(UserError);
  });

  // scikit-learn: LogisticRegression().fit([[1], [2], [-1], [-2]], [1, 1, 0, 0]).coef_, .intercept_
  it('of true and false are 1 and 0', () => {
    const labels = [true, true, false, false] as unknown as number[];
    const { weights, bias } = fitLogisticRegression(x, labels);
    expect(weights[0]).toBeCloseTo(1.0065943, 4);
    expect(bias).toBeCloseTo(0, 6);
  });
});

describe('values that are no numbers', () => {
  it('are refused with their place, by every fit', () => {
    const { NaN: nan } = Number;
    const fits: (() => unknown)[] = [
      () => fitLogisticRegression(column(1, nan), [0, 1]),
      () => fitSoftmaxRegression(column(1, Infinity), [0, 1], { classes: 2 }),
      () => fitRidge([1, nan, 3], [1, 2, 3], 1),
      () => fitRidge([1, 2, 3], [1, 2, nan], 1),
      () => kMeans(Float32Array.of(1, nan), 1, { clusters: 2, random: new Random(0) }),
      () => wardMerges(Float32Array.of(1, nan), 1, [1, 1]),
      () => linearAssignment([[1, nan]]),
    ];
    for (const fit of fits) expect(fit).toThrow(/(NaN|Infinity) at \d+; expected numbers/);
  });

  it('leave no matching without an end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double(), { minLength: 2, maxLength: 2 }), { maxLength: 4 }),
        (value) => {
          try {
            linearAssignment(value);
          } catch (error) {
            expect(error).toBeInstanceOf(UserError);
          }
        },
      ),
    );
  });
});

it('options that there are not are refused', () => {
  const misspelt = { C: 10 } as object;
  expect(() => fitLogisticRegression(x, [1, 1, 0, 0], misspelt)).toThrow('Did you mean "c"?');
  expect(() => fitSoftmaxRegression(x, [1, 1, 0, 0], { classes: 2, max_iter: 5 } as never)).toThrow(
    'Did you mean "maxIterations"?',
  );
  expect(() => fitRidge([1, 2, 3], [1, 2, 3], 1, { errors: 'hc3' as never })).toThrow('Did you mean "HC3"?');
});
