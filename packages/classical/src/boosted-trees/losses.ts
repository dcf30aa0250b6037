/**
 * What boosting minimises: for each loss its first and second derivative by the score, the best constant score, and what a score
 * means. Scores are on the scale where trees add up: log-odds for classes, logarithms for counts.
 *
 * A table: `squared`, `absolute` and `quantile` for numbers (Friedman, 2001), `poisson`, `gamma` and `tweedie` for counts and
 * amounts with a logarithmic link (McCullagh and Nelder, 1989), `logistic` and `softmax` for classes, `lambdarank` for order
 * (Burges, 2010), `cox` for survival (Cox, 1972; Breslow's treatment of ties).
 */
import { UserError } from '@gradus/base';
import { coxLoss } from './cox.ts';
import { EXPONENTIALS, exponentials } from './exponentials.ts';
import { lambdaRankLoss } from './lambda-rank.ts';
import type { TreeLoss, TreeTarget } from './loss.ts';
import { quantileOf } from './weighted-quantile.ts';

/** Losses by name; `classes` for softmax, `level` for quantile (0 to 1), `power` for tweedie (1 to 2). */
export type LossName =
  | 'squared'
  | 'absolute'
  | 'logistic'
  | 'poisson'
  | 'gamma'
  | 'lambdarank'
  | 'cox'
  | { readonly softmax: number }
  | { readonly quantile: number }
  | { readonly tweedie: number };

export function lossOf(name: LossName): TreeLoss {
  if (typeof name === 'string') return LOSSES[name]();
  if ('softmax' in name) return softmaxLoss(name.softmax);
  if ('quantile' in name) return quantileLoss('quantile', name.quantile);
  return tweedieLoss(name.tweedie);
}

const weightOf = ({ weights }: TreeTarget, row: number): number => (weights ? weights[row]! : 1);

function weightedMean(target: TreeTarget, at: (row: number) => number): number {
  let [sum, weight] = [0, 0];
  for (let row = 0; row < target.values.length; row++) {
    const w = weightOf(target, row);
    sum += w * at(row);
    weight += w;
  }
  return sum / weight;
}

const wrongTarget = (row: number, value: number, en: string, zh: string) =>
  new UserError({
    en: `Row ${row + 1} has the target ${value}; expected ${en}.`,
    zh: `第 ${row + 1} 行的目标值为 ${value}；应为${zh}。`,
  });

const checked =
  (fits: (value: number) => boolean, en: string, zh: string) =>
  ({ values }: TreeTarget): void => {
    for (let row = 0; row < values.length; row++) {
      if (!fits(values[row]!)) throw wrongTarget(row, values[row]!, en, zh);
    }
  };

const finite = checked(Number.isFinite, 'a finite number', '有限的数值');

/** A loss of one score, from its derivatives at one row. */
interface Pointwise {
  readonly name: string;
  readonly check: TreeLoss['check'];
  readonly constant: (target: TreeTarget) => number;
  /** The derivatives take e to so many times the score, which is computed for many rows at once. */
  readonly exponent?: 1 | -1;
  readonly gradient: (y: number, score: number, exponential: number) => number;
  readonly hessian: (y: number, score: number, exponential: number) => number;
  readonly value: (y: number, score: number) => number;
  readonly answer?: (score: number) => number;
  readonly leafQuantile?: number;
}

function pointwise({ exponent, gradient, hessian, value, constant, answer, ...rest }: Pointwise): TreeLoss {
  return {
    ...rest,
    outputs: 1,
    constant: (target) => Float64Array.of(constant(target)),
    derivatives({ values: targets, weights }, scores, [{ gradients, hessians }]) {
      const { values, exponentiate } = exponentials();
      for (let from = 0; from < scores.length; from += EXPONENTIALS) {
        const count = Math.min(EXPONENTIALS, scores.length - from);
        if (exponent) {
          for (let i = 0; i < count; i++) values[i] = exponent * scores[from + i]!;
          exponentiate(count);
        }
        for (let i = 0; i < count; i++) {
          const row = from + i;
          const y = targets[row]!;
          const score = scores[row]!;
          const exponential = values[i]!;
          const weight = weights ? weights[row]! : 1;
          gradients[row] = weight * gradient(y, score, exponential);
          hessians[row] = weight * hessian(y, score, exponential);
        }
      }
    },
    value: (target, scores) => weightedMean(target, (row) => value(target.values[row]!, scores[row]!)),
    answer(scores) {
      if (answer) for (let i = 0; i < scores.length; i++) scores[i] = answer(scores[i]!);
    },
  };
}

