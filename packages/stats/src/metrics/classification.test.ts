/** Metrics of classification against scikit-learn. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { accuracy } from './accuracy.ts';
import { brier } from './brier.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import { fScores, macroF1 } from './f-score.ts';
import { logLoss, logLosses } from './log-loss.ts';
import { expectedCalibrationError, reliabilityBins } from './reliability.ts';
import { rocAuc } from './roc-auc.ts';

const ACTUAL = [0, 1, 2, 2, 1, 0, 2, 1, 0, 0];
const PREDICTED = [0, 2, 2, 1, 1, 0, 2, 0, 0, 2];
const LABELS = [0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0];
const SCORES = [0.1, 0.8, 0.7, 0.7, 0.35, 0.4, 0.9, 0.55, 0.2, 0.55, 1.0, 0.0];

// The literals are scikit-learn 1.2.1's.
describe('classification metrics agree with scikit-learn', () => {
  test('accuracy and confusion', () => {
    expect(accuracy(ACTUAL, PREDICTED)).toBe(0.6);
    expect(confusionMatrix(ACTUAL, PREDICTED, 3)).toEqual([
      [3, 0, 1],
      [1, 1, 1],
      [0, 1, 2],
    ]);
  });

  test('precision, recall and F1 per class, macro and micro', () => {
    const { perClass, macro, micro } = fScores(ACTUAL, PREDICTED, 3);
    const columns = (of: 'precision' | 'recall' | 'f1') => perClass.map((score) => score[of]);
    expect(columns('precision')).toEqual([0.75, 0.5, 0.5]);
    expect(columns('recall')).toEqual([0.75, 1 / 3, 2 / 3]);
    expect(columns('f1')).toEqual([0.75, 0.4, 4 / 7]);
    expect(perClass.map((score) => score.support)).toEqual([4, 3, 3]);
    expect(macro.f1).toBeCloseTo(0.5738095238, 9);
    expect(macroF1(ACTUAL, PREDICTED, 3)).toBe(macro.f1);
    expect(micro).toEqual({ precision: 0.6, recall: 0.6, f1: 0.6 });
  });

  test('a class nobody predicts counts as 0, as with zero_division=0', () => {
    expect(fScores([0, 0, 1], [0, 0, 0]).perClass[1]).toEqual({ precision: 0, recall: 0, f1: 0, support: 1 });
  });

  test('ROC AUC, log loss and Brier score', () => {
    expect(rocAuc(LABELS, SCORES)).toBeCloseTo(0.8611111111111112, 14);
    expect(logLoss(LABELS, SCORES)).toBeCloseTo(0.4312206939539003, 12);
    expect(brier(LABELS, SCORES)).toBeCloseTo(0.14729166666666665, 14);
    const three = [0.7, 0.2, 0.1, 0.1, 0.3, 0.6, 0.2, 0.5, 0.3, 0.25, 0.25, 0.5];
    expect(logLoss([0, 2, 1, 0], three, 3)).toBeCloseTo(0.7367355273461398, 12);
    expect(logLosses([1, 0], [0.8, 0.1])).toEqual(Float64Array.of(-Math.log(0.8), -Math.log(0.9)));
  });

  test('reliability bins are calibration_curve with their counts', () => {
    // scikit-learn puts a probability on a bin's edge into the lower bin; none lies on one here.
    const scores = [0.1, 0.79, 0.7, 0.7, 0.35, 0.39, 0.9, 0.55, 0.19, 0.55, 1.0, 0.0];
    const bins = reliabilityBins(LABELS, scores, 5);
    expect(bins.map((bin) => bin.observed)).toEqual(
      [0, 0.5, 0.5, 2 / 3, 1].map((v) => expect.closeTo(v, 12)),
    );
    expect(bins.map((bin) => bin.count).reduce((a, b) => a + b)).toBe(12);
    expect(expectedCalibrationError([0, 1, 1, 0], [0, 1, 1, 0])).toBe(0);
    expect(expectedCalibrationError([0, 0, 0, 0], [1, 1, 1, 1])).toBe(1);
  });
});

test('AUC is the share of pairs ranked right, whatever the scores and ties', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 5 })), { minLength: 1 }),
      (rows) => {
        const labels = rows.map(([label]) => label);
        const scores = rows.map(([, score]) => score);
        let right = 0;
        let pairs = 0;
        for (const [a, x] of rows) {
          for (const [b, y] of rows) {
            if (a === 1 && b === 0) {
              pairs++;
              right += x > y ? 1 : x === y ? 0.5 : 0;
            }
          }
        }
        if (pairs === 0) expect(rocAuc(labels, scores)).toBeNaN();
        else expect(rocAuc(labels, scores)).toBeCloseTo(right / pairs, 12);
      },
    ),
  );
});

test('arrays that do not fit are refused, not guessed at', () => {
  expect(() => accuracy([1, 0], [1])).toThrow(/2 and 1 values/);
  expect(() => accuracy([], [])).toThrow(/at least one row/);
  expect(() => confusionMatrix([0, 3], [0, 1], 2)).toThrow(/row 1 of actual is 3/);
  expect(() => logLoss([0, 1], [0.5], 2)).toThrow(RangeError);
});
