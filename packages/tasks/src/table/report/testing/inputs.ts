/** Reports of made-up models: two classes with all that can go wrong, five classes, and numbers. */
import { Random } from '@gradus/base';
import type { Judged } from '../../answers.ts';
import type { AbstentionOutcome } from '../../evaluation/details.ts';
import { evaluateTable } from '../../evaluation/evaluate.ts';
import type { MetricName } from '../../evaluation/metrics.ts';
import { churn, fiveClasses, prices } from '../../evaluation/testing/judged.ts';
import type { TableReportInput } from '../input.ts';

function inputOf(
  judged: Judged,
  metric: MetricName,
  more: Partial<TableReportInput> = {},
  abstention?: AbstentionOutcome,
): TableReportInput {
  const { target, answers } = judged;
  const test = target.kind === 'classes' ? target.labels.length : answers.length;
  const train = 4 * test;
  return {
    evaluation: evaluateTable(judged, { metric, trainedOn: train, abstention }),
    target:
      target.kind === 'classes'
        ? { name: target.name, kind: 'classes', classes: target.classes }
        : { name: target.name, kind: 'numbers' },
    rows: { read: 5 * test + 3, used: 5 * test, setAside: 3, train, test },
    split: { kind: 'chance', folds: 5 },
    candidates: [
      { name: 'linear', score: 0.712, chosen: false },
      { name: 'trees', score: 0.803, chosen: true },
      { name: 'mlp', score: null, chosen: false },
    ],
    leftOut: {},
    notes: [],
    ...more,
  };
}

/** Better, but not for everybody; with a promise, groups, leaks and columns that are left out. */
export function churnInput(n = 1500): TableReportInput {
  const random = new Random('slices');
  const region = Array.from({ length: n }, (_, i) => ['north', 'south', 'east', 'west', null][i % 5]!);
  const judged = churn(n, 1);
  const answers = judged.answers.map((p, i) => (i % 5 === 0 ? random.uniform() : p));
  const isGiven = Array.from(answers, (p) => Math.abs(p - 0.5) > 0.3);
  return inputOf(
    {
      ...judged,
      answers,
      slices: { region },
      times: Float64Array.from(answers, (_, i) => i),
      groups: Int32Array.from(answers, (_, i) => i >> 1),
    },
    'auc',
    {
      split: { kind: 'group', column: 'customer', groups: 3750, folds: 5 },
      leftOut: {
        customer: { code: 'group' },
        cancelled_at: { code: 'leak', leak: { code: 'too-good', score: 0.9991, metric: 'auc' } },
        status: {
          code: 'leak',
          leak: {
            code: 'level',
            level: 'closed <by agent>',
            label: 'yes',
            rows: 812,
            share: 0.987,
            base: 0.292,
          },
        },
        churned_flag: { code: 'leak', leak: { code: 'copy' } },
        row_id: { code: 'identifier' },
        country: { code: 'constant', value: 'DE' },
        comment: { code: 'empty' },
      },
      missing: { income: 0.72, age: 0.03 },
      notes: [{ en: '3 rows without a value of churned were set aside.', zh: '3 行缺少 churned，已搁置。' }],
    },
    { errorRate: 0.1, isGiven },
  );
}

/** Few rows, and no better than its linear model. */
export function fiveClassInput(n = 200): TableReportInput {
  const judged = fiveClasses(n, new Random(5));
  return inputOf({ ...judged, answers: judged.baselines.linear! }, 'accuracy', {
    split: {
      kind: 'time',
      column: 'opened',
      from: Date.UTC(2024, 9, 1),
      to: Date.UTC(2024, 11, 31),
      folds: 4,
    },
  });
}

/** Better, with ranges that hold too little, tested on few groups. */
export function priceInput(n = 2000): TableReportInput {
  const judged = prices(n);
  return inputOf(
    {
      ...judged,
      low: judged.answers.map((answer) => answer - 10),
      high: judged.answers.map((answer) => answer + 10),
      groups: Int32Array.from(judged.answers, (_, i) => i % 6),
      slices: { kind: Array.from(judged.answers, (answer) => (answer > 150 ? 'house' : 'flat')) },
    },
    'rmse',
    { split: { kind: 'given', folds: 1 } },
  );
}
