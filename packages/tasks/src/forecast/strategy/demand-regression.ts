/**
 * One item's sales as a product of what moved them: the log of units on the log of the price, promotions, what else is known, a trend and the
 * season, with errors that go together from step to step (Prais and Winsten, 1954). The coefficient of the log of the price is the elasticity:
 * −2 says that one percent more on the price sells two percent less.
 */
import { type LeastSquares, leastSquares } from '@gradus/stats';
import type { ItemSales } from './item-sales.ts';
import { REASONS } from './refusal.ts';

export interface DemandColumn {
  readonly name: string;
  /** By step of the item. */
  readonly values: ArrayLike<number>;
}

export interface DemandFit {
  readonly fit: LeastSquares;
  /** The steps that were used, with the columns as given first. */
  readonly steps: Int32Array;
  /** Standard deviation of the log of units around the fit, from step to step. */
  readonly deviation: number;
}

/** More steps without sales than this, and logs tell nothing. */
const MOST_ZEROS = 0.1;
const LONGEST_SEASON = 24;
const WAVES = 3;
const MOST_CORRELATION = 0.95;

/** @returns the reason where it cannot be fitted */
export function demandRegression(
  { units, season }: ItemSales,
  columns: readonly DemandColumn[],
): DemandFit | (typeof REASONS)[keyof typeof REASONS] {
  const length = units.length;
  const known = Array.from({ length }, (_, t) => t).filter(
    (t) => Number.isFinite(units[t]) && columns.every(({ values }) => Number.isFinite(values[t])),
  );
  const sold = known.filter((t) => units[t]! > 0);
  if (sold.length < (1 - MOST_ZEROS) * known.length) return REASONS.tooManyZeros;
  const seasons = sold.length >= 2 * season ? seasonWaves(season) : [];
  const parameters = columns.length + 2 + seasons.length;
  if (sold.length < Math.max(20, 3 * parameters)) return REASONS.tooShort;
  const design = [
    ...columns.map(({ values }) => Float64Array.from(sold, (t) => values[t]!)),
    new Float64Array(sold.length).fill(1),
    Float64Array.from(sold, (t) => t / length),
    ...seasons.map((wave) => Float64Array.from(sold, wave)),
  ];
  const y = Float64Array.from(sold, (t) => Math.log(units[t]!));
  // What the given columns cannot explain comes last, so that a column equal to the trend or season is dependent on it.
  const order = [...design.slice(columns.length), ...design.slice(0, columns.length)];
  let fit = leastSquares(order, y);
  const slow = 3 + (season > LONGEST_SEASON ? seasons.length : 0);
  for (let round = 0; round < 3; round++) {
    const rho = firstCorrelation(residualsOf(order, y, fit), slow);
    fit = leastSquares(
      order.map((column) => praisWinsten(column, rho)),
      praisWinsten(y, rho),
      { absorbed: 1 },
    );
  }
  const shift = order.length - columns.length;
  const residuals = residualsOf(order, y, fit);
  return {
    fit: { ...fit, estimates: fit.estimates.slice(shift) },
    steps: Int32Array.from(sold),
    deviation: Math.sqrt(
      residuals.reduce((sum, e) => sum + e * e, 0) / Math.max(1, sold.length - parameters),
    ),
  };
}

function residualsOf(
  columns: readonly Float64Array[],
  y: Float64Array,
  { estimates }: LeastSquares,
): Float64Array {
  return y.map((value, t) =>
    columns.reduce(
      (rest, column, j) => rest - (Number.isNaN(estimates[j]!.value) ? 0 : estimates[j]!.value * column[t]!),
      value,
    ),
  );
}

/** Of the season, waves: a year of weeks needs not fifty-two parameters. */
function seasonWaves(season: number): ((t: number) => number)[] {
  if (season <= 1) return [];
  if (season <= LONGEST_SEASON)
    return Array.from({ length: season - 1 }, (_, place) => (t: number) => Number(t % season === place));
  return Array.from({ length: WAVES }, (_, wave) => (2 * Math.PI * (wave + 1)) / season).flatMap((angle) => [
    (t: number) => Math.sin(angle * t),
    (t: number) => Math.cos(angle * t),
  ]);
}

/**
 * The correlation of neighbouring errors. A fit takes slow movements out of its residuals, so that theirs is too small: with each of the `slow`
 * columns goes the power at frequency 0, (1 + ρ)/(1 − ρ) of the variance, which is given back here, by iteration.
 */
function firstCorrelation(residuals: Float64Array, slow: number): number {
  let [product, square] = [0, 0];
  for (let t = 0; t < residuals.length; t++) {
    square += residuals[t]! ** 2;
    if (t > 0) product += residuals[t]! * residuals[t - 1]!;
  }
  const raw = square > 0 ? product / square : 0;
  let rho = raw;
  for (let round = 0; round < 20; round++) {
    const taken = Math.min(0.5, (slow * (1 + rho)) / (1 - rho) / residuals.length);
    rho = Math.min(MOST_CORRELATION, Math.max(-0.5, raw * (1 - taken) + taken));
  }
  return rho;
}

function praisWinsten(values: Float64Array, rho: number): Float64Array {
  return values.map((value, t) => (t === 0 ? Math.sqrt(1 - rho ** 2) * value : value - rho * values[t - 1]!));
}
