/**
 * Exponential smoothing as a state space model (Hyndman, Koehler, Snyder and Grose, "A State Space Framework for Automatic
 * Forecasting Using Exponential Smoothing Methods", 2002): a level, a trend (none, additive, damped) and a season (none, additive,
 * multiplicative) that every error corrects. Whether errors are additive or multiplicative changes the likelihood alone, not the
 * recursion, so that nine recursions carry fifteen models; the unstable ones (additive errors beside a multiplicative season,
 * multiplicative trends) are left out.
 */
import { type Box, nelderMead } from './nelder-mead.ts';
import { seasonalIndices } from './seasonal-indices.ts';

export interface EtsForm {
  readonly error: 'A' | 'M';
  readonly trend: 'N' | 'A' | 'Ad';
  readonly season: 'N' | 'A' | 'M';
}

export interface EtsModel extends EtsWeights {
  readonly form: EtsForm;
  /** First indices, by place in the season; empty for none. */
  readonly season: Float64Array;
}

interface EtsWeights {
  readonly alpha: number;
  /** Of the trend and the season; 0 where there is none. */
  readonly beta: number;
  readonly gamma: number;
  /** Damping; 1 for none. */
  readonly phi: number;
  /** Before the first value. */
  readonly level: number;
  readonly trend: number;
}

export interface EtsFit {
  readonly model: EtsModel;
  /** After the last value. */
  readonly state: EtsState;
  /** Of the series. */
  readonly length: number;
  readonly fitted: Float64Array;
  /** Corrected Akaike information, by which forms are compared. */
  readonly aicc: number;
}

export interface EtsState {
  level: number;
  trend: number;
  /** By place in the season, beginning with that of the first value; empty for none. */
  readonly season: Float64Array;
}

const SMALLEST = 1e-4;
const LARGEST = 0.9999;
/** Damping that is hardly any, and damping that forgets the trend at once, are other models. */
const DAMPING = [0.8, 0.98] as const;
/** A multiplicative season that comes this near to 0, relative to 1, has lost its meaning. */
const SMALLEST_RATIO = 1e-3;
/** Far enough from the largest number that another factor fits. */
const LARGEST_PRODUCT = 1e100;

/** One form for each recursion: with errors relative to the forecast where all values are positive, else absolute ones. */
export function etsForms(hasSeason: boolean, isPositive: boolean): EtsForm[] {
  const error = isPositive ? 'M' : 'A';
  const seasons = (['N', 'A', 'M'] as const).filter(
    (season) => season === 'N' || (hasSeason && (season === 'A' || isPositive)),
  );
  return seasons.flatMap((season) => (['N', 'A', 'Ad'] as const).map((trend) => ({ error, trend, season })));
}

/** @returns undefined where the series is too short for as many parameters, or the form does not suit its values */
export function fitEts(series: Float64Array, season: number, form: EtsForm): EtsFit | undefined {
  const n = series.length;
  const [hasTrend, isDamped, hasSeason] = [form.trend !== 'N', form.trend === 'Ad', form.season !== 'N'];
  // Smoothing, damping, first states and the variance of errors.
  const parameters = 1 + Number(hasTrend) + Number(isDamped) + Number(hasSeason);
  const states = 1 + Number(hasTrend) + (hasSeason ? season - 1 : 0);
  const count = parameters + states + 1;
  if (n <= count + 1) return undefined;
  const filter = new EtsFilter(series, form);
  const scale = Math.max(spreadOf(series), Number.MIN_VALUE);
  const searches = form.season === 'A' ? SEASON_SEARCHES : SEASON_SEARCHES.slice(0, 1);
  const search = searches
    .flatMap(({ cycles, gamma }) => {
      const first = firstState(series, season, form, cycles);
      return first ? [searchFrom(first, gamma, form, scale)] : [];
    })
    .map((from) => ({ ...from, value: filter.run(from.read(from.box.start), from.first.season) }))
    .reduce<EtsSearch | undefined>(
      (best, next) => (best && best.value! <= next.value ? best : next),
      undefined,
    );
  if (!search) return undefined;
  const { first, box, read } = search;
  const { at, value } = nelderMead((x) => filter.run(read(x), first.season), box);
  if (!Number.isFinite(value)) return undefined;
  const aicc = value + 2 * count + (2 * count * (count + 1)) / (n - count - 1);
  return etsWith({ form, ...read(at), season: first.season }, series, aicc);
}

