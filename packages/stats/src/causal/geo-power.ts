/**
 * Before a test in some cities: how small a lift it could find, by taking windows of the past where nothing was done for the
 * test (Vaver and Koehler, "Measuring Ad Effectiveness Using Geo Experiments", 2011; GeoLift's market selection does the same). For each number of
 * cities and weeks, cities are drawn at random and the estimate's error is measured on windows of the past; a lift of 2.8 errors is found in four
 * tests of five at 95 %.
 */
import type { Random } from '@gradus/base';
import { intervalZ } from '../distributions/normal.ts';
import { intervalT } from '../distributions/student-t.ts';
import { meanOf, type Panel } from './panel.ts';

export interface GeoPowerOptions {
  readonly cities: readonly number[];
  /** Lengths of the test, in times of the panel. */
  readonly lengths: readonly number[];
  /** Draws of cities and windows for each. Default 200. */
  readonly draws?: number;
  readonly level?: number;
  readonly power?: number;
}

export interface GeoPlan {
  readonly cities: number;
  readonly length: number;
  /** Standard error of the lift, as a share of sales, in tests of the past where there was none. */
  readonly error: number;
  /** The smallest lift, as a share of sales, that such a test finds with the asked-for power. */
  readonly smallestLift: number;
}

/** Plans that the history is too short for, or that leave fewer than two other cities, are left out. */
export function geoPower(panel: Panel, options: GeoPowerOptions, random: Random): GeoPlan[] {
  const { draws = 200, level = 0.95, power = 0.8 } = options;
  const times = panel.values[0]?.length ?? 0;
  return options.cities.flatMap((cities) =>
    options.lengths.flatMap((length) => {
      const others = panel.units.length - cities;
      const before = Math.min(times - length, 4 * length);
      if (others < 2 || cities < 1 || before < length) return [];
      const drawn = random.fork(`${cities} ${length}`);
      let squares = 0;
      for (let draw = 0; draw < draws; draw++) {
        const order = drawn.permutation(panel.units.length);
        const start = before + drawn.below(times - length - before + 1);
        squares += changeOf(panel, order, cities, start, before, length) ** 2;
      }
      const error = Math.sqrt(squares / draws);
      const z = intervalT(level, Math.max(others + cities - 2, 1)) + intervalZ(2 * power - 1);
      return [{ cities, length, error, smallestLift: z * error }];
    }),
  );
}

/** Difference in differences of the log of sales, so that cities of all sizes count alike and the answer is a share. */
function changeOf(
  { values }: Panel,
  order: Int32Array,
  cities: number,
  start: number,
  before: number,
  length: number,
): number {
  const change = (unit: number) =>
    Math.log(Math.max(meanOf(values[unit]!, start, start + length), 1e-9)) -
    Math.log(Math.max(meanOf(values[unit]!, start - before, start), 1e-9));
  const changes = Array.from(order, change);
  return meanOf(changes, 0, cities) - meanOf(changes, cities);
}
