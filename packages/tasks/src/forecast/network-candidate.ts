/** What the network of all items tells of every item, and would have told of its past: judged as every candidate is. */
import type { Random } from '@gradus/base';
import type { NetworkCandidate, PreparedItem } from './fitted.ts';
import { fitNetwork, networkForecastsOfAll } from './global/network.ts';
import { type Question, refitsOf } from './global/refits.ts';
import { isIntermittent } from './intermittent.ts';
import type { LocalForecast } from './model.ts';

/** Fewer items are not many to learn from. */
const FEWEST_ITEMS = 8;

export async function networkCandidate(
  prepared: readonly PreparedItem[],
  local: readonly LocalForecast[],
  {
    random,
    signal,
    onFit,
  }: {
    readonly random: Random;
    readonly signal?: AbortSignal | undefined;
    onFit?(done: number, total: number): void;
  },
): Promise<NetworkCandidate | undefined> {
  const places = learntFrom(prepared, local);
  if (places.length < FEWEST_ITEMS) return undefined;
  const items = places.map((i) => prepared[i]!);
  const { season } = items[0]!;
  const horizon = items.reduce((most, one) => Math.max(most, one.horizon), 1);
  const rolls = places.map((i) => local[i]!.rolls);
  const lengths = items.map(({ values }) => values.length);
  // Of items that it knows nothing of it tells nothing: one array for all of a length.
  const nothing = new Map<number, Float64Array>();
  const unknown = ({ length }: Float64Array): Float64Array => {
    const known = nothing.get(length) ?? new Float64Array(length).fill(Number.NaN);
    nothing.set(length, known);
    return known;
  };
  const rolled = local.map(({ rolled }) => rolled.map(unknown));
  const forecasts = local.map(({ forecast }) => unknown(forecast));
  const told: Float64Array[][] = places.map(() => []);
  const refits = refitsOf(rolls, lengths);
  for (const [part, { until, questions }] of refits.entries()) {
    onFit?.(part, refits.length + 1);
    const early = await fitNetwork(items, until, season, horizon, {
      random: random.fork(`early ${part}`),
      signal,
    });
    if (!early) return undefined;
    const answers = await networkForecastsOfAll(early, items, questions);
    for (const [q, { item }] of questions.entries()) told[item]!.push(answers[q]!);
  }
  onFit?.(refits.length, refits.length + 1);
  const model = await fitNetwork(items, lengths, season, horizon, { random: random.fork('whole'), signal });
  if (!model) return undefined;
  const last = items.map(
    ({ values, horizon: steps }, item): Question => ({ item, origin: values.length, steps }),
  );
  for (const [at, forecast] of (await networkForecastsOfAll(model, items, last)).entries()) {
    rolled[places[at]!] = told[at]!;
    forecasts[places[at]!] = forecast;
  }
  return { model, rolled, forecasts };
}

/** The largest lot of items of one season that are told equally far. */
function learntFrom(prepared: readonly PreparedItem[], local: readonly LocalForecast[]): readonly number[] {
  const lots = Map.groupBy(
    [...prepared.keys()].filter((i) => local[i]!.rolls && !isIntermittent(prepared[i]!.item.values)),
    (i) => prepared[i]!.season,
  );
  return [...lots.values()].reduce((a, b) => (b.length > a.length ? b : a), []);
}