interface EtsSearch {
  readonly first: EtsState;
  readonly box: Box;
  readonly read: (x: ArrayLike<number>) => EtsWeights;
  /** −2 log likelihood where the search begins. */
  readonly value?: number;
}

/** Smoothing and first level are always sought, the rest where the form has it. */
function searchFrom(first: EtsState, gamma: number, form: EtsForm, scale: number): EtsSearch {
  const [hasTrend, isDamped, hasSeason] = [form.trend !== 'N', form.trend === 'Ad', form.season !== 'N'];
  const slope = Math.max(Math.abs(first.trend), scale / 10);
  const sought: (readonly [start: number, lower: number, upper: number])[] = [
    [0.3, SMALLEST, LARGEST],
    [first.level, first.level - scale, first.level + scale],
  ];
  if (hasTrend)
    sought.push([0.1, SMALLEST, LARGEST], [first.trend, first.trend - 2 * slope, first.trend + 2 * slope]);
  if (isDamped) sought.push([0.95, ...DAMPING]);
  if (hasSeason) sought.push([gamma, SMALLEST, LARGEST]);
  return {
    first,
    box: {
      start: sought.map(([start]) => start),
      lower: sought.map(([, lower]) => lower),
      upper: sought.map(([, , upper]) => upper),
    },
    read(x) {
      let i = 0;
      const alpha = x[i++]!;
      const level = x[i++]!;
      const beta = hasTrend ? x[i++]! * alpha : 0;
      const trend = hasTrend ? x[i++]! : 0;
      const phi = isDamped ? x[i++]! : 1;
      return { alpha, beta, gamma: hasSeason ? x[i]! * (1 - alpha) : 0, phi, level, trend };
    },
  };
}

/** The model with these estimates after a series. */
function etsWith(model: EtsModel, series: Float64Array, aicc: number): EtsFit {
  const filter = new EtsFilter(series, model.form);
  const fitted = new Float64Array(series.length);
  filter.run(model, model.season, fitted);
  return { model, state: filter.end(), length: series.length, fitted, aicc };
}

/** @returns undefined where the values do not suit the form: not positive, of a multiplicative one */
export function updateEts({ model, aicc }: EtsFit, series: Float64Array): EtsFit | undefined {
  const fit = etsWith(model, series, aicc);
  return Number.isFinite(fit.state.level) && fit.fitted.every(Number.isFinite) ? fit : undefined;
}

export function forecastEts({ model, state, length }: EtsFit, horizon: number): Float64Array {
  const { phi, form } = model;
  const season = state.season.length;
  let reach = 0;
  let damping = 1;
  return Float64Array.from({ length: horizon }, (_, h) => {
    damping *= phi;
    reach += damping;
    const level = state.level + reach * state.trend;
    const index = season > 0 ? state.season[(length + h) % season]! : 0;
    return form.season === 'M' ? level * index : level + index;
  });
}

class EtsFilter {
  readonly #series: Float64Array;
  readonly #form: EtsForm;
  /** What makes the likelihood, and so the search, the same in every unit. */
  readonly #units: number;
  #level = 0;
  #trend = 0;
  #season = new Float64Array(0);

  constructor(series: Float64Array, form: EtsForm) {
    this.#series = series;
    this.#form = form;
    const size = series.reduce((sum, value) => sum + Math.abs(value), 0) / series.length;
    this.#units = 2 * series.length * Math.log(size > 0 ? size : 1);
  }

