/** One network of all items: what none of them shows alone, and what a run keeps of it. */
import { Random } from '@gradus/base';
import { expect, it } from 'vitest';
import {
  FEWEST_ROWS,
  fitNetwork,
  networkForecasts,
  networkForecastsOfAll,
  readNetwork,
  storedNetwork,
} from './network.ts';

const SEASON = 6;
const HORIZON = 6;

/** After a rise of a season comes a fall of the same height, and the other way round; items differ in size, level and where they begin. */
const items = (count: number, length: number) => {
  const random = new Random('network');
  return Array.from({ length: count }, () => {
    const [level, size, phase] = [
      100 * random.uniform(),
      1 + 50 * random.uniform(),
      random.below(2 * SEASON),
    ];
    const values = Float64Array.from(
      { length },
      (_, t) => level + size * (Math.abs(((t + phase) % (2 * SEASON)) - SEASON) + random.normal(0, 0.2)),
    );
    return { values };
  });
};

it('learns from all items, the same from the same seed, and survives JSON', async () => {
  const known = items(40, 60);
  const until = known.map(() => 60 - HORIZON);
  const fitted = () => fitNetwork(known, until, SEASON, HORIZON, { random: new Random(3) });
  const model = (await fitted())!;
  const questions = known.map((_, item) => ({ item, origin: 60 - HORIZON, steps: HORIZON }));
  const told = networkForecasts(model, known, questions);
  let [error, naive] = [0, 0];
  for (const [item, { values }] of known.entries()) {
    for (let k = 0; k < HORIZON; k++) {
      const actual = values[60 - HORIZON + k]!;
      error += Math.abs(actual - told[item]![k]!);
      naive += Math.abs(actual - values[60 - HORIZON + k - SEASON]!);
    }
  }
  expect(error).toBeLessThan(0.25 * naive);
  expect(networkForecasts((await fitted())!, known, questions)).toEqual(told);
  for (const [q, forecast] of (await networkForecastsOfAll(model, known, questions)).entries())
    for (const [k, value] of forecast.entries()) expect(value).toBeCloseTo(told[q]![k]!, 3);
  const read = readNetwork(JSON.parse(JSON.stringify(storedNetwork(model))));
  expect(networkForecasts(read, known, questions)).toEqual(told);
  // A history that has only begun is told as well.
  const [begun] = networkForecasts(
    model,
    [{ values: known[0]!.values.slice(0, 3) }],
    [{ item: 0, origin: 3, steps: 2 }],
  );
  expect(begun!.every(Number.isFinite)).toBe(true);
});

it('is not fitted to too little', async () => {
  const few = items(2, FEWEST_ROWS / 4);
  const until = few.map(({ values }) => values.length);
  expect(await fitNetwork(few, until, SEASON, HORIZON, { random: new Random(3) })).toBeUndefined();
});
