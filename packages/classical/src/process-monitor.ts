/**
 * Watches a process of many measurements at once. Principal components of rows in control say how the measurements go together: T² is
 * how far a row lies along the components, Q how far off them (Jackson and Mudholkar, 1979; Russell, Chiang and Braatz, "Data-driven
 * Techniques for Fault Detection and Diagnosis", 2000). Small lasting faults are found by what the last rows have in common off the components:
 * Q of exponentially weighted means (after Lowry et al., "A Multivariate EWMA Control Chart", 1992).
 *
 * Limits come from rows in control that the components were not fitted to, so that the promised share of false alarms is kept on
 * new rows.
 */
import { UserError } from '@gradus/base';
import { normalQuantile, quantileSorted } from '@gradus/stats';
import { symmetricEigen } from './symmetric-eigen.ts';

export interface ProcessModel {
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
  readonly size: number;
  readonly components: number;
  /** [components, size] */
  readonly loadings: Float64Array;
  /** Variance of each component. */
  readonly variances: Float64Array;
  /** Of each statistic, in their order. */
  readonly limits: readonly number[];
}

export const PROCESS_STATISTICS = ['T²', 'Q', 'EWMA Q'] as const;
/** Of the false alarms: a plant also moves along its components when its load changes, which is no fault. */
const BUDGETS = [0.1, 1, 1] as const;

/** Of each row each statistic over its limit. */
export interface ProcessScores {
  /** [rows][statistics] */
  readonly ratios: readonly (readonly number[])[];
  /** The largest of each row: above 1 is an alarm. */
  readonly scores: Float64Array;
}

/** Weight of the newest row in the means. */
const LAMBDA = 0.3;
const FOLDS = 5;
/** Rows between fold and rest that are left out, since rows beside each other are alike. */
const GAP = 10;
const FEWEST_ROWS = 30;

/** Promised on rows in control that taught the limits; on new ones it is half as much again, about one in a hundred. */
const FALSE_ALARMS = 0.007;

export interface ProcessOptions {
  /** Share of rows in control that may be alarms. */
  readonly falseAlarms?: number;
}

/** @param rows In control, in the order of time, [rows][measurements]. @throws UserError where they are too few */
export function fitProcess(
  rows: readonly Float64Array[],
  { falseAlarms = FALSE_ALARMS }: ProcessOptions = {},
): ProcessModel {
  const size = rows[0]?.length ?? 0;
  if (rows.length < Math.max(FEWEST_ROWS, size + 5)) {
    const needed = Math.max(FEWEST_ROWS, size + 5);
    throw new UserError({
      en: `${rows.length} rows in control are too few to watch ${size} measurements together: at least ${needed} are needed.`,
      zh: `要同时监控 ${size} 个测量值，${rows.length} 行受控数据过少：至少需要 ${needed} 行。`,
    });
  }
  const whole = componentsOf(rows);
  const left = leftOutStatistics(rows, whole.components);
  // The statistics alarm together more often than each alone, and less than their sum.
  const limits = jointLimits(left, falseAlarms);
  return { ...whole, limits };
}

/** Statistics of rows that the components have not seen, block by block. */
function leftOutStatistics(rows: readonly Float64Array[], components: number): number[][] {
  const n = rows.length;
  return Array.from({ length: FOLDS }, (_, fold) => {
    const [from, to] = [Math.floor((fold * n) / FOLDS), Math.floor(((fold + 1) * n) / FOLDS)];
    const rest = rows.filter((_, i) => i < from - GAP || i >= to + GAP);
    // The means begin with rows before the block, as they would in service.
    const warm = Math.max(0, from - GAP);
    return statisticsOf(componentsOf(rest, components), rows.slice(warm, to)).slice(from - warm);
  }).flat();
}

/** Limits at one level of each statistic, such that the share of rows beyond any of them is the promised one. */
function jointLimits(statistics: readonly (readonly number[])[], falseAlarms: number): number[] {
  const tails = PROCESS_STATISTICS.map((_, k) => tailOf(statistics.map((row) => Math.log(row[k]! + 1e-12))));
  const at = (level: number) => tails.map((tail, k) => Math.exp(tail(level * BUDGETS[k]!)));
  let [low, high] = [falseAlarms / PROCESS_STATISTICS.length, falseAlarms];
  for (let i = 0; i < 40; i++) {
    const middle = (low + high) / 2;
    const limits = at(middle);
    const beyond = statistics.filter((row) => row.some((value, k) => value > limits[k]!)).length;
    if (beyond > falseAlarms * statistics.length) high = middle;
    else low = middle;
  }
  return at(low);
}

/** A sample's own quantiles are taken as far as this many independent rows lie beyond. */
const FEWEST_BEYOND = 5;

/**
 * Upper quantiles of logarithms: the sample's own as far as it has independent rows beyond, and from there on a normal tail. Rows
 * that resemble those before them, as means do, are fewer independent ones than they seem (by the autocorrelation, as that of a
 * first-order process).
 */
