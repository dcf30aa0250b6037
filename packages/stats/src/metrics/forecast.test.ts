import { describe, expect, it } from 'vitest';
import {
  meanAbsoluteScaledError,
  meanScaledIntervalScore,
  overallWeightedAverage,
  pinballLoss,
  rootMeanSquaredScaledError,
  symmetricMape,
  weightedQuantileLoss,
} from './forecast.ts';

describe('errors of forecasts, worked by hand from their definitions', () => {
  // Steps within the past are 2, 2, 4: mean 8/3; a season of 2 before: 4, 6: mean 5.
  const values = [1, 3, 5, 9];
  const past = { values, season: 1 };

  it('scales by the naive forecast of the past', () => {
    expect(meanAbsoluteScaledError([10, 12], [8, 8], past)).toBeCloseTo(3 / (8 / 3), 12);
    expect(meanAbsoluteScaledError([10, 12], [8, 8], { values, season: 2 })).toBeCloseTo(3 / 5, 12);
    expect(rootMeanSquaredScaledError([10, 12], [8, 8], past)).toBeCloseTo(Math.sqrt(10 / 8), 12);
  });

  it('says so where the past never changed', () => {
    expect(meanAbsoluteScaledError([1], [2], { values: [4, 4, 4], season: 1 })).toBeNaN();
  });

  it('gives no error to 0 forecast as 0', () => {
    expect(symmetricMape([0, 10], [0, 5])).toBeCloseTo(1 / 3, 12);
  });

  it('gives 1 to Naive 2 itself', () => {
    const naive2 = { smape: 0.13, mase: 1.1 };
    expect(overallWeightedAverage(naive2, naive2)).toBe(1);
    expect(overallWeightedAverage({ smape: 0.065, mase: 1.1 }, naive2)).toBeCloseTo(0.75, 12);
  });

  it('charges intervals for width and for what they miss', () => {
    // Width 2 each; the second misses by 1: 40 more.
    expect(meanScaledIntervalScore([5, 8], [4, 5], [6, 7], 0.05, past)).toBeCloseTo(
      (2 + 42) / 2 / (8 / 3),
      12,
    );
  });

  it('charges quantiles by side', () => {
    expect(pinballLoss([10], [8], 0.9)).toBeCloseTo(1.8, 12);
    expect(pinballLoss([8], [10], 0.9)).toBeCloseTo(0.2, 12);
    expect(
      weightedQuantileLoss(
        [10, 10],
        [
          [8, 8],
          [10, 10],
        ],
        [0.9, 0.5],
      ),
    ).toBeCloseTo((2 * 1.8) / 2 / 10, 12);
  });
});