const sigmoid = (score: number): number => 1 / (1 + Math.exp(-score));
const softplus = (score: number): number => Math.max(score, 0) + Math.log1p(Math.exp(-Math.abs(score)));
/** Probabilities of 0 and 1 have no finite log-odds, and counts of 0 no logarithm. */
const SMALLEST = 1e-15;

const squaredLoss = (): TreeLoss =>
  pointwise({
    name: 'squared',
    check: finite,
    constant: (target) => weightedMean(target, (row) => target.values[row]!),
    gradient: (y, score) => score - y,
    hessian: () => 1,
    value: (y, score) => (score - y) ** 2,
  });

function quantileLoss(name: string, level: number): TreeLoss {
  if (!(level > 0 && level < 1)) {
    throw new UserError({
      en: `The level of a quantile is ${level}; expected a number between 0 and 1.`,
      zh: `分位数水平为 ${level}；应在 0 与 1 之间。`,
    });
  }
  return pointwise({
    name,
    check: finite,
    constant: ({ values, weights }) => quantileOf(values, weights, level),
    gradient: (y, score) => (score >= y ? 1 - level : -level),
    hessian: () => 1,
    value: (y, score) => (y >= score ? level * (y - score) : (1 - level) * (score - y)),
    leafQuantile: level,
  });
}

const logisticLoss = (): TreeLoss =>
  pointwise({
    name: 'logistic',
    check: checked((y) => y === 0 || y === 1, '0 or 1', ' 0 或 1'),
    constant: (target) => {
      const share = weightedMean(target, (row) => target.values[row]!);
      const bounded = Math.min(1 - SMALLEST, Math.max(SMALLEST, share));
      return Math.log(bounded / (1 - bounded));
    },
    exponent: -1,
    gradient: (y, _, e) => 1 / (1 + e) - y,
    hessian: (_, __, e) => {
      const p = 1 / (1 + e);
      return Math.max(p * (1 - p), 1e-16);
    },
    value: (y, score) => softplus(score) - y * score,
    answer: sigmoid,
  });

const logMean = (target: TreeTarget): number =>
  Math.log(
    Math.max(
      SMALLEST,
      weightedMean(target, (row) => target.values[row]!),
    ),
  );

/** LightGBM's: a step of counts is no longer than that of a count e^0.7 as high. */
const LONGEST_POISSON_STEP = 0.7;

const poissonLoss = (): TreeLoss =>
  pointwise({
    name: 'poisson',
    check: checked((y) => Number.isFinite(y) && y >= 0, 'a number from 0 up', '不小于 0 的数值'),
    constant: logMean,
    exponent: 1,
    gradient: (y, _, e) => e - y,
    hessian: (_, __, e) => e * Math.exp(LONGEST_POISSON_STEP),
    value: (y, score) => Math.exp(score) - y * score,
    answer: Math.exp,
  });

const gammaLoss = (): TreeLoss =>
  pointwise({
    name: 'gamma',
    check: checked((y) => Number.isFinite(y) && y > 0, 'a number above 0', '大于 0 的数值'),
    constant: logMean,
    exponent: -1,
    gradient: (y, _, e) => 1 - y * e,
    hessian: (y, _, e) => y * e,
    value: (y, score) => y * Math.exp(-score) + score,
    answer: Math.exp,
  });

