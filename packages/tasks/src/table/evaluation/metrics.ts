/** The figures that a model of a table is known by: two tables, of classes and of numbers, that all else walks. */
import { type Localized, percent, significant, UserError } from '@gradus/base';
import {
  aucInfluence,
  averagePrecisionInfluence,
  calibrationErrorInfluence,
  chanceCalibrationError,
  type Influenced,
  macroF1Influence,
  meanInfluence,
  medianInfluence,
  r2Influence,
} from '@gradus/stats';
import { calibrated } from '../../shared/classifier.ts';
import { decide, hits } from '../../shared/probabilities.ts';
import { same } from '../../shared/words.ts';
import type { Target } from '../columns.ts';
import { absoluteErrors, brierLosses, logLosses, percentageErrors, squaredErrors } from '../losses.ts';
import type { ClassRows, NumberRows, Rows } from './rows.ts';

export type ClassMetricName =
  | 'auc'
  | 'averagePrecision'
  | 'accuracy'
  | 'error'
  | 'logLoss'
  | 'brier'
  | 'macroF1'
  | 'calibrationError';
export type NumberMetricName = 'rmse' | 'mae' | 'r2' | 'medianAbsoluteError' | 'mape';
export type MetricName = ClassMetricName | NumberMetricName;

/** A loss that rows have one by one, and its name in sentences. */
export interface Loss<R extends Rows = Rows> {
  readonly title: Localized;
  of(rows: R): Float64Array;
}

interface Metric<R extends Rows> {
  /** As it stands within a sentence. */
  readonly title: Localized;
  /** What it means, in plain words: "the share of …". */
  readonly about: Localized;
  readonly isGain: boolean;
  /** `share`: between 0 and 1; `positive`: never below 0; `free`: any number. */
  readonly range: 'share' | 'positive' | 'most one';
  /** What is compared with a baseline where this is the chosen figure. */
  readonly loss: Loss<R>;
  format(value: number): string;
  /** The value is NaN where the rows cannot tell it. */
  measure(rows: R): Influenced;
  /** How much of the value chance alone may have added; the interval reaches down by as much. Default: nothing. */
  chance?(rows: R): number;
  /** What it can be told of. Default: any. */
  fits?(target: Target): boolean;
}

/** More classes than this have no AUC. */
const MOST_CLASSES = 20;

/** Without the sign of a zero. */
const three = (value: number): string => value.toFixed(3).replace(/^-(?=0\.0+$)/, '');

const LOG_LOSS: Loss<ClassRows> = { title: { en: 'log loss', zh: '对数损失' }, of: logLosses };
const BRIER: Loss<ClassRows> = { title: { en: 'Brier score', zh: 'Brier 分数' }, of: brierLosses };
const SQUARED: Loss<NumberRows> = { title: { en: 'mean squared error', zh: '均方误差' }, of: squaredErrors };
const ABSOLUTE: Loss<NumberRows> = {
  title: { en: 'mean absolute error', zh: '平均绝对误差' },
  of: absoluteErrors,
};
const PERCENTAGE: Loss<NumberRows> = {
  title: { en: 'mean percentage error', zh: '平均百分比误差' },
  of: percentageErrors,
};

const ofHits = ({ truth, answers, classes, weights }: ClassRows, right: 0 | 1): Influenced =>
  meanInfluence(
    hits(truth, answers, classes).map((hit) => (hit === right ? 1 : 0)),
    weights,
  );

const meanOf =
  <R extends Rows>({ of }: Loss<R>) =>
  (rows: R): Influenced =>
    meanInfluence(of(rows), rows.weights);

const share = { range: 'share', loss: LOG_LOSS, format: percent } as const;

