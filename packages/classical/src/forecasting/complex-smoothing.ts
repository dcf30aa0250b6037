/**
 * Complex exponential smoothing (Svetunkov, Kourentzes and Ord, "Complex Exponential Smoothing", 2022): the level and the
 * information that errors carry are the real and the imaginary part of one number, smoothed by one complex weight. It has no trend
 * to choose: one model bends from a level to any growth. Seasons: none; simple (all states a season old); partial (an additive
 * season with its own weight); full (a second complex state). The best is the one with the lowest corrected Akaike information; first
 * states come from smoothing the reversed series.
 */
import type { FittedForecaster, Forecaster } from './forecaster.ts';
import { leastInformation, nearlyAsGood } from './information.ts';
import { type Box, nelderMead } from './nelder-mead.ts';
import { seasonalIndices } from './seasonal-indices.ts';

type CesSeason = 'none' | 'simple' | 'partial' | 'full';

/** Fits from five values on, with a season from two seasons and three values. */
export const complexSmoothing: Forecaster = {
  name: 'ces',
  fit: (series, season) => fitBest(series, season, FORMS),
  fitForm: (series, season, form) =>
    fitBest(
      series,
      season,
      FORMS.filter((one) => one === form),
    ),
};

const FORMS: readonly CesSeason[] = ['none', 'simple', 'partial', 'full'];

function fitBest(
  series: Float64Array,
  season: number,
  forms: readonly CesSeason[],
): FittedForecaster | undefined {
  const n = series.length;
  if (n < SHORTEST) return undefined;
  const size = series.reduce((sum, value) => sum + Math.abs(value), 0) / n;
  const scale = size > 0 ? size : 1;
  const scaled = series.map((value) => value / scale);
  const hasSeason = season > 1 && n >= 2 * season + 3;
  const fits = forms.flatMap((form) =>
    hasSeason || form === 'none' ? (fitCes(scaled, season, form) ?? []) : [],
  );
  const best = leastInformation(fits);
  if (!best) return undefined;
  const near = nearlyAsGood(fits, best).map(({ form }) => form);
  return {
    ...cesWith({ form: best.form, season, weights: best.weights, scale }, series),
    // A form that had too few values may be the best of more.
    ...(fits.length === forms.length && { refit: (longer) => fitBest(longer, season, near) }),
  };
}

const SHORTEST = 5;
/** Real and imaginary part of the weight of the level, then of the season: where the search begins, and its box. */
const START = [1.3, 1, 1.3, 1];
const LOWER = [0.01, 0.01, 0.01, 0.01];
const UPPER = [1.8, 1.9, 1.8, 1.9];
const PARTIAL = { start: 0.1, lower: 0.01, upper: 1 };
/** The imaginary part of a first state is this fraction of its real one. */
const FIRST_IMAGINARY = 1 / 1.1;

interface CesFit {
  readonly form: CesSeason;
  readonly weights: Float64Array;
  readonly aicc: number;
}

interface CesModel {
  readonly form: CesSeason;
  readonly season: number;
  readonly weights: Float64Array;
  /** What the series was divided by. */
  readonly scale: number;
}

function cesWith(model: CesModel, series: Float64Array): FittedForecaster {
  const { form, season, weights, scale } = model;
  const filter = filterOf(
    series.map((value) => value / scale),
    season,
    form,
  );
  const fitted = new Float64Array(series.length);
  filter.squares(weights, fitted);
  const end = filter.end();
  return {
    forecast(horizon) {
      filter.restore(end);
      return filter.ahead(weights, horizon).map((value) => value * scale);
    },
    fitted: fitted.map((value) => value * scale),
    update: (longer) => cesWith(model, longer),
    form,
    parameters: { season: form, real: weights[0]!, imaginary: weights[1]! },
  };
}

function filterOf(series: Float64Array, season: number, form: CesSeason): CesFilter {
  const hasIndices = form === 'partial' || form === 'full';
  const indices = hasIndices ? seasonalIndices(series, season, 'additive') : undefined;
  return new CesFilter(series, form === 'none' ? 1 : season, form, indices);
}

function fitCes(series: Float64Array, season: number, form: CesSeason): CesFit | undefined {
  const n = series.length;
  const filter = filterOf(series, season, form);
  const { at, value } = nelderMead((x) => filter.squares(x), boxOf(form), EVALUATIONS);
  const count = at.length + 1;
  if (!Number.isFinite(value) || n <= count + 1) return undefined;
  const aicc =
    n * Math.log(Math.max(value, Number.MIN_VALUE)) + 2 * count + (2 * count * (count + 1)) / (n - count - 1);
  return { form, weights: at, aicc };
}

