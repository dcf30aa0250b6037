/**
 * Demand that is mostly zero, made fuller by adding up steps in a row: ADIDA (Nikolopoulos, Syntetos, Boylan, Petropoulos and
 * Assimakopoulos, 2011) adds up as many as there are on average between sales, smooths the sums exponentially and divides again; IMAPA
 * (Petropoulos and Kourentzes, 2015) takes the mean over all numbers of steps from one to that.
 */
import { isDemand } from './croston.ts';
import type { Forecaster, ForecasterName } from './forecaster.ts';
import { nelderMead } from './nelder-mead.ts';

/** Fits non-negative series with at least one sale. */
export const adida: Forecaster = aggregating('adida', (interval) => [interval]);

/** Fits non-negative series with at least one sale. */
export const imapa: Forecaster = aggregating('imapa', (interval) =>
  Array.from({ length: interval }, (_, i) => i + 1),
);

function aggregating(name: ForecasterName, stepsOf: (interval: number) => readonly number[]): Forecaster {
  return {
    name,
    fit(series) {
      if (!isDemand(series)) return undefined;
      const sales = series.reduce((sum, value) => sum + Number(value > 0), 0);
      const longest = Math.max(1, Math.floor(series.length / 3));
      const interval = Math.min(longest, Math.max(1, Math.round(series.length / sales)));
      const steps = stepsOf(interval);
      const rate =
        steps.reduce((sum, count) => sum + smoothed(addUp(series, count)) / count, 0) / steps.length;
      return {
        forecast: (horizon) => new Float64Array(horizon).fill(rate),
        parameters: { interval, rate },
      };
    },
  };
}

/** Sums of so many steps, counted from the last; what is left over at the beginning is dropped. */
function addUp(series: Float64Array, count: number): Float64Array {
  const sums = new Float64Array(Math.floor(series.length / count));
  const skipped = series.length - sums.length * count;
  for (let t = skipped; t < series.length; t++) sums[Math.floor((t - skipped) / count)]! += series[t]!;
  return sums;
}

/** The level of simple exponential smoothing after the last value. */
function smoothed(series: Float64Array): number {
  let level = series[0]!;
  const squares = (x: Float64Array): number => {
    level = series[0]!;
    let sum = 0;
    for (let t = 1; t < series.length; t++) {
      const error = series[t]! - level;
      sum += error * error;
      level += x[0]! * error;
    }
    return sum;
  };
  const { at } = nelderMead(squares, { start: [0.1], lower: [0.05], upper: [0.5] }, 25);
  squares(at);
  return level;
}
