/**
 * How good is the sentiment model? Measured on rows that nothing was fitted on, beside what anyone could have had for
 * less: always guessing the larger class, and logistic regression on words (TF-IDF).
 */
import type { Random } from '@gradus/base';
import {
  accuracy,
  bootstrapInterval,
  confusionMatrix,
  expectedCalibrationError,
  macroF1,
  mcnemar,
  type ReliabilityBin,
  reliabilityBins,
  rocAuc,
  wilsonInterval,
} from '@gradus/stats';
import type { Estimate } from './input.ts';

export interface ClassifierScores {
  readonly accuracy: Estimate;
  readonly macroF1: Estimate;
  /** Null when the held-out rows hold one class only. */
  readonly auc: Estimate | null;
}

export interface SentimentEvaluation extends ClassifierScores {
  /** Held-out rows. */
  readonly n: number;
  readonly trainedOn: number;
  /** By name: `majority`, `tfidfLogistic`. */
  readonly baselines: Readonly<Record<string, ClassifierScores>>;
  /** The baseline with the highest accuracy. */
  readonly bestBaseline: string;
  /** Of the difference from the best baseline, row by row (McNemar's exact test, two-sided). */
  readonly pValue: number;
  /** More accurate than every baseline, beyond chance. */
  readonly beatsBaseline: boolean;
  /** By actual (dissatisfied, satisfied), then by predicted class. */
  readonly confusion: readonly (readonly number[])[];
  readonly reliability: readonly ReliabilityBin[];
  readonly calibrationError: number;
  /** What the logits were divided by. */
  readonly temperature: number;
}

/** How the model stands against its best baseline, chance considered. */
export type Standing = 'better' | 'alike' | 'worse';

/** @param gain accuracy less the best baseline's */
export function standingOf(gain: number, pValue: number): Standing {
  if (pValue > SIGNIFICANT || gain === 0) return 'alike';
  return gain > 0 ? 'better' : 'worse';
}

export interface HeldOut {
  /** 1 satisfied, 0 dissatisfied. */
  readonly labels: ArrayLike<number>;
  /** The model's calibrated probability of 1. */
  readonly probabilities: ArrayLike<number>;
  /** Each baseline's probability of 1 on the same rows. */
  readonly baselines: Readonly<Record<string, ArrayLike<number>>>;
  readonly temperature: number;
  readonly trainedOn: number;
}

const SIGNIFICANT = 0.05;

export function evaluateSentiment(heldOut: HeldOut, random: Random): SentimentEvaluation {
  const { labels, probabilities, temperature, trainedOn } = heldOut;
  const names = Object.keys(heldOut.baselines);
  if (names.length === 0)
    throw new RangeError('A model is judged beside at least one baseline; none was given');
  const baselines = Object.fromEntries(
    names.map((name) => [name, scoresOf(labels, heldOut.baselines[name]!, random.fork(name))]),
  );
  const bestBaseline = names.reduce((best, name) =>
    baselines[name]!.accuracy.value > baselines[best]!.accuracy.value ? name : best,
  );
  const own = scoresOf(labels, probabilities, random.fork('model'));
  const { pValue } = mcnemar(
    correct(labels, probabilities),
    correct(labels, heldOut.baselines[bestBaseline]!),
  );
  return {
    ...own,
    n: labels.length,
    trainedOn,
    baselines,
    bestBaseline,
    pValue,
    beatsBaseline:
      standingOf(own.accuracy.value - baselines[bestBaseline]!.accuracy.value, pValue) === 'better',
    confusion: confusionMatrix(labels, decide(probabilities)),
    reliability: reliabilityBins(labels, probabilities),
    calibrationError: expectedCalibrationError(labels, probabilities),
    temperature,
  };
}

function scoresOf(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  random: Random,
): ClassifierScores {
  const n = labels.length;
  const predicted = decide(probabilities);
  const right = accuracy(labels, predicted);
  const auc = rocAuc(labels, probabilities);
  const over = (metric: typeof rocAuc, values: ArrayLike<number>) =>
    bootstrapInterval((rows) => metric(pick(labels, rows), pick(values, rows)), n, random.fork(metric.name));
  return {
    accuracy: { value: right, interval: wilsonInterval(right * n, n) },
    macroF1: { value: macroF1(labels, predicted), interval: over(macroF1, predicted) },
    auc: Number.isNaN(auc) ? null : { value: auc, interval: over(rocAuc, probabilities) },
  };
}

function decide(probabilities: ArrayLike<number>): Uint8Array {
  return Uint8Array.from(probabilities, (probability) => (probability >= 0.5 ? 1 : 0));
}

function correct(labels: ArrayLike<number>, probabilities: ArrayLike<number>): Uint8Array {
  return decide(probabilities).map((decision, i) => (decision === labels[i] ? 1 : 0));
}

function pick(values: ArrayLike<number>, rows: Int32Array): Float64Array {
  return Float64Array.from(rows, (row) => values[row]!);
}
