/**
 * A series as level times shape: every season (a day of hours) is one level, its mean, and the shape of its values relative to it;
 * levels are forecast as a series of their own, by ridge regression on a window of levels, and shapes are those of the last seasons at
 * the same place in the longer season (the same weekday). Two short problems instead of a long one: what the closed-form model of FLAIR
 * rests on, which leads the methods without pretraining on GIFT-Eval.
 */
import type { FittedForecaster, Forecaster } from './forecaster.ts';
import { dynamicTheta } from './theta.ts';
import { windowRidge } from './window-ridge.ts';

/** Of one season. Fits from three seasons on. */
export const levelShape: Forecaster = {
  name: 'level-shape',
  fit: (series, season) => fitLevelShape(series, [season]),
};

/** A method that knows these seasons whatever `fit` is told: the shortest gives the levels, the longest of its multiples their season. */
export function levelShapeForecaster(seasons: readonly number[]): Forecaster {
  return { name: 'level-shape', fit: (series) => fitLevelShape(series, seasons) };
}

const FEWEST_CYCLES = 3;
/** How many of the last cycles at a place a shape is averaged over, and how many all places together count for. */
const CYCLES = 4;
const SHARED = 1;

function fitLevelShape(series: Float64Array, seasons: readonly number[]): FittedForecaster | undefined {
  const season = Math.min(...seasons);
  const cycles = Math.floor(series.length / season);
  if (season < 2 || cycles < FEWEST_CYCLES) return undefined;
  const multiples = seasons
    .filter((other) => other > season && other % season === 0)
    .map((other) => other / season);
  const longer = Math.max(1, ...multiples.filter((count) => cycles >= 2 * count));
  const first = series.length - cycles * season;
  const levels = Float64Array.from({ length: cycles }, (_, cycle) => {
    const at = first + cycle * season;
    return series.subarray(at, at + season).reduce((sum, value) => sum + value, 0) / season;
  });
  const isRatio = series.every((value) => value >= 0) && levels.every((level) => level > 0);
  const shapes = shapesOf(series.subarray(first), levels, longer, isRatio);
  const method = windowRidge.fit(levels, longer) ?? dynamicTheta.fit(levels, longer);
  if (!method) return undefined;
  return {
    forecast(horizon) {
      const told = method.forecast(Math.ceil(horizon / season));
      return Float64Array.from({ length: horizon }, (_, h) => {
        const cycle = Math.floor(h / season);
        const shape = shapes[(cycles + cycle) % longer]![h % season]!;
        return isRatio ? told[cycle]! * shape : told[cycle]! + shape;
      });
    },
    parameters: {
      seasons: longer > 1 ? `${season}, ${season * longer}` : season,
      scale: isRatio ? 'ratios' : 'differences',
    },
  };
}

/** By place of a cycle in the longer season, by place in the cycle. @param series whole cycles */
function shapesOf(
  series: Float64Array,
  levels: Float64Array,
  longer: number,
  isRatio: boolean,
): Float64Array[] {
  const cycles = levels.length;
  const season = series.length / cycles;
  const meanOf = (chosen: readonly number[]): Float64Array =>
    Float64Array.from({ length: season }, (_, place) => {
      let sum = 0;
      for (const cycle of chosen) {
        const value = series[cycle * season + place]!;
        sum += isRatio ? value / levels[cycle]! : value - levels[cycle]!;
      }
      return sum / chosen.length;
    });
  const last = (place: number | undefined, count: number): number[] =>
    Array.from(levels.keys())
      .filter((cycle) => place === undefined || cycle % longer === place)
      .slice(-count);
  const shared = meanOf(last(undefined, CYCLES * longer));
  return Array.from({ length: longer }, (_, place) => {
    const own = last(place, CYCLES);
    const shape = meanOf(own);
    return shape.map((value, i) => (own.length * value + SHARED * shared[i]!) / (own.length + SHARED));
  });
}
