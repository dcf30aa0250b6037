/**
 * How good is a model of a table? Measured on rows that nothing was fitted on, beside what anyone could have had for less
 * (guessing, a linear model). Intervals and tests count groups of rows that stand or fall together as one, and are exact sums
 * rather than resamples: a large table takes a second, and the same rows give the same figures.
 */
import { UserError } from '@gradus/base';
import { meanInfluence, pValueOf, uncertaintyOf } from '@gradus/stats';
import type { HeldOut } from '../../shared/held-out.ts';
import { widthOf } from '../../shared/probabilities.ts';
import { standingOf } from '../../shared/standing.ts';
import type { Judged, Scores } from '../answers.ts';
import type { Target } from '../columns.ts';
import { type AbstentionOutcome, classDetail, numberDetail } from './details.ts';
import { estimate, type Measured } from './estimates.ts';
import type { Comparison, TableEvaluation } from './evaluation.ts';
import { lossesOf, type MetricName, measure, metricNames, metricOf } from './metrics.ts';
import { type Rows, rowsOf } from './rows.ts';
import { measureSlices } from './slices.ts';

export interface EvaluateOptions {
  /** The chosen figure. */
  readonly metric: MetricName;
  /** Rows. */
  readonly trainedOn: number;
  /** The baseline that the model itself is: it is not compared with itself. */
  readonly same?: string | undefined;
  readonly abstention?: AbstentionOutcome | undefined;
}

/** With fewer groups a standard error is itself a rough estimate. */
const FEW_GROUPS = 10;

/** @throws UserError where the chosen figure cannot be told from these rows */
export function evaluateTable(
  judged: Judged,
  { metric, trainedOn, same, abstention }: EvaluateOptions,
): TableEvaluation {
  const { target, baselines } = judged;
  const rows = rowsOf(judged);
  const n = rows.truth.length;
  const groups = judged.groups ? new Set(judged.groups).size : null;
  const { isGain } = metricOf(metric);
  const names = metricNames(target);
  const measured = Object.fromEntries(
    names
      .map((name): [string, Measured] => [name, estimate(name, rows)])
      .filter(([, { value }]) => Number.isFinite(value)),
  );
  const chosen = measured[metric];
  if (!chosen) throw new UserError(notMeasurable(metric, target.name, n));
  const scores: Record<string, Scores> = {};
  const against: Record<string, Comparison> = {};
  for (const [name, answers] of Object.entries(baselines)) {
    const other = { ...rows, answers };
    scores[name] = scoresOf(names, other);
    if (name !== same) against[name] = compare(metric, rows, other, groups === 1);
  }
  const strongest = bestOf(
    Object.fromEntries(Object.keys(against).map((name) => [name, scores[name]!])),
    metric,
  );
  // What guessing does as well is said of guessing, however a linear model does.
  const guess = Object.keys(against).find(
    (name) =>
      GUESSES.has(name) &&
      against[name]!.standing !== 'better' &&
      !isBeyond(chosen, scores[name]![metric], isGain),
  );
  const best = guess ?? strongest;
  const { pValue, standing } = against[best]!;
  const sliceMetric = metric === 'averagePrecision' ? 'auc' : metric;
  return {
    metric,
    figure: { name: metric, value: chosen.value, interval: chosen.interval, isGain },
    baseline: { name: best, value: scores[best]![metric]! },
    pValue,
    standing,
    verdict: standing === 'better' ? 'better' : `no better than ${best}`,
    n,
    trainedOn,
    metrics: Object.fromEntries(Object.entries(measured).map(([name, { value }]) => [name, value])),
    interval: Object.fromEntries(Object.entries(measured).map(([name, each]) => [name, each.interval])),
    baselines: scores,
    against,
    groups,
    hasFewGroups: groups !== null && groups < FEW_GROUPS,
    sliceMetric,
    slices: measureSlices(judged, rows, sliceMetric, measured[sliceMetric] ?? chosen),
    detail:
      rows.kind === 'classes' && target.kind === 'classes'
        ? classDetail(rows, target, abstention)
        : numberDetail(rows as Extract<Rows, { kind: 'numbers' }>, judged),
  };
}

