/**
 * The figures of answers to held-out rows, for each kind of answers: which are shown, what decides between two models, and
 * what may not become worse. What decides sees how far off a model was, row by row, and not only whether it was right.
 */
import {
  accuracy,
  expectedCalibrationError,
  logLoss,
  logLosses,
  macroF1,
  meanAbsoluteError,
  rootMeanSquaredError,
} from '@gradus/stats';
import { calibrated } from './classifier.ts';
import type { Answers, AnswersOf } from './held-out.ts';
import { decide, hits, pickRows, widthOf } from './probabilities.ts';

export interface Figures {
  /** The name of the figure that decides; `losses` are tested, of which it is the mean (of rmse, the root of the mean). */
  readonly deciding: string;
  /** Of the deciding figure more is better. */
  readonly isGain: boolean;
  readonly losses: readonly number[];
  /** 1 where a row was answered right, of answers that are right or wrong. */
  readonly hits?: readonly number[];
  /** The figure that slices show. */
  readonly ofSlice: { readonly metric: string; readonly value: number; readonly isGain: boolean };
  /** The true answers, as text: two runs can be compared where these are the same. */
  readonly truth: string;
  /** All figures by name, the deciding one among them. */
  metrics(): Readonly<Record<string, number>>;
  /** The figures of some of the rows. */
  of(rows: readonly number[]): Figures;
}

const KINDS: { readonly [K in Answers['kind']]: (answers: AnswersOf<K>) => Figures } = {
  classes: figuresOfClasses,
  values: figuresOfValues,
  scores: figuresOfScores,
};

export function figuresOf<K extends Answers['kind']>(answers: AnswersOf<K>): Figures {
  return KINDS[answers.kind as K](answers);
}

function figuresOfClasses(answers: AnswersOf<'classes'>): Figures {
  const { classes, labels, probabilities } = answers;
  const k = classes.length;
  const decisions = decide(probabilities, k);
  const right = accuracy(labels, decisions);
  return {
    deciding: 'logLoss',
    isGain: false,
    losses: Array.from(logLosses(labels, probabilities, k)),
    hits: Array.from(hits(labels, probabilities, k)),
    ofSlice: { metric: 'accuracy', value: right, isGain: true },
    truth: JSON.stringify([classes, labels]),
    metrics: () => ({
      accuracy: right,
      macroF1: macroF1(labels, decisions, k),
      logLoss: logLoss(labels, probabilities, k),
      calibrationError: expectedCalibrationError(...calibrated(labels, probabilities, k)),
    }),
    of: (rows) =>
      figuresOfClasses({
        ...answers,
        labels: Array.from(pickRows(labels, rows)),
        probabilities: Array.from(pickRows(probabilities, rows, widthOf(k))),
      }),
  };
}

function figuresOfValues(answers: AnswersOf<'values'>): Figures {
  const { actual, predicted, deciding = 'mae' } = answers;
  const errors = {
    mae: meanAbsoluteError(actual, predicted),
    rmse: rootMeanSquaredError(actual, predicted),
  };
  const power = deciding === 'mae' ? 1 : 2;
  return {
    deciding,
    isGain: false,
    losses: actual.map((value, i) => Math.abs(value - predicted[i]!) ** power),
    ofSlice: { metric: deciding, value: errors[deciding], isGain: false },
    truth: JSON.stringify(actual),
    metrics: () => errors,
    of: (rows) =>
      figuresOfValues({
        ...answers,
        actual: Array.from(pickRows(actual, rows)),
        predicted: Array.from(pickRows(predicted, rows)),
      }),
  };
}

function figuresOfScores({ kind, metric, scores }: AnswersOf<'scores'>): Figures {
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length;
  return {
    deciding: metric,
    isGain: true,
    losses: scores,
    ofSlice: { metric, value: mean, isGain: true },
    truth: JSON.stringify([metric, scores.length]),
    metrics: () => ({ [metric]: mean }),
    of: (rows) => figuresOfScores({ kind, metric, scores: Array.from(pickRows(scores, rows)) }),
  };
}