function tweedieLoss(power: number): TreeLoss {
  if (!(power > 1 && power < 2)) {
    throw new UserError({
      en: `The power of tweedie is ${power}; expected a number between 1 and 2.`,
      zh: `tweedie 的幂为 ${power}；应在 1 与 2 之间。`,
    });
  }
  return pointwise({
    name: 'tweedie',
    check: checked((y) => Number.isFinite(y) && y >= 0, 'a number from 0 up', '不小于 0 的数值'),
    constant: logMean,
    gradient: (y, score) => Math.exp((2 - power) * score) - y * Math.exp((1 - power) * score),
    hessian: (y, score) =>
      (2 - power) * Math.exp((2 - power) * score) - y * (1 - power) * Math.exp((1 - power) * score),
    value: (y, score) =>
      Math.exp((2 - power) * score) / (2 - power) - (y * Math.exp((1 - power) * score)) / (1 - power),
    answer: Math.exp,
  });
}

function softmaxLoss(classes: number): TreeLoss {
  if (!Number.isInteger(classes) || classes < 2 || classes > EXPONENTIALS) {
    throw new UserError({
      en: `softmax has ${classes} classes; expected a whole number from 2 to ${EXPONENTIALS}.`,
      zh: `softmax 的类别数为 ${classes}；应为 2 至 ${EXPONENTIALS} 之间的整数。`,
    });
  }
  /** LightGBM's factor: the second derivatives leave out how classes depend on each other. */
  const factor = classes / (classes - 1);
  const logSum = (scores: Float64Array, row: number): number => {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) largest = Math.max(largest, scores[row * classes + k]!);
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(scores[row * classes + k]! - largest);
    return largest + Math.log(sum);
  };
  return {
    name: 'softmax',
    outputs: classes,
    check: checked(
      (y) => Number.isInteger(y) && y >= 0 && y < classes,
      `a class from 0 to ${classes - 1}`,
      ` 0 到 ${classes - 1} 的类别`,
    ),
    constant(target) {
      const shares = new Float64Array(classes);
      for (let row = 0; row < target.values.length; row++)
        shares[target.values[row]!]! += weightOf(target, row);
      const total = shares.reduce((sum, share) => sum + share, 0);
      return shares.map((share) => Math.log(Math.max(SMALLEST, share / total)));
    },
    derivatives({ values: targets, weights }, scores, into) {
      const { values, exponentiate } = exponentials();
      const most = Math.floor(EXPONENTIALS / classes);
      for (let from = 0; from < targets.length; from += most) {
        const rows = Math.min(most, targets.length - from);
        const block = scores.subarray(from * classes, (from + rows) * classes);
        for (let at = 0; at < block.length; at += classes) {
          let largest = Number.NEGATIVE_INFINITY;
          for (let k = 0; k < classes; k++) largest = Math.max(largest, block[at + k]!);
          for (let k = 0; k < classes; k++) values[at + k] = block[at + k]! - largest;
        }
        exponentiate(block.length);
        for (let i = 0; i < rows; i++) {
          const row = from + i;
          let sum = 0;
          for (let k = 0; k < classes; k++) sum += values[i * classes + k]!;
          const weight = weights ? weights[row]! : 1;
          for (let k = 0; k < classes; k++) {
            const { gradients, hessians } = into[k]!;
            const p = values[i * classes + k]! / sum;
            gradients[row] = weight * (p - (targets[row] === k ? 1 : 0));
            hessians[row] = weight * Math.max(factor * p * (1 - p), 1e-16);
          }
        }
      }
    },
    value: (target, scores) =>
      weightedMean(target, (row) => logSum(scores, row) - scores[row * classes + target.values[row]!]!),
    answer(scores) {
      for (let row = 0; row * classes < scores.length; row++) {
        const all = logSum(scores, row);
        for (let k = 0; k < classes; k++) {
          scores[row * classes + k] = Math.exp(scores[row * classes + k]! - all);
        }
      }
    },
  };
}

const LOSSES: Readonly<Record<Extract<LossName, string>, () => TreeLoss>> = {
  squared: squaredLoss,
  absolute: () => quantileLoss('absolute', 0.5),
  logistic: logisticLoss,
  poisson: poissonLoss,
  gamma: gammaLoss,
  lambdarank: lambdaRankLoss,
  cox: coxLoss,
};