  /** @returns −2 log likelihood, up to a constant that is the same for all forms */
  run(
    { alpha, beta, gamma, phi, level, trend }: EtsWeights,
    first: Float64Array,
    fitted?: Float64Array,
  ): number {
    const series = this.#series;
    const n = series.length;
    const { error: kind, season: form } = this.#form;
    const period = first.length;
    if (this.#season.length !== period) this.#season = new Float64Array(period);
    const season = this.#season;
    season.set(first);
    const isRelative = kind === 'M';
    const isRatio = form === 'M';
    let [squares, logs, place] = [0, 0, 0];
    // The logarithm of a product of several costs as much as that of one.
    let product = 1;
    for (let t = 0; t < n; t++) {
      const base = level + phi * trend;
      const index = period > 0 ? season[place]! : 0;
      const ahead = isRatio ? base * index : base + index;
      if (fitted) fitted[t] = ahead;
      const error = series[t]! - ahead;
      if (isRelative) {
        if (!(ahead > 0)) return Number.POSITIVE_INFINITY;
        const relative = error / ahead;
        squares += relative * relative;
        product *= ahead;
        if (product > LARGEST_PRODUCT || product < 1 / LARGEST_PRODUCT) {
          logs += Math.log(product);
          product = 1;
        }
      } else {
        squares += error * error;
      }
      if (isRatio) {
        if (!(index > SMALLEST_RATIO) || !(base > 0)) return Number.POSITIVE_INFINITY;
        level = base + (alpha * error) / index;
        trend = phi * trend + (beta * error) / index;
        season[place] = index + (gamma * error) / base;
      } else {
        level = base + alpha * error;
        trend = phi * trend + beta * error;
        if (period > 0) season[place] = index + gamma * error;
      }
      if (period > 0 && ++place === period) place = 0;
    }
    this.#level = level;
    this.#trend = trend;
    logs += Math.log(product);
    return n * Math.log(Math.max(squares, Number.MIN_VALUE)) + 2 * logs - this.#units;
  }

  end(): EtsState {
    return { level: this.#level, trend: this.#trend, season: this.#season.slice() };
  }
}

/**
 * A season that stays is known best from the whole past, one that changes from its beginning; the likelier start is taken. Ratios
 * hardly change where differences would grow with the level.
 */
const SEASON_SEARCHES = [
  { cycles: Number.POSITIVE_INFINITY, gamma: 0.1 },
  { cycles: 3, gamma: 0.5 },
];
/** How many values the first line is drawn through. */
const FIRST = 10;

/** Level and trend of the line through the first values without season, at the place before the first. */
function firstState(
  series: Float64Array,
  season: number,
  form: EtsForm,
  cycles: number,
): EtsState | undefined {
  const isRatio = form.season === 'M';
  const indices =
    form.season === 'N'
      ? new Float64Array(0)
      : seasonalIndices(series.slice(0, cycles * season), season, isRatio ? 'multiplicative' : 'additive');
  if (!indices || (isRatio && indices.some((ratio) => ratio <= SMALLEST_RATIO))) return undefined;
  const count = Math.min(series.length, Math.max(FIRST, 2 * indices.length));
  const adjusted = series.slice(0, count).map((value, t) => {
    if (indices.length === 0) return value;
    const index = indices[t % season]!;
    return isRatio ? value / index : value - index;
  });
  const mean = adjusted.reduce((sum, value) => sum + value, 0) / count;
  const center = (count + 1) / 2;
  let [covariance, variance] = [0, 0];
  for (let t = 0; t < count; t++) {
    covariance += (t + 1 - center) * (adjusted[t]! - mean);
    variance += (t + 1 - center) ** 2;
  }
  const trend = covariance / variance;
  const isTrended = form.trend !== 'N';
  const level = isTrended ? mean - trend * center : mean;
  // A multiplicative form needs a level above 0 to begin with.
  if (isRatio && level <= 0) return { level: mean, trend: 0, season: indices };
  return { level, trend: isTrended ? trend : 0, season: indices };
}

function spreadOf(series: Float64Array): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of series) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  return most - least;
}
