/**
 * From histories to forecasts: each item by methods that know it alone and by one model of all items, judged on the same forecasts of
 * the past, chosen, and given intervals from what went wrong there.
 */
import type { Localized, Random } from '@gradus/base';
import type { CalendarEvent } from '@gradus/data';
import { chosenForecasts } from './decide.ts';
import { filled } from './fill.ts';
import type { FittedForecasts, GlobalCandidate, PreparedItem } from './fitted.ts';
import { weekdayShare } from './global/calendar-features.ts';
import { eventFeatures, metEvents, type StepRange } from './global/event-features.ts';
import { explainForecasts } from './global/explain.ts';
import { type Dates, Features, type GlobalItem } from './global/features.ts';
import { refitsOf } from './global/refits.ts';
import { fitGlobal, globalForecasts } from './global/trees.ts';
import { whatIfOf } from './global/what-if.ts';
import { frequencyOf } from './grid.ts';
import { endOf, type SalesHistory } from './history.ts';
import { importedCandidate } from './imported/candidate.ts';
import type { ForecastingNetwork } from './imported/network.ts';
import { withLaunches } from './launches.ts';
import { ForecastingPool } from './local/pool.ts';
import type { LocalForecast } from './model.ts';
import { networkCandidate } from './network-candidate.ts';
import type { Plan } from './plan.ts';
import { isFloored } from './read/measures.ts';
import { seasonOfOrder, seasonsOf } from './season.ts';
import { withSums } from './sums.ts';

export interface FitForecastOptions {
  /** Steps of each item. Default: what people plan in its frequency. */
  readonly horizon?: number | undefined;
  readonly plan?: Plan | undefined;
  /** What is on the calendar, from the first step to the last forecast. */
  readonly events?: readonly CalendarEvent[];
  /** One candidate more. */
  readonly network?: ForecastingNetwork | undefined;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  /** Keeps what has been forecast, chunk by chunk, so that a killed run goes on. */
  readonly kept?: {
    load(chunk: number): LocalForecast[] | undefined;
    save(chunk: number, done: readonly LocalForecast[]): void;
  };
  progress?(what: Localized, done: number, total: number): void;
}

/** Items that are forecast before what is done is kept. */
const CHUNK = 500;
/** Of more items than this so many forecasts of each past are looked at: they show together what few could show alone, and take the most memory. */
const MANY_ITEMS = 10_000;
const ROLLS_OF_MANY = 6;
const WORDS = {
  own: { en: 'items', zh: '商品' },
  global: { en: 'model of all items', zh: '全部商品的模型' },
  allNetwork: { en: 'network of all items', zh: '全部商品的网络' },
  network: { en: 'imported network', zh: '导入的网络' },
  sums: { en: 'sums', zh: '合计' },
} as const satisfies Record<string, Localized>;

export async function fitForecasts(
  history: SalesHistory,
  options: FitForecastOptions,
): Promise<FittedForecasts> {
  const { items, grids } = history;
  const ofOrder = grids.some(({ kind }) => kind === 'order')
    ? seasonOfOrder(items.slice(0, 200).map(({ values }) => filled(values, 1)))
    : 1;
  const prepared = items.map((item) => {
    const grid = grids[item.grid]!;
    const seasons = seasonsOf(grid, item.values.length, ofOrder);
    const [season] = seasons as [number];
    return {
      item,
      grid,
      season,
      seasons,
      values: filled(item.values, season),
      horizon: options.horizon ?? horizonOf(frequencyOf(grid).horizon, item.values.length),
      isNonNegative: isFloored(item.values, history.columns.measures === true),
    };
  });
  const fitted = await fittedItems(history, prepared, options);
  options.progress?.(WORDS.sums, 0, 1);
  const forecasts = withLaunches(prepared, fitted, options.horizon);
  return {
    ...fitted,
    forecasts,
    // Measurements do not add up.
    ...(!history.columns.measures && (await withSums(prepared, { ...fitted, forecasts }, options.signal))),
  };
}

