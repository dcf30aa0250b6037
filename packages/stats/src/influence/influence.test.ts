/** Figures with weights against scikit-learn, influences against finite differences, intervals against closed forms and simulation. */
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { averagePrecision } from '../metrics/average-precision.ts';
import { meanAbsolutePercentageError, medianAbsoluteError, r2 } from '../metrics/regression.ts';
import { expectedCalibrationError } from '../metrics/reliability.ts';
import type { Numbers } from '../numbers.ts';
import { averagePrecisionInfluence } from './average-precision.ts';
import { calibrationErrorInfluence, chanceCalibrationError } from './calibration-error.ts';
import {
  type Influenced,
  numberedClusters,
  positiveInterval,
  pValueOf,
  shareInterval,
  symmetricInterval,
  uncertaintyOf,
} from './influence.ts';
import { macroF1Influence } from './macro-f1.ts';
import { meanInfluence, r2Influence } from './mean.ts';
import { medianInfluence } from './median.ts';
import { aucInfluence } from './roc-auc.ts';

const LABELS = [0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0];
const SCORES = [0.1, 0.8, 0.7, 0.7, 0.35, 0.4, 0.9, 0.55, 0.2, 0.55, 1.0, 0.0];
const WEIGHTS = [1, 2, 0.5, 3, 1, 0, 2, 1.5, 1, 2, 0.25, 4];
const ACTUAL = [0, 1, 2, 2, 1, 0, 2, 1, 0, 0];
const PREDICTED = [0, 2, 2, 1, 1, 0, 2, 0, 0, 2];
const TRUTH = [3, 5, 2, 7, 4, 1.5, 8, 6, 2.5, 9];
const GUESS = [2.5, 5.5, 2, 8, 3, 2, 7, 6.5, 4, 8];

// The literals are scikit-learn 1.9.1's.
describe('figures agree with scikit-learn, with weights and without', () => {
  test('average precision and ROC AUC', () => {
    expect(averagePrecision(LABELS, SCORES)).toBeCloseTo(0.8634920634920634, 14);
    expect(averagePrecisionInfluence(LABELS, SCORES, WEIGHTS).value).toBeCloseTo(0.8250512663352326, 14);
    expect(aucInfluence(LABELS, SCORES).value).toBeCloseTo(0.8611111111111112, 14);
    expect(aucInfluence(LABELS, SCORES, WEIGHTS).value).toBeCloseTo(0.8526645768025078, 14);
  });

  test('macro F1', () => {
    const weighted = macroF1Influence(ACTUAL, PREDICTED, 3, WEIGHTS);
    expect(macroF1Influence(ACTUAL, PREDICTED, 3).value).toBeCloseTo(0.5738095238095238, 14);
    expect(weighted.value).toBeCloseTo(0.39509803921568626, 14);
  });

  test('R², median and percentage errors', () => {
    const weights = [1, 2, 0.5, 3, 1, 0.1, 2, 1.5, 1, 2];
    expect(r2Influence(TRUTH, GUESS).value).toBeCloseTo(0.8832528180354268, 14);
    expect(r2(TRUTH, GUESS)).toBeCloseTo(0.8832528180354268, 14);
    expect(r2Influence(TRUTH, GUESS, weights).value).toBeCloseTo(0.8279889777682656, 14);
    expect(medianAbsoluteError(TRUTH, GUESS)).toBe(0.75);
    const errors = TRUTH.map((value, i) => Math.abs(value - GUESS[i]!));
    expect(medianInfluence(errors).value).toBeCloseTo(0.75, 14);
    const shares = errors.map((error, i) => error / TRUTH[i]!);
    expect(meanAbsolutePercentageError(TRUTH, GUESS)).toBeCloseTo(0.19123015873015872, 14);
    expect(meanInfluence(shares, weights).value).toBeCloseTo(0.16140380502082632, 14);
  });
});

const uncertainty = ({ influence }: Influenced, clusters?: Int32Array) => uncertaintyOf(influence, clusters);

describe('standard errors', () => {
  test("of the AUC are DeLong's, of a mean the textbook's", () => {
    // From the double loop over pairs.
    const n = LABELS.length;
    const variance = uncertainty(aucInfluence(LABELS, SCORES)).standardError ** 2;
    expect((variance * (n - 1)) / n).toBeCloseTo(0.011728395061728396, 14);
    const mean = TRUTH.reduce((sum, value) => sum + value, 0) / 10;
    const squares = TRUTH.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect(uncertainty(meanInfluence(TRUTH)).standardError).toBeCloseTo(Math.sqrt(squares / 9 / 10), 12);
  });

  test('of clusters with one value are those of as many rows', () => {
    const clusters = numberedClusters([7, 7, 7, 3, 3, 3, 9, 9, 9]);
    const repeated = uncertainty(meanInfluence([1, 1, 1, 4, 4, 4, 6, 6, 6]), clusters);
    const single = uncertainty(meanInfluence([1, 4, 6]));
    expect(repeated.standardError).toBeCloseTo(single.standardError, 12);
    expect(repeated).toMatchObject({ pieces: 3, freedom: 2 });
  });

  test('of one cluster are unknown, and nothing is claimed', () => {
    const one = uncertaintyOf(Float64Array.of(0.1, -0.1), Int32Array.of(0, 0));
    expect(pValueOf(5, one)).toBe(1);
    expect(symmetricInterval(5, one)).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect(shareInterval(0.5, one, 1)).toEqual([0, 1]);
  });
});

/** What a little more weight on each row does to the figure. */
function finiteDifferences(figure: (weights: Numbers) => number, weights: readonly number[]): number[] {
  const step = 1e-6;
  return weights.map((weight, i) => {
    const up = figure(weights.with(i, weight + step));
    return (weight * (up - figure(weights.with(i, weight - step)))) / (2 * step);
  });
}