const CLASS_METRICS: Readonly<Record<ClassMetricName, Metric<ClassRows>>> = {
  auc: {
    ...share,
    title: same('ROC AUC'),
    about: {
      en: 'how often a row of a class gets a higher probability of it than a row of another class: 1 is always, 0.5 is chance.',
      zh: '属于某类的行获得该类概率高于其他行的比例：1 为总是，0.5 为随机。',
    },
    isGain: true,
    format: three,
    measure: auc,
    fits: (target) => target.kind === 'classes' && target.classes.length <= MOST_CLASSES,
  },
  averagePrecision: {
    ...share,
    title: { en: 'average precision', zh: '平均精确率' },
    about: {
      en: 'how pure the top of the list is when rows are ordered by probability: 1 is perfect; by chance it is the share of the class.',
      zh: '按概率排序时列表前部有多准：1 为完美；随机排序时等于该类的占比。',
    },
    isGain: true,
    format: three,
    measure: ({ truth, answers, weights }) => averagePrecisionInfluence(truth, answers, weights),
    fits: (target) => target.kind === 'classes' && target.classes.length === 2,
  },
  accuracy: {
    ...share,
    title: { en: 'accuracy', zh: '准确率' },
    about: {
      en: 'the share of rows that get the right class.',
      zh: '判对类别的行所占比例。',
    },
    isGain: true,
    measure: (rows) => ofHits(rows, 1),
  },
  error: {
    ...share,
    title: { en: 'error rate', zh: '错误率' },
    about: {
      en: 'the share of rows that get a wrong class.',
      zh: '判错类别的行所占比例。',
    },
    isGain: false,
    measure: (rows) => ofHits(rows, 0),
  },
  logLoss: {
    title: { en: 'log loss', zh: '对数损失' },
    about: {
      en: 'how far the probabilities are from what came true; sure mistakes cost most, and 0 is perfect.',
      zh: '概率与实际结果的差距；越自信的错误代价越大，0 为完美。',
    },
    isGain: false,
    range: 'positive',
    loss: LOG_LOSS,
    format: three,
    measure: meanOf(LOG_LOSS),
  },
  brier: {
    title: BRIER.title,
    about: {
      en: 'the mean squared distance of the probabilities from what came true; 0 is perfect.',
      zh: '概率与实际结果之差的平方的平均；0 为完美。',
    },
    isGain: false,
    range: 'positive',
    loss: BRIER,
    format: three,
    measure: meanOf(BRIER),
  },
  macroF1: {
    ...share,
    title: { en: 'macro F1', zh: '宏平均 F1' },
    about: {
      en: 'right and complete answers in one figure, each class counting the same; 1 is perfect.',
      zh: '兼顾判得准与找得全，各类别同等重要；1 为完美。',
    },
    isGain: true,
    format: three,
    measure: ({ truth, answers, classes, weights }) =>
      macroF1Influence(truth, decide(answers, classes), classes, weights),
  },
  calibrationError: {
    ...share,
    title: { en: 'calibration error', zh: '校准误差' },
    about: {
      en: 'by how much probabilities are off on average: among rows said to be 80% likely, 80 of 100 should come true.',
      zh: '概率平均偏差多少：说有 80% 可能的数据，每 100 行应有 80 行成真。',
    },
    isGain: false,
    measure: ({ truth, answers, classes, weights }) =>
      calibrationErrorInfluence(...calibrated(truth, answers, classes), weights),
    chance: ({ truth, answers, classes, weights, clusters }) =>
      chanceCalibrationError(...calibrated(truth, answers, classes), weights, clusters),
  },
};

const NUMBER_METRICS: Readonly<Record<NumberMetricName, Metric<NumberRows>>> = {
  rmse: {
    title: { en: 'root mean squared error', zh: '均方根误差' },
    about: {
      en: 'the typical error, in the unit of what is predicted; large errors count most, and 0 is perfect.',
      zh: '典型误差，单位与预测值相同；大误差影响更大，0 为完美。',
    },
    isGain: false,
    range: 'positive',
    loss: SQUARED,
    format: significant,
    measure: (rows) => {
      const { value, influence } = meanOf(SQUARED)(rows);
      const root = Math.sqrt(value);
      return { value: root, influence: influence.map((each) => (root === 0 ? 0 : each / (2 * root))) };
    },
  },
  mae: {
    title: { en: 'mean absolute error', zh: '平均绝对误差' },
    about: {
      en: 'by how much answers are off on average, in the unit of what is predicted.',
      zh: '答案平均偏差多少，单位与预测值相同。',
    },
    isGain: false,
    range: 'positive',
    loss: ABSOLUTE,
    format: significant,
    measure: meanOf(ABSOLUTE),
  },
  r2: {
    title: same('R²'),
    about: {
      en: 'the share of the differences between rows that is explained: 1 is all, 0 is no better than the mean.',
      zh: '行与行之间差异被解释的比例：1 为全部，0 为不比平均值更好。',
    },
    isGain: true,
    range: 'most one',
    loss: SQUARED,
    format: three,
    measure: ({ truth, answers, weights }) => r2Influence(truth, answers, weights),
  },
  medianAbsoluteError: {
    title: { en: 'median absolute error', zh: '绝对误差中位数' },
    about: {
      en: 'half of the answers are off by less.',
      zh: '一半答案的误差小于它。',
    },
    isGain: false,
    range: 'positive',
    loss: ABSOLUTE,
    format: significant,
    measure: (rows) => medianInfluence(absoluteErrors(rows), rows.weights, rows.clusters),
  },
  mape: {
    title: { en: 'mean percentage error', zh: '平均百分比误差' },
    about: {
      en: 'by how much answers are off on average, as a share of the true value.',
      zh: '答案平均偏差占真实值的比例。',
    },
    isGain: false,
    range: 'positive',
    loss: PERCENTAGE,
    format: percent,
    measure: meanOf(PERCENTAGE),
    fits: (target) => target.kind === 'numbers' && target.values.every((value) => value > 0),
  },
};

