/**
 * How good is a classifier? Measured on rows that nothing was fitted on, beside what anyone could have had for less
 * (baselines), with intervals, and with a test of whether it beats the best of them beyond chance.
 */
import type { Random } from '@gradus/base';
import {
  accuracy,
  bootstrapInterval,
  confusionMatrix,
  expectedCalibrationError,
  macroF1,
  mcnemar,
  type Numbers,
  type ReliabilityBin,
  reliabilityBins,
  rocAuc,
  wilsonInterval,
} from '@gradus/stats';
import type { Estimate } from './estimate.ts';
import { confidences, decide, hits, pickRows } from './probabilities.ts';
import { type Standing, standingOf } from './standing.ts';

export interface ClassifierScores {
  readonly accuracy: Estimate;
  readonly macroF1: Estimate;
  /** Null when the held-out rows hold one class only, and of more than two classes. */
  readonly auc: Estimate | null;
}

export interface ClassifierEvaluation extends ClassifierScores {
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
  /** Against always guessing the larger class, tested alike: whether the model tells anything at all. */
  readonly majority: { readonly pValue: number; readonly standing: Standing };
  /** By actual, then by predicted class. */
  readonly confusion: readonly (readonly number[])[];
  /** Of the probability of class 1; of more than two classes, of the likeliest class. */
  readonly reliability: readonly ReliabilityBin[];
  readonly calibrationError: number;
  /** What the logits were divided by. */
  readonly temperature: number;
}

/** What a classifier said of rows that nothing was fitted on. */
export interface HeldOutAnswers {
  /** Class indices. */
  readonly labels: Numbers;
  /** Calibrated: of class 1 [n], or of each of more classes [n, classes]. */
  readonly probabilities: Numbers;
  /** Each baseline's probabilities for the same rows. */
  readonly baselines: Readonly<Record<string, Numbers>>;
  readonly temperature: number;
  readonly trainedOn: number;
  /** Default 2. */
  readonly classes?: number;
}

export function evaluateClassifier(heldOut: HeldOutAnswers, random: Random): ClassifierEvaluation {
  const { labels, probabilities, temperature, trainedOn, classes = 2 } = heldOut;
  const names = Object.keys(heldOut.baselines);
  if (names.length === 0)
    throw new RangeError('A model is judged beside at least one baseline; none was given');
  const baselines = Object.fromEntries(
    names.map((name) => [name, scoresOf(labels, heldOut.baselines[name]!, classes, random.fork(name))]),
  );
  const bestBaseline = names.reduce((best, name) =>
    baselines[name]!.accuracy.value > baselines[best]!.accuracy.value ? name : best,
  );
  const own = scoresOf(labels, probabilities, classes, random.fork('model'));
  const against = (baseline: Numbers) => {
    const [ownHits, others] = [hits(labels, probabilities, classes), hits(labels, baseline, classes)];
    const { pValue } = mcnemar(ownHits, others);
    const gain = ownHits.reduce((sum, hit, i) => sum + hit - others[i]!, 0);
    return { pValue, standing: standingOf(gain, pValue) };
  };
  const { pValue, standing } = against(heldOut.baselines[bestBaseline]!);
  const [events, chances] = calibrated(labels, probabilities, classes);
  return {
    ...own,
    n: labels.length,
    trainedOn,
    baselines,
    bestBaseline,
    pValue,
    beatsBaseline: standing === 'better',
    majority: against(heldOut.baselines.majority ?? majorityOf(labels, classes)),
    confusion: confusionMatrix(labels, decide(probabilities, classes), classes),
    reliability: reliabilityBins(events, chances),
    calibrationError: expectedCalibrationError(events, chances),
    temperature,
  };
}

/** Of a caller that gives no such baseline: the larger class of the held-out rows themselves, the best that guessing can do. */
function majorityOf(labels: Numbers, classes: number): Numbers {
  const counts = new Float64Array(classes);
  for (let i = 0; i < labels.length; i++) counts[labels[i]!]! += 1;
  const shares = classes === 2 ? counts.slice(1) : counts;
  return Float64Array.from(
    { length: labels.length * shares.length },
    (_, i) => shares[i % shares.length]! / labels.length,
  );
}

/** What either happened or not, and how likely it was said to be. */
export function calibrated(
  labels: Numbers,
  probabilities: Numbers,
  classes: number,
): [events: Numbers, chances: Numbers] {
  return classes === 2
    ? [labels, probabilities]
    : [hits(labels, probabilities, classes), confidences(probabilities, classes)];
}

function scoresOf(
  labels: Numbers,
  probabilities: Numbers,
  classes: number,
  random: Random,
): ClassifierScores {
  const n = labels.length;
  const predicted = decide(probabilities, classes);
  const right = accuracy(labels, predicted);
  const auc = classes === 2 ? rocAuc(labels, probabilities) : Number.NaN;
  const over = (name: string, metric: typeof rocAuc, values: Numbers) =>
    bootstrapInterval((rows) => metric(pickRows(labels, rows), pickRows(values, rows)), n, random.fork(name));
  const f1 = (actual: Numbers, decisions: Numbers) => macroF1(actual, decisions, classes);
  return {
    accuracy: { value: right, interval: wilsonInterval(right * n, n) },
    macroF1: { value: f1(labels, predicted), interval: over('macroF1', f1, predicted) },
    auc: Number.isNaN(auc) ? null : { value: auc, interval: over('rocAuc', rocAuc, probabilities) },
  };
}
