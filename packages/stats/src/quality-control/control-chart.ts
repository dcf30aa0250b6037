/**
 * Shewhart's control charts (1931): a centre line, and limits three standard errors from it that a process in control hardly ever
 * leaves. Formulas as in Montgomery, "Introduction to Statistical Quality Control", chapters 6 and 7, and in R's qcc. The limits are fitted
 * to a trial period; later points are held against them.
 */
import type { Numbers } from '../numbers.ts';
import { c4, rangeConstants } from './control-constants.ts';

export interface ControlChart {
  readonly kind: ChartKind;
  /** What is plotted: means, ranges, shares. */
  readonly points: readonly number[];
  readonly center: number;
  /** Of a single value of the process; of attributes, of a point of the mean size. */
  readonly sigma: number;
  /** Of each point, since samples may differ in size. */
  readonly lower: readonly number[];
  readonly upper: readonly number[];
  /** How much wider than the textbook's the limits are, where the counts vary more than chance (Laney, 2002); else 1. */
  readonly overdispersion: number;
}

const CHART_KINDS = [
  'xbar',
  'range',
  'deviation',
  'individuals',
  'moving-range',
  'p',
  'np',
  'c',
  'u',
] as const;
export type ChartKind = (typeof CHART_KINDS)[number];

/** Limits lie this many standard errors from the centre. */
const SIGMAS = 3;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const rangeOf = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
const deviationOf = (values: readonly number[]): number => {
  const center = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - center) ** 2, 0) / (values.length - 1));
};

export interface SubgroupCharts {
  readonly level: ControlChart;
  readonly spread: ControlChart;
}

/** From this size on the range wastes what a sample says. */
const LARGE = 11;

/**
 * Means of samples, with the spread within them beside: X̄ and R, or X̄ and S where samples are large.
 *
 * @param samples Of two values or more each. @param trial How many of the first the limits are fitted to; default: all
 */
export function subgroupCharts(
  samples: readonly (readonly number[])[],
  trial = samples.length,
  use: 'range' | 'deviation' = samples.some((sample) => sample.length >= LARGE) ? 'deviation' : 'range',
): SubgroupCharts {
  const fitted = samples.slice(0, trial);
  const total = fitted.reduce((sum, { length }) => sum + length, 0);
  const center = fitted.reduce((sum, sample) => sum + sample.length * mean(sample), 0) / total;
  const spreadOf = use === 'range' ? rangeOf : deviationOf;
  const unit = (n: number) => (use === 'range' ? rangeConstants(n).d2 : c4(n));
  // Each sample says what σ is; larger ones do not say it better, as in qcc's "UWAVE".
  const sigma = mean(fitted.map((sample) => spreadOf(sample) / unit(sample.length)));
  const half = (n: number) => (SIGMAS * sigma) / Math.sqrt(n);
  const spreadError = (n: number) => (use === 'range' ? rangeConstants(n).d3 : Math.sqrt(1 - c4(n) ** 2));
  const level: ControlChart = {
    kind: 'xbar',
    points: samples.map(mean),
    center,
    sigma,
    lower: samples.map(({ length }) => center - half(length)),
    upper: samples.map(({ length }) => center + half(length)),
    overdispersion: 1,
  };
  const spread: ControlChart = {
    kind: use,
    points: samples.map(spreadOf),
    center: mean(fitted.map(spreadOf)),
    sigma,
    lower: samples.map(({ length: n }) => Math.max(0, sigma * (unit(n) - SIGMAS * spreadError(n)))),
    upper: samples.map(({ length: n }) => sigma * (unit(n) + SIGMAS * spreadError(n))),
    overdispersion: 1,
  };
  return { level, spread };
}

/** Single values, with the moving range of each and the one before: I-MR. */
export function individualCharts(values: readonly number[], trial = values.length): SubgroupCharts {
  const moving = values.slice(1).map((value, i) => Math.abs(value - values[i]!));
  const { d2, d3 } = rangeConstants(2);
  const range = mean(moving.slice(0, Math.max(1, trial - 1)));
  const sigma = range / d2;
  const center = mean(values.slice(0, trial));
  return {
    level: {
      kind: 'individuals',
      points: values,
      center,
      sigma,
      lower: values.map(() => center - SIGMAS * sigma),
      upper: values.map(() => center + SIGMAS * sigma),
      overdispersion: 1,
    },
    spread: {
      kind: 'moving-range',
      points: moving,
      center: range,
      sigma,
      lower: moving.map(() => Math.max(0, sigma * (d2 - SIGMAS * d3))),
      upper: moving.map(() => sigma * (d2 + SIGMAS * d3)),
      overdispersion: 1,
    },
  };
}

export type AttributeKind = 'p' | 'np' | 'c' | 'u';

export interface AttributeOptions {
  readonly trial?: number;
  /** Widens the limits by how much more the points vary than chance would have them (Laney's p′ and u′). */
  readonly laney?: boolean;
}

/** Counts of defectives (p, np) or of defects (c, u) in samples of these sizes. */
export function attributeChart(
  kind: AttributeKind,
  counts: Numbers,
  sizes: Numbers,
  { trial = counts.length, laney = false }: AttributeOptions = {},
): ControlChart {
  const n = counts.length;
  let [count, size] = [0, 0];
  for (let i = 0; i < trial; i++) {
    count += counts[i]!;
    size += sizes[i]!;
  }
  const rate = count / size;
  const isBinomial = kind === 'p' || kind === 'np';
  const isCount = kind === 'np' || kind === 'c';
  const errorOf = (of: number) => Math.sqrt(((isBinomial ? 1 - rate : 1) * rate) / of);
  const z = Array.from({ length: trial }, (_, i) => (counts[i]! / sizes[i]! - rate) / errorOf(sizes[i]!));
  const wider = laney && trial > 2 ? individualCharts(z).level.sigma : 1;
  const scale = (i: number) => (isCount ? sizes[i]! : 1);
  const bound = (i: number, sign: number) => (rate + sign * SIGMAS * wider * errorOf(sizes[i]!)) * scale(i);
  const most = (i: number) => (kind === 'p' ? 1 : kind === 'np' ? sizes[i]! : Infinity);
  const meanSize = size / trial;
  return {
    kind,
    points: Array.from({ length: n }, (_, i) => (isCount ? counts[i]! : counts[i]! / sizes[i]!)),
    center: isCount ? count / trial : rate,
    sigma: errorOf(meanSize) * (isCount ? meanSize : 1) * wider,
    lower: Array.from({ length: n }, (_, i) => Math.max(0, bound(i, -1))),
    upper: Array.from({ length: n }, (_, i) => Math.min(most(i), bound(i, 1))),
    overdispersion: wider,
  };
}

/** Points outside of their limits. */
export const outside = ({
  points,
  lower,
  upper,
}: Pick<ControlChart, 'points' | 'lower' | 'upper'>): number[] =>
  points.flatMap((point, i) => (point > upper[i]! || point < lower[i]! ? [i] : []));