const EVALUATIONS = 50;

function boxOf(form: CesSeason): Box {
  const size = form === 'full' ? 4 : 2;
  const box = { start: START.slice(0, size), lower: LOWER.slice(0, size), upper: UPPER.slice(0, size) };
  if (form === 'partial') {
    box.start.push(PARTIAL.start);
    box.lower.push(PARTIAL.lower);
    box.upper.push(PARTIAL.upper);
  }
  return box;
}

interface CesState {
  readonly level: Float64Array;
  readonly information: Float64Array;
  readonly season: Float64Array;
  readonly seasonInformation: Float64Array;
}

/** States are rings over time modulo their lag: the level's is 1, or the season in the simple form. */
class CesFilter {
  readonly #series: Float64Array;
  readonly #reversed: Float64Array;
  readonly #period: number;
  readonly #form: CesSeason;
  readonly #first: CesState;
  #state: CesState;

  constructor(series: Float64Array, period: number, form: CesSeason, indices: Float64Array | undefined) {
    this.#series = series;
    this.#reversed = series.slice().reverse();
    this.#period = period;
    this.#form = form;
    const n = series.length;
    const isSimple = form === 'simple';
    const count = Math.min(n, Math.max(10, period));
    const mean = series.subarray(0, count).reduce((sum, value) => sum + value, 0) / count;
    const level = isSimple ? series.slice(0, period) : Float64Array.of(mean);
    const season = indices ?? new Float64Array(0);
    this.#first = {
      level,
      information: level.map((value) => value * FIRST_IMAGINARY),
      season,
      seasonInformation: season.map((value) => value * FIRST_IMAGINARY),
    };
    this.#state = copy(this.#first);
  }

  /** The squared errors of a run from first states that were found by a run forth and one back. */
  squares(weights: Float64Array, fitted?: Float64Array): number {
    const n = this.#series.length;
    this.restore(this.#first);
    this.#pass(this.#series, weights, 0, 1);
    this.#pass(this.#reversed, weights, n - 1, -1);
    const sum = this.#pass(this.#series, weights, 0, 1, fitted);
    return sum < 1e100 ? sum : Number.POSITIVE_INFINITY;
  }

  end(): CesState {
    return copy(this.#state);
  }

  restore(state: CesState): void {
    for (const name of STATES) this.#state[name].set(state[name]);
  }

  ahead(weights: Float64Array, horizon: number): Float64Array {
    const n = this.#series.length;
    const answer = new Float64Array(horizon);
    // Forecasts stand in for the values to come, so that their errors are 0.
    this.#pass(answer, weights, n, 1, answer, true);
    return answer;
  }

  #pass(
    series: Float64Array,
    weights: Float64Array,
    first: number,
    step: number,
    fitted?: Float64Array,
    isAhead = false,
  ): number {
    const { level, information, season, seasonInformation } = this.#state;
    const [real, imaginary] = [weights[0]!, weights[1]!];
    const form = this.#form;
    const isFull = form === 'full';
    const [seasonReal, seasonImaginary] = [weights[2] ?? 0, weights[3] ?? 0];
    const lag = level.length;
    const period = this.#period;
    const hasSeason = season.length > 0;
    let sum = 0;
    for (let i = 0, t = first; i < series.length; i++, t += step) {
      const place = lag === 1 ? 0 : t % lag;
      const seasonPlace = hasSeason ? t % period : 0;
      const l = level[place]!;
      const c = information[place]!;
      const s = hasSeason ? season[seasonPlace]! : 0;
      const ahead = l + s;
      if (fitted) fitted[i] = ahead;
      const error = isAhead ? 0 : series[i]! - ahead;
      sum += error * error;
      level[place] = l - (1 - imaginary) * c + (real - imaginary) * error;
      information[place] = l + (1 - real) * c + (real + imaginary) * error;
      if (isFull) {
        const d = seasonInformation[seasonPlace]!;
        season[seasonPlace] = s - (1 - seasonImaginary) * d + (seasonReal - seasonImaginary) * error;
        seasonInformation[seasonPlace] = s + (1 - seasonReal) * d + (seasonReal + seasonImaginary) * error;
      } else if (hasSeason) {
        season[seasonPlace] = s + seasonReal * error;
      }
    }
    return sum;
  }
}

const STATES = ['level', 'information', 'season', 'seasonInformation'] as const;

function copy(state: CesState): CesState {
  return {
    level: state.level.slice(),
    information: state.information.slice(),
    season: state.season.slice(),
    seasonInformation: state.seasonInformation.slice(),
  };
}
