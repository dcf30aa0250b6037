/** Scores to answers: calibrated probabilities, or numbers within their limits. */
import { fitTemperature } from '@gradus/stats';
import { fitCalibration } from '../text/calibration.ts';
import type { Answered } from './answers.ts';
import type { TrainingTarget } from './candidates/candidate.ts';
import type { Search } from './search.ts';

/** What logits are multiplied by, and what is then added to that of two classes. */
export interface Calibration {
  readonly scale: number;
  readonly shift: number;
}

/** On rows that the scores' models have not seen: Platt's for two classes (1999), a temperature for more (Guo et al., 2017). */
export function calibrate({ target }: Search, scores: Float64Array, groups: Int32Array): Calibration {
  if (target.kind === 'numbers') return { scale: 1, shift: 0 };
  if (target.classes > 2) return { scale: 1 / fitTemperature(scores, target.labels), shift: 0 };
  const { weights, bias } = fitCalibration([Float32Array.from(scores)], target.labels, groups);
  return { scale: weights[0]!, shift: bias };
}

export interface AnswerOptions {
  readonly calibration: Calibration;
  readonly least: number | null;
  readonly most: number | null;
}

/** @param scores [rows, outputs] */
export function answersOf(
  scores: Float64Array,
  target: TrainingTarget,
  { calibration: { scale, shift }, least, most }: AnswerOptions,
): Answered {
  if (target.kind === 'numbers') {
    const low = least ?? Number.NEGATIVE_INFINITY;
    const high = most ?? Number.POSITIVE_INFINITY;
    return scores.map((score) => Math.min(high, Math.max(low, score)));
  }
  if (target.classes === 2) return scores.map((score) => 1 / (1 + Math.exp(-(scale * score + shift))));
  const { classes } = target;
  const answers = new Float64Array(scores.length);
  for (let from = 0; from < scores.length; from += classes) {
    const row = scores.subarray(from, from + classes);
    const largest = Math.max(...row);
    let total = 0;
    for (let k = 0; k < classes; k++) total += answers[from + k] = Math.exp(scale * (row[k]! - largest));
    for (let k = 0; k < classes; k++) answers[from + k]! /= total;
  }
  return answers;
}