function tailOf(values: readonly number[]): (level: number) => number {
  const n = values.length;
  const sorted = Float64Array.from(values).sort();
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  let [own, next] = [0, 0];
  for (let i = 0; i < n; i++) {
    own += (values[i]! - mean) ** 2;
    if (i > 0) next += (values[i]! - mean) * (values[i - 1]! - mean);
  }
  const correlation = own > 0 ? Math.min(0.95, Math.max(0, next / own)) : 0;
  const independent = (n * (1 - correlation)) / (1 + correlation);
  const inner = Math.min(0.25, FEWEST_BEYOND / independent);
  const median = quantileSorted(sorted, 0.5);
  const slope = (quantileSorted(sorted, 1 - inner) - median) / normalQuantile(1 - inner);
  // As far as the slope may be wrong, by the independent rows that it is from.
  const doubt = 1 + 1 / Math.sqrt(2 * independent);
  return (level) =>
    level >= inner ? quantileSorted(sorted, 1 - level) : median + slope * doubt * normalQuantile(1 - level);
}

type Components = Omit<ProcessModel, 'limits'>;

/** @param count Default: as many as stand out from noise, at most half of the measurements */
function componentsOf(rows: readonly Float64Array[], count?: number): Components {
  const size = rows[0]!.length;
  const n = rows.length;
  const [mean, deviation] = [new Float64Array(size), new Float64Array(size)];
  for (const row of rows) for (let j = 0; j < size; j++) mean[j]! += row[j]! / n;
  for (const row of rows) for (let j = 0; j < size; j++) deviation[j]! += (row[j]! - mean[j]!) ** 2 / (n - 1);
  for (let j = 0; j < size; j++) deviation[j] = Math.sqrt(deviation[j]!) || 1;
  const covariance = new Float64Array(size * size);
  for (const row of rows) {
    for (let a = 0; a < size; a++) {
      const x = (row[a]! - mean[a]!) / deviation[a]!;
      for (let b = a; b < size; b++)
        covariance[a * size + b]! += (x * (row[b]! - mean[b]!)) / deviation[b]! / (n - 1);
    }
  }
  for (let a = 0; a < size; a++)
    for (let b = 0; b < a; b++) covariance[a * size + b] = covariance[b * size + a]!;
  const { values, vectors } = symmetricEigen(covariance, size);
  const total = values.reduce((sum, value) => sum + Math.max(0, value), 0);
  let kept = count ?? 0;
  if (count === undefined) {
    // A component stands out where it is larger than independent noise, as strong as what is left, would make it (Marchenko and
    // Pastur, 1967).
    let left = total;
    const edge = (1 + Math.sqrt(size / n)) ** 2;
    while (kept < size / 2 && values[kept]! > (edge * left) / (size - kept)) left -= values[kept++]!;
  }
  kept = Math.max(1, Math.min(kept, size));
  return {
    mean,
    deviation,
    size,
    components: kept,
    loadings: vectors.slice(0, kept * size),
    variances: Float64Array.from(values.slice(0, kept), (value) => Math.max(value, 1e-9)),
  };
}

function statisticsOf(model: Components, rows: readonly Float64Array[]): number[][] {
  const { size, components, mean, deviation, loadings, variances } = model;
  const [remains, meanRemains] = [new Float64Array(size), new Float64Array(size)];
  const x = new Float64Array(size);
  return rows.map((row) => {
    for (let j = 0; j < size; j++) {
      x[j] = (row[j]! - mean[j]!) / deviation[j]!;
      remains[j] = x[j]!;
    }
    let [t2, q, weightedQ] = [0, 0, 0];
    for (let k = 0; k < components; k++) {
      let score = 0;
      for (let j = 0; j < size; j++) score += loadings[k * size + j]! * x[j]!;
      for (let j = 0; j < size; j++) remains[j]! -= loadings[k * size + j]! * score;
      t2 += score ** 2 / variances[k]!;
    }
    for (let j = 0; j < size; j++) {
      q += remains[j]! ** 2;
      meanRemains[j]! += LAMBDA * (remains[j]! - meanRemains[j]!);
      weightedQ += meanRemains[j]! ** 2;
    }
    return [t2, q, weightedQ];
  });
}

/** @param rows In the order of time */
export function scoreProcess(model: ProcessModel, rows: readonly Float64Array[]): ProcessScores {
  const ratios = statisticsOf(model, rows).map((row) => row.map((value, k) => value / model.limits[k]!));
  return { ratios, scores: Float64Array.from(ratios, (row) => Math.max(...row)) };
}

/** By measurement, how far it is from what the others say it should be, in standard deviations; the farthest first. */
export function blame(
  { size, components, mean, deviation, loadings }: ProcessModel,
  row: Float64Array,
): { readonly measurement: number; readonly z: number }[] {
  const x = Float64Array.from(row, (value, j) => (value - mean[j]!) / deviation[j]!);
  const remains = Float64Array.from(x);
  for (let k = 0; k < components; k++) {
    let score = 0;
    for (let j = 0; j < size; j++) score += loadings[k * size + j]! * x[j]!;
    for (let j = 0; j < size; j++) remains[j]! -= loadings[k * size + j]! * score;
  }
  return Array.from(remains, (z, measurement) => ({ measurement, z })).sort(
    (a, b) => Math.abs(b.z) - Math.abs(a.z),
  );
}
