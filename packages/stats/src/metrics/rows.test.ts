/** Metrics of wrong numbers: refused by name and row, and never without an end. */
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wasserstein, wassersteinNormed } from '../drift/wasserstein.ts';
import { kolmogorovSmirnov } from '../inference/kolmogorov-smirnov.ts';
import type { Numbers } from '../numbers.ts';
import { accuracy } from './accuracy.ts';
import { brier } from './brier.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { macroF1 } from './f-score.ts';
import { logLoss } from './log-loss.ts';
import { meanAbsoluteError, r2, rootMeanSquaredError } from './regression.ts';
import { expectedCalibrationError, reliabilityBins } from './reliability.ts';
import { rocAuc } from './roc-auc.ts';
import { fitTemperature } from './temperature.ts';

const as = (values: readonly unknown[]) => values as unknown as Numbers;
const OF_PROBABILITIES = { rocAuc, brier, logLoss, reliabilityBins, expectedCalibrationError };

describe.each(Object.entries(OF_PROBABILITIES))('%s', (name, metric) => {
  const labels = [0, 1, 1, 0];
  const scores = [0.2, 0.9, 0.4, 0.6];

  test('takes true and false, 1n and 0n for 1 and 0', () => {
    const right = metric(labels, scores);
    expect(metric(as([false, true, true, false]), scores)).toEqual(right);
    expect(metric(as([0n, 1n, 1n, 0n]), scores)).toEqual(right);
    expect(metric(BigInt64Array.of(0n, 1n, 1n, 0n) as unknown as Numbers, scores)).toEqual(right);
  });

  test('refuses scores that are not numbers, labels of other classes, and swapped arguments', () => {
    expect(() => metric(labels, [0.2, Number.NaN, 0.4, 0.6])).toThrow(
      /row 1 of (scores|probabilities) is NaN/,
    );
    expect(() => metric([0, 1, -1, 0], scores)).toThrow('row 2 of actual is -1; expected 0 or 1');
    expect(() => metric([1, 2, 2, 1], scores)).toThrow('row 1 of actual is 2');
    expect(() => metric(scores, labels)).toThrow(
      /row 0 of actual is 0.2; expected 0 or 1. The order is \w+\(actual, /,
    );
    expect(() => metric(as(['0', '1', '1', '0']), scores)).toThrow('row 0 of actual is "0"');
    expect(() => metric(as([0, 1, undefined, 0]), scores)).toThrow(UserError);
    if (name !== 'rocAuc')
      expect(() => metric(labels, [1.2, -3, 4, 0])).toThrow('row 0 of probabilities is 1.2');
  });

  test('ends, whatever it is given', () => {
    const any = fc.array(fc.tuple(fc.double(), fc.double()), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(any, (rows) => {
        try {
          metric(
            rows.map(([a]) => a),
            rows.map(([, b]) => b),
          );
        } catch (error) {
          expect(error).toBeInstanceOf(UserError);
        }
      }),
    );
  });
});

test('rocAuc ranks infinite scores as the lowest and highest', () => {
  expect(rocAuc([0, 1, 1, 0], [-Infinity, Infinity, Infinity, 3])).toBe(1);
  expect(rocAuc([1, 0], [Infinity, Infinity])).toBe(0.5);
});

test('metrics of classes take other types of the same answer, and refuse what is no class', () => {
  expect(accuracy(as([true, false]), [1, 1])).toBe(0.5);
  expect(accuracy(as([1n, 2n]), [1, 2])).toBe(1);
  expect(accuracy(as(['a', 'b']), as(['a', 'a']))).toBe(0.5);
  expect(confusionMatrix(as([true, false]), as([1n, 1n]))).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect(() => confusionMatrix([0, 1], [0, 2])).toThrow('row 1 of predicted is 2; expected 0 or 1');
  expect(() => macroF1([0.3, 1], [0, 1])).toThrow('row 0 of actual is 0.3');
  expect(() => logLoss([3], [0.2, 0.3, 0.5], 3)).toThrow('expected a class from 0 to 2');
  expect(() => fitTemperature([1, 2, 3, 4], [0, 2])).toThrow('row 1 of labels is 2');
  expect(() => fitTemperature([1, Number.NaN], [0, 1])).toThrow('row 1 of logits is NaN');
  expect(() => reliabilityBins([0, 1], [0, 1], 0)).toThrow(RangeError);
});

test('metrics of numbers take whole numbers of 64 bits; what is no number stays none', () => {
  const ints = BigInt64Array.of(1n, 3n) as unknown as Numbers;
  expect(meanAbsoluteError(ints, [1, 2])).toBe(0.5);
  expect(rootMeanSquaredError([1, 2], ints)).toBeCloseTo(Math.SQRT1_2, 12);
  expect(r2(ints, ints)).toBe(1);
  expect(meanAbsoluteError([1, Number.NaN], [1, 2])).toBeNaN();
});

test.each([
  ['kolmogorovSmirnov', kolmogorovSmirnov],
  ['wasserstein', wasserstein],
  ['wassersteinNormed', wassersteinNormed],
])('%s refuses a sample with NaN, and ends on every other', (_, distance) => {
  expect(() => distance([1, Number.NaN], [1, 2])).toThrow(RangeError);
  expect(() => distance([1, 2], [Number.NaN])).toThrow(RangeError);
  const sample = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 20 });
  fc.assert(fc.property(sample, sample, (a, b) => void distance(a, b)));
});
