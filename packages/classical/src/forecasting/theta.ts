/**
 * The theta method (Assimakopoulos and Nikolopoulos, 2000), which won the M3 competition: without its season, the series is the
 * mean of its regression line (theta 0) and of a line with doubled curvature (theta 2) that is smoothed exponentially. Hyndman and
 * Billah (2003) show that this is simple exponential smoothing with half the line's slope as drift.
 *
 * And the dynamic optimised theta model (Fiorucci, Pellegrini, Louzada, Petropoulos and Koehler, "Models for Optimising the Theta
 * Method and Their Relationship to State Space Models", 2016): theta, smoothing and first level are estimated, and the regression
 * line is that of the values up to each step, so that it follows a trend that changes.
 */

import { deseasonalized } from './deseasonalized.ts';
import type { FittedForecaster, Forecaster } from './forecaster.ts';
import { nelderMead } from './nelder-mead.ts';

/** Fits from four values on. */
export const theta: Forecaster = {
  name: 'theta',
  fit: (series, season) => deseasonalized(series, season, fitTheta),
};

/** Fits from four values on. */
export const dynamicTheta: Forecaster = {
  name: 'dynamic-theta',
  fit: (series, season) => deseasonalized(series, season, fitDynamicTheta),
};

const SHORTEST = 4;

function fitTheta(series: Float64Array): FittedForecaster | undefined {
  const n = series.length;
  if (n < SHORTEST) return undefined;
  const squares = (x: Float64Array): number => {
    let level = series[0]!;
    let sum = 0;
    for (let t = 1; t < n; t++) {
      const error = series[t]! - level;
      sum += error * error;
      level += x[0]! * error;
    }
    return sum;
  };
  const { at } = nelderMead(squares, { start: [0.3], lower: [0.01], upper: [0.99] });
  return thetaWith(at[0]!, series);
}

function thetaWith(alpha: number, series: Float64Array): FittedForecaster {
  const n = series.length;
  const meanTime = (n - 1) / 2;
  const mean = series.reduce((sum, value) => sum + value, 0) / n;
  let [covariance, variance] = [0, 0];
  for (let t = 0; t < n; t++) {
    covariance += (t - meanTime) * (series[t]! - mean);
    variance += (t - meanTime) ** 2;
  }
  const half = covariance / variance / 2;
  const fitted = new Float64Array(n).fill(Number.NaN);
  let level = series[0]!;
  for (let t = 1; t < n; t++) {
    fitted[t] = level + half * (1 / alpha - (1 - alpha) ** t / alpha);
    level += alpha * (series[t]! - level);
  }
  const lag = (1 - (1 - alpha) ** n) / alpha;
  return {
    forecast: (horizon) => Float64Array.from({ length: horizon }, (_, h) => level + half * (h + lag)),
    fitted,
    update: (longer) => thetaWith(alpha, longer),
    parameters: { alpha, slope: 2 * half, level },
  };
}

function fitDynamicTheta(series: Float64Array): FittedForecaster | undefined {
  const n = series.length;
  if (n < SHORTEST) return undefined;
  // Of one size whatever the unit, so that the box of the first level is one for all series.
  const scale = series.reduce((sum, value) => sum + Math.abs(value), 0) / n;
  if (scale === 0) return zero(n);
  const scaled = series.map((value) => value / scale);
  const first = scaled[0]!;
  const state = new ThetaState(scaled);
  const spread = scaled.reduce((most, value) => Math.max(most, Math.abs(value - first)), 0);
  const { at } = nelderMead((x) => state.run(x[0]!, x[1]!, x[2]!), {
    start: [first, 0.5, 2],
    lower: [first - spread, 0.1, 1],
    upper: [first + spread, 0.99, 10],
  });
  return dynamicThetaWith({ level: at[0]!, alpha: at[1]!, angle: at[2]!, scale }, series);
}

interface ThetaWeights {
  readonly level: number;
  readonly alpha: number;
  readonly angle: number;
  readonly scale: number;
}

function dynamicThetaWith(weights: ThetaWeights, series: Float64Array): FittedForecaster {
  const { level, alpha, angle, scale } = weights;
  const n = series.length;
  const state = new ThetaState(series.map((value) => value / scale));
  const fitted = new Float64Array(n).fill(Number.NaN);
  state.run(level, alpha, angle, fitted);
  const end = { ...state.end };
  return {
    forecast(horizon) {
      state.end = { ...end };
      return Float64Array.from({ length: horizon }, (_, h) => {
        const value = state.ahead(n + h, alpha, angle);
        state.move(n + h, value, alpha);
        return value * scale;
      });
    },
    fitted: fitted.map((value) => value * scale),
    update: (longer) => dynamicThetaWith(weights, longer),
    parameters: { theta: angle, alpha, level: end.level * scale, slope: end.slope * scale },
  };
}

/** Of a series that has been 0 so far; what follows is estimated anew. */
function zero(n: number): FittedForecaster {
  return {
    forecast: (horizon) => new Float64Array(horizon),
    fitted: new Float64Array(n),
    update: (longer) => fitDynamicTheta(longer),
    parameters: { theta: 2, alpha: 0.5, level: 0, slope: 0 },
  };
}

interface Line {
  level: number;
  mean: number;
  /** The regression line of the values so far: its intercept at time 0 and its slope, time beginning at 1. */
  intercept: number;
  slope: number;
}

/** The recursion of the model; `end` is its state after the values so far. */
class ThetaState {
  readonly #series: Float64Array;
  end: Line = { level: 0, mean: 0, intercept: 0, slope: 0 };

  constructor(series: Float64Array) {
    this.#series = series;
  }

  /** @returns the sum of squared errors from the third value on; the first two have no line of their own */
  run(level: number, alpha: number, theta: number, fitted?: Float64Array): number {
    const series = this.#series;
    const n = series.length;
    let sum = 0;
    const first = series[0]!;
    this.end = { level: alpha * first + (1 - alpha) * level, mean: first, intercept: first, slope: 0 };
    for (let t = 1; t < n; t++) {
      const value = this.ahead(t, alpha, theta);
      if (fitted) fitted[t] = value;
      if (t > 1) sum += (series[t]! - value) ** 2;
      this.move(t, series[t]!, alpha);
    }
    return sum;
  }

  /** The value at place t, counted from 0, after t values. */
  ahead(t: number, alpha: number, theta: number): number {
    const { level, intercept, slope } = this.end;
    const rest = (1 - alpha) ** t;
    return level + (1 - 1 / theta) * (intercept * rest + (slope * (1 - rest * (1 - alpha))) / alpha);
  }

  move(t: number, value: number, alpha: number): void {
    const { level, mean, slope } = this.end;
    const count = t + 1;
    const newMean = (t * mean + value) / count;
    const newSlope = ((t - 1) * slope + (6 * (value - mean)) / count) / (count + 1);
    this.end.level = alpha * value + (1 - alpha) * level;
    this.end.mean = newMean;
    this.end.slope = newSlope;
    this.end.intercept = newMean - (newSlope * (count + 1)) / 2;
  }
}
