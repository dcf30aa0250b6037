/**
 * Rolling origin evaluation (Tashman, "Out-of-sample Tests of Forecasting Accuracy", 2000): a method is judged by forecasts of the
 * last part of the past from origins before, none of which saw what it forecast. Estimates are those of the first origin; at the
 * later ones the method only learns what has happened since (`followed`).
 */
import { type FittedForecaster, type Forecaster, followed } from './forecaster.ts';

export interface RollingOrigin {
  /** How many values were known at each roll, rising. */
  readonly origins: readonly number[];
  /** The steps ahead that were judged: the horizon, or less where the series is too short for it. */
  readonly steps: number;
}

export interface RollingOptions {
  /** Rolls at most. Default 12. */
  readonly rolls?: number;
}

const ROLLS = 12;
/** The share of the past that rolls may take. */
const LARGEST_SHARE = 0.4;
const FEWEST_KNOWN = 6;
/** Of a short series this share is known at the first roll, though it be less than two seasons. */
const KNOWN_SHARE = 0.6;

/**
 * Origins such that every roll is judged over all its steps, spread evenly over the last part of the past.
 *
 * @returns undefined where no values are left to judge by
 */
export function rollingOrigins(
  length: number,
  season: number,
  horizon: number,
  { rolls = ROLLS }: RollingOptions = {},
): RollingOrigin | undefined {
  // A season at least, that the seasonal naive forecast can be judged, and better two.
  const known = Math.max(
    FEWEST_KNOWN,
    length < season ? 0 : season,
    Math.min(2 * season + 3, Math.floor(KNOWN_SHARE * length)),
  );
  const room = Math.min(length - known, Math.max(Math.floor(LARGEST_SHARE * length), horizon + rolls - 1));
  if (room < 1) return undefined;
  // Half of the room at most is for the horizon, so that there is more than one roll.
  const steps = Math.min(horizon, Math.max(1, Math.ceil(room / 2)));
  const count = Math.min(rolls, room - steps + 1);
  const stride = count > 1 ? Math.min(steps, Math.floor((room - steps) / (count - 1))) : 1;
  const last = length - steps;
  return {
    origins: Array.from({ length: count }, (_, i) => last - (count - 1 - i) * Math.max(1, stride)),
    steps,
  };
}

/** What a method told at each roll for its steps, and what it was fitted to be at the first of them. */
export interface RolledForecasts {
  readonly forecasts: readonly Float64Array[];
  readonly first: FittedForecaster;
}

/** @returns undefined where it could not fit one of the rolls */
export function rollForecasts(
  forecaster: Forecaster,
  series: Float64Array,
  season: number,
  { origins, steps }: RollingOrigin,
): RolledForecasts | undefined {
  let fitted: FittedForecaster | undefined;
  let first: FittedForecaster | undefined;
  const forecasts: Float64Array[] = [];
  for (const origin of origins) {
    const known = series.subarray(0, origin);
    fitted = fitted ? followed(forecaster, fitted, known, season) : forecaster.fit(known, season);
    if (!fitted) return undefined;
    first ??= fitted;
    forecasts.push(fitted.forecast(steps));
  }
  return first && { forecasts, first };
}