const METRICS = { ...CLASS_METRICS, ...NUMBER_METRICS };

/** Of more than two classes each against all others, averaged over those that occur. */
function auc({ classes, truth, answers, weights }: ClassRows): Influenced {
  if (classes === 2) return aucInfluence(truth, answers, weights);
  const n = truth.length;
  const influence = new Float64Array(n);
  let [value, occurring] = [0, 0];
  for (let k = 0; k < classes; k++) {
    const isClass = Uint8Array.from(truth, (label) => (label === k ? 1 : 0));
    const scores = Float64Array.from({ length: n }, (_, row) => answers[row * classes + k]!);
    const each = aucInfluence(isClass, scores, weights);
    if (Number.isNaN(each.value)) continue;
    occurring += 1;
    value += each.value;
    for (let i = 0; i < n; i++) influence[i]! += each.influence[i]!;
  }
  return { value: value / occurring, influence: influence.map((each) => each / occurring) };
}

/** What a metric is called and how it is written and read, whatever it is of. */
export const metricOf = (name: MetricName): Omit<Metric<never>, 'measure' | 'chance' | 'loss' | 'fits'> =>
  METRICS[name];

/** A metric's name for people to read; one without is shown by its own name. */
export const metricNamed = (name: string): Localized =>
  Object.hasOwn(METRICS, name) ? METRICS[name as MetricName].title : same(name);

export const measure = (name: MetricName, rows: Rows): Influenced =>
  rows.kind === 'classes'
    ? CLASS_METRICS[name as ClassMetricName].measure(rows)
    : NUMBER_METRICS[name as NumberMetricName].measure(rows);

/** How much of a figure's value chance alone may have added. */
export const chanceOf = (name: MetricName, rows: Rows): number =>
  (rows.kind === 'classes'
    ? CLASS_METRICS[name as ClassMetricName].chance?.(rows)
    : NUMBER_METRICS[name as NumberMetricName].chance?.(rows)) ?? 0;

/** The loss that two models are compared by where the metric is the chosen one, row by row. */
export function lossesOf(name: MetricName, rows: Rows): { title: Localized; losses: Float64Array } {
  if (rows.kind === 'classes') {
    const { title, of } = CLASS_METRICS[name as ClassMetricName].loss;
    return { title, losses: of(rows) };
  }
  const { title, of } = NUMBER_METRICS[name as NumberMetricName].loss;
  return { title, losses: of(rows) };
}

/** What can be measured of answers to this target. */
export function metricNames(target: Target): MetricName[] {
  const table = target.kind === 'classes' ? CLASS_METRICS : NUMBER_METRICS;
  return (Object.keys(table) as MetricName[]).filter((name) => METRICS[name].fits?.(target) ?? true);
}

export function defaultMetric(target: Target): MetricName {
  if (target.kind === 'numbers') return 'rmse';
  return target.classes.length === 2 ? 'auc' : 'accuracy';
}

/** @throws UserError where no such figure can be measured of this target; it lists those that can */
export function requireMetric(name: string, target: Target): MetricName {
  const names = metricNames(target);
  const known = names.find((each) => each === name);
  if (known) return known;
  const classes = target.kind === 'classes' ? target.classes.length : 0;
  throw new UserError({
    en: `--metric ${name} cannot be measured of ${target.name}, which holds ${classes > 0 ? `${classes} classes` : 'numbers'}. Choose one of: ${names.join(', ')}.`,
    zh: `无法对 ${target.name}（${classes > 0 ? `${classes} 个类别` : '数值'}）计算 --metric ${name}。可选：${names.join('、')}。`,
  });
}
