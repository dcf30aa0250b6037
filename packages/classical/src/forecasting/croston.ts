/**
 * Demand that is mostly zero: sizes of what was sold and the time between sales are smoothed apart.
 *
 * - Croston (1972): the rate is size over interval, both corrected at sales only.
 * - SBA (Syntetos and Boylan, 2005): Croston's rate is too high by half its smoothing, and is lowered by that.
 * - TSB (Teunter, Syntetos and Babai, 2011): the chance of a sale is corrected at every step, so that what stops selling fades out.
 *
 * Smoothing is chosen by the squared errors one step ahead, within the bounds that the literature advises.
 */
import type { FittedForecaster, Forecaster } from './forecaster.ts';
import { nelderMead } from './nelder-mead.ts';

interface Rates {
  /** One step ahead, by place; NaN before the first sale. */
  readonly fitted: Float64Array;
  readonly next: number;
}

type Smoothing = (series: Float64Array, size: number, other: number) => Rates | undefined;

/** Fits non-negative series with at least one sale, as SBA and TSB do. */
export const croston: Forecaster = intermittent('croston', (series, size, interval) =>
  crostonRates(series, size, interval, 1),
);
export const sba: Forecaster = intermittent('sba', (series, size, interval) =>
  crostonRates(series, size, interval, 1 - interval / 2),
);
export const tsb: Forecaster = intermittent('tsb', tsbRates);

const BOX = { start: [0.1, 0.1], lower: [0.02, 0.02], upper: [0.4, 0.4] };
const EVALUATIONS = 25;

function intermittent(name: 'croston' | 'sba' | 'tsb', smooth: Smoothing): Forecaster {
  return {
    name,
    fit(series) {
      if (!isDemand(series)) return undefined;
      const squares = (x: Float64Array): number => {
        const { fitted } = smooth(series, x[0]!, x[1]!)!;
        let sum = 0;
        for (let t = 0; t < fitted.length; t++)
          if (!Number.isNaN(fitted[t]!)) sum += (series[t]! - fitted[t]!) ** 2;
        return sum;
      };
      const { at } = nelderMead(squares, BOX, EVALUATIONS);
      return fittedWith(smooth, series, at[0]!, at[1]!);
    },
  };
}

export function isDemand(series: Float64Array): boolean {
  return series.every((value) => value >= 0) && series.some((value) => value > 0);
}

function fittedWith(smooth: Smoothing, series: Float64Array, size: number, other: number): FittedForecaster {
  const { fitted, next } = smooth(series, size, other)!;
  return {
    forecast: (horizon) => new Float64Array(horizon).fill(next),
    fitted,
    update: (longer) => fittedWith(smooth, longer, size, other),
    parameters: { size, other, rate: next },
  };
}

function crostonRates(series: Float64Array, size: number, interval: number, factor: number): Rates {
  const n = series.length;
  const fitted = new Float64Array(n).fill(Number.NaN);
  let [level, gap, since] = [0, 0, 1];
  for (let t = 0; t < n; t++) {
    if (gap > 0) fitted[t] = (factor * level) / gap;
    const value = series[t]!;
    if (value === 0) {
      since++;
      continue;
    }
    level = gap === 0 ? value : level + size * (value - level);
    gap = gap === 0 ? since : gap + interval * (since - gap);
    since = 1;
  }
  return { fitted, next: (factor * level) / gap };
}

function tsbRates(series: Float64Array, size: number, chance: number): Rates {
  const n = series.length;
  const fitted = new Float64Array(n).fill(Number.NaN);
  let level = 0;
  let probability = 0;
  for (let t = 0; t < n; t++) {
    if (level > 0) fitted[t] = level * probability;
    const value = series[t]!;
    if (value > 0 && level === 0) {
      level = value;
      probability = 1 / (t + 1);
      continue;
    }
    if (level === 0) continue;
    if (value > 0) level += size * (value - level);
    probability += chance * (Number(value > 0) - probability);
  }
  return { fitted, next: level * probability };
}
