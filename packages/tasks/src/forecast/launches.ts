/**
 * Items that have hardly begun to sell: their own past says little, but the file has seen other items begin. The first steps of those say
 * what usually follows (`launchForecast`), those with the same shop, category or brand more than others where that has helped. Past
 * launches are told in the same way from the same number of steps, each by the others: what was wrong there makes the intervals, and
 * shows whether launches tell more than the item's few steps do by themselves.
 */
import { quantileSorted } from '@gradus/stats';
import type { FittedForecasts, PreparedItem } from './fitted.ts';
import { frequencyOf, gridKey } from './grid.ts';
import { localForecast } from './local/forecast.ts';
import { ANALOGY, type ItemForecast, QUANTILES } from './model.ts';
import { type Launch, launchForecast } from './strategy/new-items.ts';

/** An item that is in the file's first steps may have been sold before them. */
const FIRST_STEPS = 2;
/** Launches that are judged; of more, an even sample. */
const MOST_JUDGED = 40;
const FEWEST_JUDGED = 5;

/** @returns the forecasts, of new items by analogy where that has told past launches better */
export function withLaunches(
  prepared: readonly PreparedItem[],
  fitted: FittedForecasts,
  horizon: number | undefined,
): readonly ItemForecast[] {
  const starts = new Map<string, number>();
  for (const { grid, item } of prepared)
    starts.set(gridKey(grid), Math.min(starts.get(gridKey(grid)) ?? item.first, item.first));
  const isSeen = ({ grid, item }: PreparedItem) => item.first > starts.get(gridKey(grid))! + FIRST_STEPS;
  const attributes = attributesOf(prepared);
  const judgedAt = new Map<string, Judged | undefined>();
  return fitted.forecasts.map((forecast, i) => {
    const one = prepared[i]!;
    const wanted = horizon ?? frequencyOf(one.grid).horizon;
    const known = one.values.length;
    if (!isSeen(one) || known > wanted) return forecast;
    const key = `${gridKey(one.grid)} ${known}`;
    if (!judgedAt.has(key)) {
      const launches = prepared.filter((other) => isSeen(other) && gridKey(other.grid) === gridKey(one.grid));
      judgedAt.set(key, judge(launches, attributes, known, wanted));
    }
    const judged = judgedAt.get(key);
    if (!judged || judged.error >= judged.plainError) return forecast;
    return byAnalogy(forecast, one, attributes(one), judged);
  });
}

/** Levels that several items share. */
function attributesOf(prepared: readonly PreparedItem[]): (of: PreparedItem) => Record<string, string> {
  const names = Object.keys(prepared[0]!.item.levels).filter(
    (name) => new Set(prepared.map(({ item }) => item.levels[name])).size <= prepared.length / 2,
  );
  return ({ item }) => Object.fromEntries(names.map((name) => [name, item.levels[name] ?? '']));
}

interface Judged {
  readonly launches: readonly Launch[];
  readonly steps: number;
  /** Sums of absolute errors over sums of amounts. */
  readonly error: number;
  readonly plainError: number;
  /** What came over what was told, ascending: of single steps, and of all together. */
  readonly ratios: Float64Array;
  readonly totals: Float64Array;
}

function judge(
  past: readonly PreparedItem[],
  attributes: (of: PreparedItem) => Record<string, string>,
  known: number,
  wanted: number,
): Judged | undefined {
  const lengths = past.map(({ values }) => values.length).sort((a, b) => b - a);
  // As far as enough launches reach.
  const steps = Math.min(wanted, (lengths[FEWEST_JUDGED] ?? 0) - known);
  if (steps < 1) return undefined;
  const long = past.filter(({ values }) => values.length >= known + steps);
  const launches = long.map(
    (one): Launch => ({
      item: one.item.item,
      attributes: attributes(one),
      units: one.values.subarray(0, known + steps),
    }),
  );
  const stride = Math.max(1, Math.ceil(long.length / MOST_JUDGED));
  let [error, plainError, sold] = [0, 0, 0];
  const [ratios, totals]: [number[], number[]] = [[], []];
  for (let i = 0; i < long.length; i += stride) {
    const { units, attributes: own } = launches[i]!;
    const found = launchForecast(
      launches.toSpliced(i, 1),
      { attributes: own, sold: long[i]!.values.subarray(0, known) },
      known + steps,
    );
    if (!found) continue;
    const plain = localForecast(long[i]!.values.subarray(0, known), [1], steps).forecast;
    let [came, told] = [0, 0];
    for (let k = 0; k < steps; k++) {
      const [actual, forecast] = [units[known + k]!, found.curve[known + k]!];
      error += Math.abs(actual - forecast);
      plainError += Math.abs(actual - plain[k]!);
      came += actual;
      told += forecast;
      if (forecast > 0) ratios.push(actual / forecast);
    }
    sold += came;
    if (told > 0) totals.push(came / told);
  }
  if (totals.length < FEWEST_JUDGED || !(sold > 0)) return undefined;
  return {
    launches,
    steps,
    error: error / sold,
    plainError: plainError / sold,
    ratios: Float64Array.from(ratios).sort(),
    totals: Float64Array.from(totals).sort(),
  };
}

function byAnalogy(
  forecast: ItemForecast,
  { values }: PreparedItem,
  attributes: Record<string, string>,
  { launches, steps, error, plainError, ratios, totals }: Judged,
): ItemForecast {
  const found = launchForecast(launches, { attributes, sold: values }, values.length + steps);
  if (!found) return forecast;
  const mean = found.curve.slice(values.length);
  const value = mean.reduce((a, b) => a + b, 0);
  const factors = QUANTILES.map((level) => quantileSorted(ratios, level));
  const offsets = Float64Array.from(
    { length: steps * QUANTILES.length },
    (_, at) => mean[Math.floor(at / QUANTILES.length)]! * (factors[at % QUANTILES.length]! - 1),
  );
  return {
    ...forecast,
    mean,
    offsets,
    growth: 0,
    quantiles: offsets.map((offset, at) => mean[Math.floor(at / QUANTILES.length)]! + offset),
    total: { value, low: value * quantileSorted(totals, 0.1), high: value * quantileSorted(totals, 0.9) },
    method: ANALOGY,
    weights: { [ANALOGY]: 1 },
    analogy: { launches: launches.length, like: found.analogues, error, plainError },
  };
}