/** What all candidates tell ends with this function: of tens of thousands of items it takes more memory than what is chosen. */
async function fittedItems(
  history: SalesHistory,
  prepared: readonly PreparedItem[],
  options: FitForecastOptions,
): Promise<FittedForecasts> {
  const local = await ownForecasts(history, prepared, options);
  const trees = await globalCandidate(history, prepared, local, options);
  const shared = await networkCandidate(prepared, local, {
    random: options.random.fork('network'),
    signal: options.signal,
    onFit: (done, total) => options.progress?.(WORDS.allNetwork, done, total),
  });
  if (options.network) options.progress?.(WORDS.network, 0, 1);
  const brought =
    options.network && (await importedCandidate(options.network, prepared, local, options.signal));
  return {
    ...chosenForecasts(prepared, local, { trees, 'n-hits': shared, brought }),
    effects: local.flatMap(({ hasEffects }, i) => (hasEffects ? [i] : [])),
  };
}

async function ownForecasts(
  history: SalesHistory,
  prepared: readonly PreparedItem[],
  options: FitForecastOptions,
): Promise<LocalForecast[]> {
  const columns = knownColumns(history, prepared, options);
  const local: LocalForecast[] = [];
  await using pool = new ForecastingPool();
  for (let from = 0; from < prepared.length; from += CHUNK) {
    const chunk = prepared.slice(from, from + CHUNK).map(({ item, values, seasons, horizon }, i) => ({
      ...{ values, seasons, horizon, columns: columns(from + i) },
      ...(values !== item.values && { known: item.values }),
      ...(prepared.length > MANY_ITEMS && { rolls: ROLLS_OF_MANY }),
    }));
    const before = options.kept?.load(from);
    const done =
      before ??
      (await pool.forecasts(chunk, {
        signal: options.signal,
        onProgress: (n) => options.progress?.(WORDS.own, from + n, prepared.length),
      }));
    if (!before && prepared.length > CHUNK) options.kept?.save(from, done);
    local.push(...done);
  }
  return local;
}

/** Nobody is told further ahead than a third of what is known. */
const horizonOf = (usual: number, known: number): number =>
  Math.max(1, Math.min(usual, Math.floor(known / 3)));

async function globalCandidate(
  { covariates, grids }: SalesHistory,
  prepared: readonly PreparedItem[],
  local: readonly LocalForecast[],
  { plan, events = [], random, signal, progress }: FitForecastOptions,
): Promise<GlobalCandidate | undefined> {
  const judged = local.every(({ rolls }) => rolls === undefined);
  if (judged) return undefined;
  const ahead = covariates.filter((name) => plan?.covariates.includes(name));
  const levels = levelCodes(prepared);
  const items = prepared.map(
    ({ item, grid, season, values }, i): GlobalItem => ({
      grid,
      first: item.first,
      season,
      values,
      known: item.values,
      ahead: ahead.map((name) => plan!.after(item, name)),
      codes: levels.map(({ of }) => of[i]!),
    }),
  );
  const dates: Dates = { grids, ranges: rangesOf(grids, prepared), events };
  const features = new Features(
    dates,
    levels.map(({ name, values }) => ({ name, codes: values.length })),
    ahead,
  );
  const horizon = prepared.reduce((most, one) => Math.max(most, one.horizon), 1);
  const all = items.map(({ values }) => values.length);
  const rolled: Float64Array[][] = local.map(() => []);
  const refits = refitsOf(
    local.map(({ rolls }) => rolls),
    all,
  );
  for (const [part, { until, questions }] of refits.entries()) {
    progress?.(WORDS.global, part, refits.length + 1);
    const early = await fitGlobal(features, items, until, horizon, {
      random: random.fork(`early ${part}`),
      signal,
    });
    if (!early) return undefined;
    const answers = globalForecasts(early, features, items, questions);
    for (const [q, { item }] of questions.entries()) rolled[item]!.push(answers[q]!);
  }
  progress?.(WORDS.global, refits.length, refits.length + 1);
  const model = await fitGlobal(features, items, all, horizon, { random: random.fork('whole'), signal });
  if (!model) return undefined;
  const last = items.map(({ values }, item) => ({
    item,
    origin: values.length,
    steps: prepared[item]!.horizon,
  }));
  return {
    model,
    levels: levels.map(({ name, values }) => ({ name, values })),
    ahead,
    dates,
    whatIf: whatIfOf(model, features, items, last, ahead),
    rolled,
    forecasts: globalForecasts(model, features, items, last),
    explained: explainForecasts(model, features, items, last),
  };
}