const rowsOf = fc.array(
  fc.tuple(
    fc.constantFrom(0, 1),
    fc.integer({ min: 0, max: 6 }),
    fc.integer({ min: 1, max: 9 }),
    fc.integer({ min: 0, max: 2 }),
  ),
  { minLength: 2, maxLength: 15 },
);

test('influences are derivatives with respect to weights', () => {
  fc.assert(
    fc.property(rowsOf, (rows) => {
      const labels = rows.map(([label]) => label);
      const scores = rows.map(([, score]) => score / 7 + 0.01);
      const weights = rows.map(([, , weight]) => weight / 3);
      const guesses = rows.map(([, , , guess]) => guess);
      const positives = labels.filter((label) => label === 1).length;
      // Each class of an AUC is corrected for its own mean.
      const corrected = (label: number) => {
        const many = label === 1 ? positives : labels.length - positives;
        return Math.sqrt(many / Math.max(1, many - 1));
      };
      const figures: Record<string, (weights: Numbers) => Influenced> = {
        mean: (of) => meanInfluence(scores, of),
        r2: (of) => r2Influence(guesses, scores, of),
        auc: (of) => aucInfluence(labels, scores, of),
        averagePrecision: (of) => averagePrecisionInfluence(labels, scores, of),
        macroF1: (of) => macroF1Influence(labels, guesses, 3, of),
      };
      for (const [name, figure] of Object.entries(figures)) {
        const { value, influence } = figure(weights);
        if (Number.isNaN(value)) continue;
        const factor = (i: number) => (name === 'auc' ? corrected(labels[i]!) : 1);
        const expected = finiteDifferences((of) => figure(of).value, weights);
        for (const [i, each] of expected.entries())
          expect(influence[i]! / factor(i), name).toBeCloseTo(each, 6);
        expect(
          influence.reduce((sum, each) => sum + each, 0),
          name,
        ).toBeCloseTo(0, 9);
      }
    }),
  );
});

test('the calibration error is that of the bins, and whole weights are rows that occur as often', () => {
  const weights = [1, 2, 3, 1, 1, 2, 1, 1, 4, 1, 1, 1];
  const repeat = (values: readonly number[]) => values.flatMap((v, i) => Array<number>(weights[i]!).fill(v));
  const weighted = calibrationErrorInfluence(LABELS, SCORES, weights);
  expect(weighted.value).toBeCloseTo(expectedCalibrationError(repeat(LABELS), repeat(SCORES)), 12);
  expect(calibrationErrorInfluence(LABELS, SCORES).value).toBeCloseTo(
    expectedCalibrationError(LABELS, SCORES),
    12,
  );
});

describe('95 % intervals hold the true value about 95 times of 100', () => {
  const RUNS = 400;
  const coverage = (interval: (random: Random) => readonly [number, number], truth: number) => {
    const random = new Random('coverage');
    let held = 0;
    for (let run = 0; run < RUNS; run++) {
      const [low, high] = interval(random);
      if (low <= truth && truth <= high) held++;
    }
    return held / RUNS;
  };
  const labelled = (random: Random, n: number) => {
    const labels = Array.from({ length: n }, () => (random.uniform() < 0.3 ? 1 : 0));
    return { labels, scores: labels.map((label) => random.normal(label * 1.3)) };
  };
  // Of two normal distributions 1.3 apart: Φ(1.3 / √2).
  const AUC = 0.8210251;

  test('of the AUC of 100 rows', () => {
    const held = coverage((random) => {
      const { labels, scores } = labelled(random, 100);
      const auc = aucInfluence(labels, scores);
      return shareInterval(auc.value, uncertainty(auc), 30);
    }, AUC);
    expect(held).toBeGreaterThan(0.92);
    expect(held).toBeLessThan(0.985);
  });

  test('of a mean loss in eight clusters, where rows alone would claim far too much', () => {
    const clustered = (isAware: boolean) =>
      coverage((random) => {
        const means = Array.from({ length: 8 }, () => 3 + random.normal());
        const losses = Array.from({ length: 160 }, (_, i) => means[i % 8]! + random.normal(0, 0.3));
        const mean = meanInfluence(losses);
        const clusters = Int32Array.from(losses, (_, i) => i % 8);
        return positiveInterval(mean.value, uncertainty(mean, isAware ? clusters : undefined));
      }, 3);
    expect(clustered(true)).toBeGreaterThan(0.92);
    expect(clustered(false)).toBeLessThan(0.6);
  });

  test('of probabilities that are true, whose calibration error is 0', () => {
    const held = coverage((random) => {
      const probabilities = Array.from({ length: 200 }, () => random.uniform());
      const actual = probabilities.map((p) => (random.uniform() < p ? 1 : 0));
      const error = calibrationErrorInfluence(actual, probabilities);
      const [low, high] = symmetricInterval(error.value, uncertainty(error));
      return [low - chanceCalibrationError(actual, probabilities), high];
    }, 0);
    expect(held).toBeGreaterThan(0.92);
  });

  test('of a median', () => {
    const held = coverage(
      (random) => medianInfluence(Array.from({ length: 60 }, () => Math.exp(random.normal()))).interval,
      1,
    );
    expect(held).toBeGreaterThan(0.92);
  });
});

test('an interval of all right says how many rows said so', () => {
  const all = uncertaintyOf(new Float64Array(10));
  const [low, high] = shareInterval(1, all, 3000);
  expect(high).toBe(1);
  expect(low).toBeGreaterThan(0.99);
  expect(shareInterval(1, all, 10)[0]).toBeLessThan(0.75);
  expect(shareInterval(0.5, all, 10)).toEqual([0.5, 0.5]);
});
