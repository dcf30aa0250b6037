/**
 * ARIMA with the orders that the corrected Akaike information prefers, walked to from four good ones as in Hyndman and Khandakar
 * (2008), within a small grid: up to two autoregressive and moving average terms and one of each for the season. A wider search
 * costs a hundred times more than every other method and gains little (statsforecast's figures for M4).
 */
import { type ArmaFit, type ArmaOrders, armaErrors, fitArma, forecastArma } from './arma.ts';
import { type Differences, difference, differencesNeeded, undoDifference } from './differencing.ts';
import type { FittedForecaster, Forecaster } from './forecaster.ts';
import { leastInformation, nearlyAsGood } from './information.ts';

/** Fits from six values on. */
export const autoArima: Forecaster = {
  name: 'arima',
  fit(series, season) {
    if (series.length < SHORTEST) return undefined;
    const differences = differencesNeeded(series, season);
    const rest = differenced(series, season, differences);
    const found = bestArma(rest, season, differences);
    if (!found) return undefined;
    const { best, near } = found;
    return {
      ...arimaWith({ model: best, differences, season }, series),
      refit: refitOf(near, differences, season),
    };
  },
  fitForm(series, season, text) {
    const [p, steps, q, P = 0, seasons = 0, Q = 0] = (text.match(/\d+/g) ?? []).map(Number);
    if (series.length < SHORTEST || q === undefined) return undefined;
    const differences = { steps: steps!, seasons };
    const rest = differenced(series, season, differences);
    const model = fitArma(rest, season, { p: p!, q, P, Q }, hasMean(differences));
    return model && arimaWith({ model, differences, season }, series);
  },
};

/** Among the same orders, where the longer series asks for the same differences. */
const refitOf =
  (near: readonly ArmaOrders[], before: Differences, season: number) =>
  (longer: Float64Array): FittedForecaster | undefined => {
    const differences = differencesNeeded(longer, season);
    if (differences.steps !== before.steps || differences.seasons !== before.seasons) return undefined;
    const rest = differenced(longer, season, differences);
    const fits = near.flatMap((orders) => fitArma(rest, season, orders, hasMean(differences)) ?? []);
    const model = leastInformation(fits);
    return model && arimaWith({ model, differences, season }, longer);
  };

/** With two differences a mean would be a parabola. */
const hasMean = ({ steps, seasons }: Differences): boolean => steps + seasons < 2;

const SHORTEST = 6;
const MOST: ArmaOrders = { p: 2, q: 2, P: 1, Q: 1 };
const STARTS: readonly ArmaOrders[] = [
  { p: 0, q: 0, P: 0, Q: 0 },
  { p: 1, q: 0, P: 1, Q: 0 },
  { p: 0, q: 1, P: 0, Q: 1 },
  { p: 2, q: 2, P: 1, Q: 1 },
];
/** Orders that differ by one step of the walk. */
const MOVES: readonly Partial<ArmaOrders>[] = [
  { p: 1 },
  { p: -1 },
  { q: 1 },
  { q: -1 },
  { P: 1 },
  { P: -1 },
  { Q: 1 },
  { Q: -1 },
  { p: 1, q: 1 },
  { p: -1, q: -1 },
];

interface ArimaModel {
  readonly model: ArmaFit;
  readonly differences: Differences;
  readonly season: number;
}

/** @returns with the orders that are nearly as good */
function bestArma(
  rest: Float64Array,
  season: number,
  differences: Differences,
): { readonly best: ArmaFit; readonly near: readonly ArmaOrders[] } | undefined {
  const isCentred = hasMean(differences);
  const tried = new Map<string, ArmaFit | undefined>();
  const attempt = (orders: ArmaOrders): ArmaFit | undefined => {
    const key = Object.values(orders).join();
    if (tried.has(key)) return undefined;
    const fit = fitArma(rest, season, orders, isCentred);
    tried.set(key, fit);
    return fit;
  };
  let best: ArmaFit | undefined;
  const keep = (fit: ArmaFit | undefined): boolean => {
    if (!fit || fit.aicc >= (best?.aicc ?? Number.POSITIVE_INFINITY)) return false;
    best = fit;
    return true;
  };
  for (const start of STARTS) keep(attempt(season > 1 ? start : { ...start, P: 0, Q: 0 }));
  if (!best) {
    const constant = constantArma(rest, isCentred);
    return constant && { best: constant, near: [] };
  }
  for (let isBetter = true; isBetter; ) {
    const { orders } = best as ArmaFit;
    isBetter = MOVES.some((move) => {
      const next = { ...orders };
      for (const name of ['p', 'q', 'P', 'Q'] as const) next[name] += move[name] ?? 0;
      const isAllowed = (['p', 'q', 'P', 'Q'] as const).every(
        (name) =>
          next[name] >= 0 &&
          next[name] <= MOST[name] &&
          (season > 1 || name === 'p' || name === 'q' || next[name] === 0),
      );
      return isAllowed && keep(attempt(next));
    });
  }
  const fits = [...tried.values()].filter((fit) => fit !== undefined);
  // Orders that had too few values may be the best of more.
  const isWhole = fits.length === tried.size;
  const near = isWhole ? nearlyAsGood(fits, best) : [];
  return { best, near: near.map(({ orders }) => orders) };
}

/** Of differences that do not vary, or too few to fit: their mean. */
function constantArma(rest: Float64Array, isCentred: boolean): ArmaFit | undefined {
  if (rest.length === 0) return undefined;
  const mean = isCentred ? rest.reduce((sum, value) => sum + value, 0) / rest.length : 0;
  return { orders: STARTS[0]!, mean, ar: [], ma: [], aicc: Number.NaN };
}

function arimaWith(arima: ArimaModel, series: Float64Array): FittedForecaster {
  const { model, differences, season } = arima;
  const { steps, seasons } = differences;
  const rest = differenced(series, season, differences);
  const { p, q, P, Q } = model.orders;
  const form = `(${p},${steps},${q})${season > 1 ? `(${P},${seasons},${Q})[${season}]` : ''}`;
  return {
    form,
    forecast(horizon) {
      // Every stage of differencing, from the values to what was modelled.
      const stages = [series];
      for (let i = 0; i < seasons; i++) stages.push(difference(stages.at(-1)!, season));
      for (let i = 0; i < steps; i++) stages.push(difference(stages.at(-1)!, 1));
      let values = forecastArma(rest, model, horizon);
      for (let i = stages.length - 2; i >= 0; i--) {
        values = undoDifference(stages[i]!, values, i < seasons ? season : 1);
      }
      return values;
    },
    get fitted() {
      const errors = armaErrors(rest, model);
      const skipped = series.length - errors.length;
      return series.map((value, t) => (t < skipped ? Number.NaN : value - errors[t - skipped]!));
    },
    update: (longer) => arimaWith(arima, longer),
    parameters: {
      orders: form,
      mean: model.mean,
    },
  };
}

function differenced(series: Float64Array, season: number, { steps, seasons }: Differences): Float64Array {
  let rest = series;
  for (let i = 0; i < seasons; i++) rest = difference(rest, season);
  for (let i = 0; i < steps; i++) rest = difference(rest, 1);
  return rest;
}