/**
 * What is known ahead of an item's steps: where there is a calendar, its events that the item's grid has met and the weekdays of months, and columns
 * of a plan that are whole over the horizon.
 */
function knownColumns(
  { covariates, grids }: SalesHistory,
  prepared: readonly PreparedItem[],
  { plan, events = [] }: FitForecastOptions,
): (item: number) => Float64Array[] {
  const ranges = rangesOf(grids, prepared);
  const features = grids.map((grid, g) => [
    ...eventFeatures(grid, ranges[g]!, events, metEvents(grid, ranges[g]!, events)),
    ...(events.length > 0 ? weekdayShare(grid) : []),
  ]);
  const ahead = covariates.filter((name) => plan?.covariates.includes(name));
  return (i) => {
    const { item, values, horizon } = prepared[i]!;
    const length = values.length + horizon;
    const ofEvents = features[item.grid]!.map(({ at }) =>
      Float64Array.from({ length }, (_, t) => at(item.first + t)),
    );
    const ofPlan = ahead.map((name) => {
      const known = plan!.after(item, name);
      return Float64Array.from({ length }, (_, t) => known[t] ?? Number.NaN);
    });
    // A step that is not known is as the one before; a column that is not known ahead says nothing.
    const whole = ofPlan.flatMap((column) => {
      if (column.subarray(values.length).some(Number.isNaN)) return [];
      const first = column.find((value) => !Number.isNaN(value)) ?? 0;
      for (let t = 0; t < length; t++) if (Number.isNaN(column[t]!)) column[t] = column[t - 1] ?? first;
      // Beyond what the item has seen a plan tells as much as the nearest that it has: an effect may not go on for ever.
      const [low, high] = extremes(column.subarray(0, values.length));
      return [column.map((value) => Math.max(low, Math.min(high, value)))];
    });
    return [...ofEvents, ...whole].filter((column) => column.some((value) => value !== column[0]));
  };
}

const extremes = (values: Float64Array): readonly [number, number] => [
  values.reduce((a, b) => Math.min(a, b)),
  values.reduce((a, b) => Math.max(a, b)),
];

/** Of each grid the steps from its first history to its last forecast. */
const rangesOf = (grids: SalesHistory['grids'], prepared: readonly PreparedItem[]): StepRange[] =>
  grids.map((grid) => {
    const range = {
      from: Number.POSITIVE_INFINITY,
      known: Number.NEGATIVE_INFINITY,
      to: Number.NEGATIVE_INFINITY,
    };
    for (const { item, horizon } of prepared.filter((one) => one.grid === grid)) {
      range.from = Math.min(range.from, item.first);
      range.known = Math.max(range.known, endOf(item));
      range.to = Math.max(range.to, endOf(item) + horizon);
    }
    return Number.isFinite(range.from) ? range : { from: 0, known: 0, to: 0 };
  });

/** Trees tell categories apart up to this many. */
const MOST_CODES = 200;

function levelCodes(
  prepared: readonly PreparedItem[],
): { name: string; values: readonly string[]; of: Int32Array }[] {
  const names = [...new Set(prepared.flatMap(({ item }) => Object.keys(item.levels)))];
  return names.flatMap((name) => {
    const codes = new Map<string, number>();
    const of = Int32Array.from(prepared, ({ item }) => {
      const value = item.levels[name] ?? '';
      if (!codes.has(value)) codes.set(value, codes.size);
      return codes.get(value)!;
    });
    return codes.size > 1 && codes.size <= MOST_CODES ? [{ name, values: [...codes.keys()], of }] : [];
  });
}
