/**
 * One linear model of all series: what follows a window of the past, learnt from every window of every series together, in closed
 * form. Series lend each other what none is long enough to show by itself (Montero-Manso and Hyndman, "Principles and Algorithms for
 * Forecasting Groups of Time Series", 2021). Windows are seen without their level, the mean of the last season, and in units of their
 * series' scale, so that large and small, risen and fallen are one.
 */
import { addProducts, solvePenalized } from './penalized-rows.ts';

export interface GlobalWindowOptions {
  /** Values of the past that are seen. Default: four seasons, of short series less, at least 12, at most 192. */
  readonly window?: number;
  /** Rows at most that are learnt from; beyond that every second, third … window is taken. Default 30,000. */
  readonly rows?: number;
}

export interface GlobalWindow {
  readonly window: number;
  /** Steps that are told at once. */
  readonly horizon: number;
  readonly season: number;
  /** [window + 1, horizon]; the last row is the intercept. */
  readonly weights: Float64Array;
  readonly penalty: number;
  /** @returns undefined where the series is shorter than the window */
  forecast(series: Float64Array): Float64Array | undefined;
}

const ROWS = 30_000;
const LONGEST_WINDOW = 192;
const SHORTEST_WINDOW = 12;
/** Relative to the mean diagonal of the rows' products. */
const PENALTIES = [1e-4, 1e-3, 1e-2, 0.1, 1];
const FEWEST_ROWS = 50;

/** @returns undefined where the series are too few and too short to learn from */
export function fitGlobalWindow(
  series: readonly Float64Array[],
  season: number,
  horizon: number,
  options: GlobalWindowOptions = {},
): GlobalWindow | undefined {
  const { rows = ROWS } = options;
  const lengths = series.map((values) => values.length).sort((a, b) => a - b);
  // Most series should give rows.
  const typical = lengths[Math.floor(lengths.length / 4)] ?? 0;
  const room = Math.floor((typical - horizon) / 2);
  const window = options.window ?? Math.min(LONGEST_WINDOW, Math.max(SHORTEST_WINDOW, 4 * season), room);
  if (window < Math.max(4, season)) return undefined;
  const places = series.map((values) => Math.max(0, values.length - window - horizon + 1));
  const total = places.reduce((sum, count) => sum + count, 0);
  if (total < FEWEST_ROWS) return undefined;
  const stride = Math.max(1, Math.ceil(total / rows));

  const size = window + 1;
  const parts = ['known', 'judged'].map(() => ({
    gram: new Float64Array(size * size),
    moment: new Float64Array(size * horizon),
  }));
  const judged: { x: Float64Array; y: Float64Array }[] = [];
  for (const [i, values] of series.entries()) {
    const scale = scaleOf(values);
    if (!(scale > 0)) continue;
    for (let end = values.length - horizon; end >= window; end -= stride) {
      const { x, level } = windowRow(values, end, window, season, scale);
      const y = values.slice(end, end + horizon).map((value) => (value - level) / scale);
      // The penalty is chosen by whole series that the fit did not see.
      const isJudged = i % 5 === 4 || (series.length < 5 && end > values.length - horizon - places[i]! / 4);
      const { gram, moment } = parts[Number(isJudged)]!;
      addProducts(x, y, 0, 1, gram, moment);
      if (isJudged) judged.push({ x, y });
    }
  }
  const [known, held] = parts as [(typeof parts)[0], (typeof parts)[0]];
  let [penalty, least] = [PENALTIES.at(-1)!, Number.POSITIVE_INFINITY];
  for (const candidate of PENALTIES) {
    const weights = solvePenalized(known.gram, known.moment, candidate);
    const error = judged.reduce((sum, { x, y }) => sum + squaredDistance(y, times(x, weights)), 0);
    if (error < least) [penalty, least] = [candidate, error];
  }
  const weights = solvePenalized(
    known.gram.map((value, i) => value + held.gram[i]!),
    known.moment.map((value, i) => value + held.moment[i]!),
    penalty,
  );
  return {
    window,
    horizon,
    season,
    weights,
    penalty,
    forecast(values) {
      if (values.length < window) return undefined;
      const scale = scaleOf(values);
      const { x, level } = windowRow(values, values.length, window, season, scale > 0 ? scale : 1);
      return times(x, weights).map((value) => level + value * (scale > 0 ? scale : 0));
    },
  };
}

/** The values before `end` without their level, in units of scale, and a 1 for the intercept. */
function windowRow(
  values: Float64Array,
  end: number,
  window: number,
  season: number,
  scale: number,
): { x: Float64Array; level: number } {
  let level = 0;
  for (let t = end - season; t < end; t++) level += values[t]! / season;
  const x = new Float64Array(window + 1);
  for (let j = 0; j < window; j++) x[j] = (values[end - window + j]! - level) / scale;
  x[window] = 1;
  return { x, level };
}

/** The mean distance from the mean. */
function scaleOf(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + Math.abs(value - mean), 0) / values.length;
}

function times(x: Float64Array, weights: Float64Array): Float64Array {
  const targets = weights.length / x.length;
  const answer = new Float64Array(targets);
  for (let j = 0; j < x.length; j++) {
    const value = x[j]!;
    for (let h = 0; h < targets; h++) answer[h]! += value * weights[j * targets + h]!;
  }
  return answer;
}

function squaredDistance(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let h = 0; h < a.length; h++) sum += (a[h]! - b[h]!) ** 2;
  return sum;
}
