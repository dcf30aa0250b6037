/**
 * Card: two simple forecasts, averaged and then calibrated, after Castle, Doornik and Hendry ("Forecasting Principles from
 * Experience with Forecasting Competitions", 2021; Doornik, Castle and Hendry, "Card Forecasts for M4", 2020), the best of the M4
 * competition on hourly data, in seconds:
 *
 * - Delta: the shape of the last seasons on a level that grows as it did of late, growth being averaged without its extremes and damped;
 * - Rho: what is off from that shape returns to its mean as a first-order autoregression tells, or stays where a unit root is not rejected;
 * - calibration: their average is taken for what came, an autoregression with seasons is fitted to past and forecast together, and its
 *   fitted values are the forecast.
 *
 * Written from the published description; where that leaves room, the simplest reading was taken. Several seasons are known by lags and
 * harmonics of each.
 */
import type { FittedForecaster, Forecaster } from './forecaster.ts';
import { addProducts, solvePenalized } from './penalized-rows.ts';

/** Fits from five values on, with a season from two seasons on. */
export const card: Forecaster = { name: 'card', fit: (series, season) => fitCard(series, [season]) };

/** A method that knows these seasons whatever `fit` is told. */
export function cardForecaster(seasons: readonly number[]): Forecaster {
  return { name: 'card', fit: (series) => fitCard(series, seasons) };
}

const SHORTEST = 5;
/** How many of the last cycles the shape is averaged over. */
const CYCLES = 4;
/** Values that the level is the mean of, where there is a season. */
const LEVEL = 3;
/** Growth of a season that is left in the next. */
const DAMPING = 0.9;
/** Dickey and Fuller's 5 % point of a regression with a constant. */
const UNIT_ROOT = -2.87;
const MOST_HARMONICS = 6;
const PENALTY = 1e-6;

function fitCard(series: Float64Array, seasons: readonly number[]): FittedForecaster | undefined {
  const n = series.length;
  if (n < SHORTEST) return undefined;
  const known = seasons.filter((season) => season > 1 && n >= 2 * season + 3).sort((a, b) => a - b);
  const isRatio = series.every((value) => value > 0);
  const x = isRatio ? series.map(Math.log) : series;
  const season = known.at(-1) ?? 1;
  const shape = shapeOf(x, season);
  const rest = x.map((value, t) => value - shape[t % season]!);
  const growth = growthOf(x, season);
  const persistence = persistenceOf(rest);
  return {
    forecast(horizon) {
      const averaged = new Float64Array(n + horizon);
      averaged.set(x);
      const last = rest.subarray(n - Math.min(season, LEVEL, n));
      const level = last.reduce((sum, value) => sum + value, 0) / last.length;
      const phi = DAMPING ** (1 / Math.max(season, 2));
      let [reach, damped, root] = [0, 1, 1];
      for (let h = 0; h < horizon; h++) {
        damped *= phi;
        reach += damped;
        root *= persistence.rho;
        const delta = level + growth * reach;
        const rho = persistence.hasUnitRoot
          ? rest[n - 1]! + (growth * reach) / 2
          : persistence.mean + root * (rest[n - 1]! - persistence.mean);
        averaged[n + h] = shape[(n + h) % season]! + (delta + rho) / 2;
      }
      const calibrated = calibrate(averaged, n, known);
      return isRatio ? calibrated.map(Math.exp) : calibrated;
    },
    parameters: {
      growth,
      rho: persistence.hasUnitRoot ? 1 : persistence.rho,
      scale: isRatio ? 'logarithms' : 'values',
    },
  };
}

/** By place in the season: the mean of the last cycles, each without its own mean. */
function shapeOf(x: Float64Array, season: number): Float64Array {
  const shape = new Float64Array(season);
  if (season === 1) return shape;
  const n = x.length;
  const cycles = Math.min(CYCLES, Math.floor(n / season));
  for (let cycle = 1; cycle <= cycles; cycle++) {
    const first = n - cycle * season;
    let mean = 0;
    for (let t = first; t < first + season; t++) mean += x[t]! / season;
    for (let t = first; t < first + season; t++) shape[t % season]! += (x[t]! - mean) / cycles;
  }
  return shape;
}

/** Of a step, from the last seasons' differences without the largest of either sign. */
function growthOf(x: Float64Array, season: number): number {
  const n = x.length;
  const changes: number[] = [];
  for (let t = Math.max(season, n - Math.max(2 * season, 12)); t < n; t++)
    changes.push((x[t]! - x[t - season]!) / season);
  changes.sort((a, b) => a - b);
  const cut = Math.max(changes.length > 4 ? 1 : 0, Math.floor(changes.length * 0.1));
  const kept = changes.slice(cut, changes.length - cut);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

function persistenceOf(rest: Float64Array): { rho: number; mean: number; hasUnitRoot: boolean } {
  const n = rest.length;
  const mean = rest.reduce((sum, value) => sum + value, 0) / n;
  let [cross, squares] = [0, 0];
  for (let t = 1; t < n; t++) {
    cross += (rest[t]! - mean) * (rest[t - 1]! - mean);
    squares += (rest[t - 1]! - mean) ** 2;
  }
  if (!(squares > 0)) return { rho: 0, mean, hasUnitRoot: true };
  const rho = Math.max(0, cross / squares);
  let errors = 0;
  for (let t = 1; t < n; t++) errors += (rest[t]! - mean - rho * (rest[t - 1]! - mean)) ** 2;
  const standardError = Math.sqrt(errors / Math.max(1, n - 2) / squares);
  return { rho, mean, hasUnitRoot: !((rho - 1) / standardError < UNIT_ROOT) };
}

/** The fitted values of an autoregression over past and forecast, where the forecast is. */
function calibrate(x: Float64Array, known: number, seasons: readonly number[]): Float64Array {
  const lags = [1, ...seasons];
  const longest = Math.max(...lags);
  const rows = x.length - longest;
  const forecast = x.slice(known);
  const harmonics = seasons.flatMap((season) =>
    Array.from(
      { length: Math.min(MOST_HARMONICS, Math.floor(season / 2)) },
      (_, k) => (2 * Math.PI * (k + 1)) / season,
    ),
  );
  const columns = 2 + lags.length + 2 * harmonics.length;
  if (rows < 2 * columns) return forecast;
  const mean = x.reduce((sum, value) => sum + value, 0) / x.length;
  const design = new Float64Array(rows * columns);
  const target = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const t = row + longest;
    const at = row * columns;
    design[at] = 1;
    design[at + 1] = t / x.length - 0.5;
    for (const [i, lag] of lags.entries()) design[at + 2 + i] = x[t - lag]! - mean;
    for (const [k, frequency] of harmonics.entries()) {
      design[at + 2 + lags.length + 2 * k] = Math.cos(frequency * t);
      design[at + 3 + lags.length + 2 * k] = Math.sin(frequency * t);
    }
    target[row] = x[t]! - mean;
  }
  const gram = new Float64Array(columns * columns);
  const moment = new Float64Array(columns);
  addProducts(design, target, 0, rows, gram, moment);
  const weights = solvePenalized(gram, moment, PENALTY);
  return forecast.map((_, h) => {
    const at = (known + h - longest) * columns;
    let sum = mean;
    for (let j = 0; j < columns; j++) sum += weights[j]! * design[at + j]!;
    return sum;
  });
}
