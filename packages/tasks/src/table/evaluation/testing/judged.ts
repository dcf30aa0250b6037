/** Models of made-up tables to judge: two classes, five, and numbers. */
import { Random } from '@gradus/base';
import type { Judged } from '../../answers.ts';
import type { ClassTarget, NumberTarget } from '../../columns.ts';

export const classTarget = (labels: readonly number[], classes = ['no', 'yes']): ClassTarget => ({
  kind: 'classes',
  name: 'churned',
  classes,
  labels: Int32Array.from(labels),
});

export const numberTarget = (values: readonly number[]): NumberTarget => ({
  kind: 'numbers',
  name: 'price',
  values: Float64Array.from(values),
  decimal: '.',
  nature: 'number',
});

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** Two classes: the model knows `skill` of the log-odds, the linear model half of it. */
export function churn(n: number, skill: number, more: Partial<Judged> = {}): Judged {
  const random = new Random('churn');
  const odds = Array.from({ length: n }, () => random.normal(-1, 1.5));
  const labels: number[] = odds.map((odd) => (random.uniform() < sigmoid(odd) ? 1 : 0));
  return {
    target: classTarget(labels),
    answers: Float64Array.from(odds, (odd) => sigmoid(-1 + skill * (odd + 1))),
    baselines: {
      majority: new Float64Array(n).fill(labels.reduce((sum, label) => sum + label, 0) / n),
      linear: Float64Array.from(odds, (odd) => sigmoid(-1 + 0.5 * (odd + 1) + random.normal())),
    },
    slices: {},
    ...more,
  };
}

/** Skills of log-odds for the right class: the model 2, the linear model 1. */
export function fiveClasses(n: number, random: Random, more: Partial<Judged> = {}): Judged {
  const classes = ['a', 'b', 'c', 'd', 'e'];
  const labels = Array.from({ length: n }, () => random.below(5));
  const softmax = (skill: number) =>
    Float64Array.from(
      labels.flatMap((label) => {
        const raw = classes.map((_, k) => Math.exp(random.normal() + (k === label ? skill : 0)));
        const sum = raw.reduce((a, b) => a + b);
        return raw.map((each) => each / sum);
      }),
    );
  return {
    target: classTarget(labels, classes),
    answers: softmax(2),
    baselines: { majority: new Float64Array(5 * n).fill(0.2), linear: softmax(1) },
    slices: {},
    ...more,
  };
}

/** Predicted to ±10; intervals of 90 % of a normal error. */
export function prices(n: number, more: Partial<Judged> = {}): Judged {
  const random = new Random('prices');
  const answers = Float64Array.from({ length: n }, () => random.uniform(60, 200));
  return {
    target: numberTarget(Array.from(answers, (answer) => answer + random.normal(0, 10))),
    answers,
    low: answers.map((answer) => answer - 16.45),
    high: answers.map((answer) => answer + 16.45),
    baselines: { mean: new Float64Array(n).fill(130), linear: answers.map((answer) => 1.2 * answer) },
    slices: {},
    ...more,
  };
}