const scoresOf = (names: readonly MetricName[], rows: Rows): Scores =>
  Object.fromEntries(
    names
      .map((name): [string, number] => [name, measure(name, rows).value])
      .filter(([, value]) => Number.isFinite(value)),
  );

/** Whether a figure's whole interval is better than another's value. */
const isBeyond = ({ interval: [low, high] }: Measured, other: number | undefined, isGain: boolean): boolean =>
  other !== undefined && (isGain ? low > other : high < other);

/** Baselines that look at no column. */
const GUESSES: ReadonlySet<string> = new Set(['majority', 'mean']);

/** The baseline with the best value of the chosen figure. */
function bestOf(scores: Readonly<Record<string, Scores>>, metric: MetricName): string {
  const sign = metricOf(metric).isGain ? 1 : -1;
  const known = Object.keys(scores).filter((name) => scores[name]![metric] !== undefined);
  if (known.length === 0)
    throw new RangeError('A model is judged beside at least one baseline; none was given');
  return known.reduce((best, name) =>
    sign * scores[name]![metric]! > sign * scores[best]![metric]! ? name : best,
  );
}

/**
 * The paired difference of mean losses, by its cluster-robust standard error.
 *
 * @param isOneGroup Rows that all stand or fall together prove nothing.
 */
function compare(metric: MetricName, model: Rows, baseline: Rows, isOneGroup: boolean): Comparison {
  const { title, losses } = lossesOf(metric, model);
  const others = lossesOf(metric, baseline).losses;
  const meanOf = (values: Float64Array) => meanInfluence(values, model.weights);
  const difference = meanOf(losses.map((loss, row) => others[row]! - loss));
  const pValue = isOneGroup
    ? 1
    : pValueOf(difference.value, uncertaintyOf(difference.influence, model.clusters));
  return {
    loss: title,
    model: meanOf(losses).value,
    baseline: meanOf(others).value,
    pValue,
    standing: standingOf(difference.value, pValue),
  };
}

/** @param numbers Each row's number in the file */
export function tableHeldOut(judged: Judged, numbers: ArrayLike<number>, metric: MetricName): HeldOut {
  const { target, answers, slices, times } = judged;
  return {
    rows: Array.from(numbers),
    answers:
      target.kind === 'classes'
        ? {
            kind: 'classes',
            classes: [...target.classes],
            labels: Array.from(target.labels),
            probabilities: Array.from(answers),
          }
        : {
            kind: 'values',
            actual: Array.from(target.values),
            predicted: Array.from(answers),
            deciding: metric === 'rmse' || metric === 'r2' ? 'rmse' : 'mae',
          },
    slices: Object.fromEntries(Object.entries(slices).map(([column, values]) => [column, [...values]])),
    ...(times && { times: Array.from(times, (time) => (Number.isNaN(time) ? null : time)) }),
  };
}

/** Before anything is learnt. @throws UserError where the figure cannot be told from rows with this target, whatever the answers */
export function requireMeasurable(metric: MetricName, target: Target): void {
  const n = target.kind === 'classes' ? target.labels.length : target.values.length;
  const classes = target.kind === 'classes' ? target.classes.length : 1;
  const answers = new Float64Array(n * widthOf(classes)).fill(1 / classes);
  const { value } = measure(metric, rowsOf({ target, answers, baselines: {}, slices: {} }));
  if (!Number.isFinite(value)) throw new UserError(notMeasurable(metric, target.name, n));
}

const notMeasurable = (metric: MetricName, target: string, n: number) => ({
  en: `${metricOf(metric).title.en} cannot be measured: the ${n} rows held out for testing have but one value of ${target}. Choose another --metric, or give more rows.`,
  zh: `无法计算 ${metricOf(metric).title.zh}：留出检验的 ${n} 行中 ${target} 只有一个取值。请换一个 --metric，或提供更多数据。`,
});
