/**
 * From histories to forecasts: each item by methods that know it alone and by one model of all items, judged on the same forecasts of
 * the past, chosen, and given intervals from what went wrong there.
 */
import type { Localized, Random } from '@gradus/base';
import { choose, type RollErrors } from './choose.ts';
import { filled } from './fill.ts';
import { type Explained, explainForecasts } from './global/explain.ts';
import { Features, type GlobalItem, scaleAt } from './global/features.ts';
import { fitGlobal, type GlobalModel, globalForecasts } from './global/trees.ts';
import { type WhatIf, whatIfOf } from './global/what-if.ts';
import { frequencyOf } from './grid.ts';
import { endOf, type SalesHistory } from './history.ts';
import { type RolledErrors, type Spread, spreadOf } from './intervals.ts';
import { localForecasts } from './local/pool.ts';
import { type ItemForecast, type LocalForecast, QUANTILES } from './model.ts';
import type { Plan } from './plan.ts';
import { seasonOf, seasonOfOrder } from './season.ts';

export interface FitForecastOptions {
  /** Steps of each item. Default: what people plan in its frequency. */
  readonly horizon?: number | undefined;
  readonly plan?: Plan | undefined;
  readonly random: Random;
  readonly signal?: AbortSignal | undefined;
  /** Keeps what has been forecast, chunk by chunk, so that a killed run goes on. */
  readonly kept?: {
    load(chunk: number): LocalForecast[] | undefined;
    save(chunk: number, done: readonly LocalForecast[]): void;
  };
  progress?(what: Localized, done: number, total: number): void;
}

export interface FittedForecasts {
  readonly forecasts: readonly ItemForecast[];
  readonly coverage: Spread['coverage'];
  /** The model of all items, where there was enough to learn it from. */
  readonly global?: {
    readonly model: GlobalModel;
    /** Levels that it tells apart, with their values by code. */
    readonly levels: readonly { readonly name: string; readonly values: readonly string[] }[];
    /** Columns that it knows ahead. */
    readonly ahead: readonly string[];
    readonly explained: readonly Explained[];
    readonly whatIf: readonly WhatIf[];
  };
  /** By item, by roll: forecasts of what was chosen, for a later run to be compared with this one. */
  readonly rolled: readonly ItemRolls[];
  /** Of an item that is not known, of size 1: [steps, QUANTILES]. */
  readonly unknownOffsets: Float64Array;
}

export interface ItemRolls {
  readonly origins: readonly number[];
  readonly forecasts: readonly Float64Array[];
}

/** Items that are forecast before what is done is kept. */
const CHUNK = 500;
const WORDS = {
  own: { en: 'items', zh: '商品' },
  global: { en: 'model of all items', zh: '全部商品的模型' },
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
    const season = seasonOf(grid, item.values.length, ofOrder);
    return {
      item,
      grid,
      season,
      values: filled(item.values, season),
      horizon: options.horizon ?? horizonOf(frequencyOf(grid).horizon, item.values.length),
    };
  });
  const local: LocalForecast[] = [];
  for (let from = 0; from < prepared.length; from += CHUNK) {
    const chunk = prepared.slice(from, from + CHUNK);
    const before = options.kept?.load(from);
    const done =
      before ??
      (await localForecasts(chunk, {
        signal: options.signal,
        onProgress: (n) => options.progress?.(WORDS.own, from + n, prepared.length),
      }));
    if (!before && prepared.length > CHUNK) options.kept?.save(from, done);
    local.push(...done);
  }
  const global = await globalCandidate(history, prepared, local, options);
  return chosenForecasts(prepared, local, global);
}

/** Nobody is told further ahead than a third of what is known. */
const horizonOf = (usual: number, known: number): number =>
  Math.max(1, Math.min(usual, Math.floor(known / 3)));

interface PreparedItem {
  readonly item: SalesHistory['items'][number];
  readonly grid: SalesHistory['grids'][number];
  readonly season: number;
  readonly values: Float64Array;
  readonly horizon: number;
}

interface GlobalCandidate {
  readonly model: GlobalModel;
  readonly levels: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly ahead: readonly string[];
  readonly whatIf: readonly WhatIf[];
  /** By item, by roll. */
  readonly rolled: readonly (readonly Float64Array[])[];
  readonly forecasts: readonly Float64Array[];
  readonly explained: readonly Explained[];
}

async function globalCandidate(
  { covariates, grids }: SalesHistory,
  prepared: readonly PreparedItem[],
  local: readonly LocalForecast[],
  { plan, random, signal, progress }: FitForecastOptions,
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
  const features = new Features(
    grids,
    levels.map(({ name, values }) => ({ name, codes: values.length })),
    ahead,
  );
  const horizon = Math.max(...prepared.map((one) => one.horizon));
  progress?.(WORDS.global, 0, 2);
  const until = local.map(({ rolls }, i) => rolls?.origins[0] ?? Math.floor(items[i]!.values.length * 0.6));
  const early = await fitGlobal(features, items, until, horizon, { random: random.fork('early'), signal });
  if (!early) return undefined;
  progress?.(WORDS.global, 1, 2);
  const questions = local.flatMap(
    ({ rolls }, item) => rolls?.origins.map((origin) => ({ item, origin, steps: rolls.steps })) ?? [],
  );
  const answers = globalForecasts(early, features, items, questions);
  const rolled: Float64Array[][] = local.map(() => []);
  for (const [q, { item }] of questions.entries()) rolled[item]!.push(answers[q]!);
  const all = items.map(({ values }) => values.length);
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
    whatIf: whatIfOf(model, features, items, last, ahead),
    rolled,
    forecasts: globalForecasts(model, features, items, last),
    explained: explainForecasts(model, features, items, last),
  };
}

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

function chosenForecasts(
  prepared: readonly PreparedItem[],
  local: readonly LocalForecast[],
  global: GlobalCandidate | undefined,
): FittedForecasts {
  const both = (a: Float64Array, b: Float64Array) => a.map((value, k) => (value + b[k]!) / 2);
  const rolledOf = local.map((own, i) => {
    const ofGlobal = global?.rolled[i];
    return {
      naive: own.naiveRolled,
      own: own.rolled,
      ...(ofGlobal && {
        global: ofGlobal,
        both: own.rolled.map((forecast, r) => both(forecast, ofGlobal[r]!)),
      }),
    };
  });
  const actuals = local.map(({ rolls }, i) =>
    (rolls?.origins ?? []).map((origin) => prepared[i]!.item.values.subarray(origin, origin + rolls!.steps)),
  );
  const errors = rolledOf.map(
    (rolled, i): RollErrors =>
      Object.fromEntries(
        Object.entries(rolled).map(([name, forecasts]) => [
          name,
          actuals[i]!.map((actual, r) => absoluteError(actual, forecasts[r]!)),
        ]),
      ) as unknown as RollErrors,
  );
  const choices = choose(errors);
  const chosenRolled = choices.map(({ candidate }, i) => rolledOf[i]![candidate] ?? rolledOf[i]!.naive);
  const rolledErrors = prepared.map(
    ({ values, season }, i): RolledErrors => ({
      errors: actuals[i]!.map((actual, r) => {
        const scale = scaleAt(values, local[i]!.rolls!.origins[r]!, season);
        return actual.map((value, k) => (value - chosenRolled[i]![r]![k]!) / scale);
      }),
      scale: scaleAt(values, values.length, season),
    }),
  );
  const unknown: RolledErrors = { errors: [], scale: 1 };
  const spread = spreadOf([...rolledErrors, unknown]);
  const totals = spreadOf(rolledErrors.map(({ errors, scale }) => ({ errors: errors.map(sumOf), scale })));
  const forecasts = prepared.map(({ item, season, horizon }, i): ItemForecast => {
    const { candidate, beatsNaive } = choices[i]!;
    const own = local[i]!;
    const candidates = {
      naive: own.naive,
      own: own.forecast,
      global: global?.forecasts[i],
      both: global && both(own.forecast, global.forecasts[i]!),
    };
    const isNonNegative = item.values.every((value) => !(value < 0));
    const floor = (value: number) => (isNonNegative ? Math.max(0, value) : value);
    const mean = (candidates[candidate] ?? own.naive).map(floor);
    const offsets = spread.offsets(i, horizon);
    const wide = QUANTILES.length;
    const judgement = judgementOf(item.values, season, errors[i]!, candidate, actuals[i]!);
    return {
      item: item.item,
      place: i,
      season,
      first: endOf(item),
      mean,
      total: totalOf(mean, totals.offsets(i, 1), local[i]!.rolls?.steps ?? horizon, floor),
      quantiles: offsets.map((offset, at) => floor(mean[Math.floor(at / wide)]! + offset)),
      offsets,
      scale: rolledErrors[i]!.scale,
      isNonNegative,
      ...methodOf(candidate, own, season),
      ...(judgement && { judged: { ...judgement, beatsNaive } }),
    };
  });
  return {
    forecasts,
    coverage: spread.coverage,
    ...(global && {
      global: {
        model: global.model,
        levels: global.levels,
        ahead: global.ahead,
        explained: global.explained,
        whatIf: global.whatIf,
      },
    }),
    rolled: local.map(({ rolls }, i) => ({ origins: rolls?.origins ?? [], forecasts: chosenRolled[i]! })),
    unknownOffsets: spread.offsets(prepared.length, Math.max(...prepared.map(({ horizon }) => horizon))),
  };
}

/** A roll's errors added up; what is not known is as the rest. */
function sumOf(errors: Float64Array): Float64Array {
  const known = errors.filter((error) => !Number.isNaN(error));
  return Float64Array.of((known.reduce((a, b) => a + b, 0) / known.length) * errors.length);
}

/** The whole horizon's amount with its 80 % interval, from how far off sums over the judged steps were. */
function totalOf(
  mean: Float64Array,
  offsets: Float64Array,
  steps: number,
  floor: (value: number) => number,
): ItemForecast['total'] {
  const value = mean.reduce((a, b) => a + b, 0);
  const longer = mean.length / steps;
  return { value, low: floor(value + offsets[1]! * longer), high: floor(value + offsets[5]! * longer) };
}

/** The model of all items among an item's methods. */
export const TREES = 'trees';
function methodOf(
  candidate: ReturnType<typeof choose>[number]['candidate'],
  { weights }: LocalForecast,
  season: number,
): Pick<ItemForecast, 'method' | 'weights'> {
  const naive = season > 1 ? 'seasonal-naive' : 'naive';
  switch (candidate) {
    case 'naive':
      return { method: naive, weights: { [naive]: 1 } };
    case 'own':
      return { method: Object.keys(weights).join('+'), weights };
    case 'global':
      return { method: TREES, weights: { [TREES]: 1 } };
    case 'both':
      return {
        method: [...Object.keys(weights), TREES].join('+'),
        weights: {
          ...Object.fromEntries(Object.entries(weights).map(([name, weight]) => [name, weight / 2])),
          [TREES]: 0.5,
        },
      };
  }
}

function absoluteError(actual: Float64Array, forecast: Float64Array): number {
  let [sum, n] = [0, 0];
  for (let k = 0; k < actual.length; k++) {
    if (Number.isNaN(actual[k]!)) continue;
    sum += Math.abs(actual[k]! - forecast[k]!);
    n += 1;
  }
  return n === 0 ? Number.NaN : sum / n;
}

function judgementOf(
  values: Float64Array,
  season: number,
  errors: RollErrors,
  candidate: 'naive' | 'own' | 'global' | 'both',
  actuals: readonly Float64Array[],
): Omit<NonNullable<ItemForecast['judged']>, 'beatsNaive'> | undefined {
  const mean = (all: readonly number[]): number => {
    const known = all.filter((value) => !Number.isNaN(value));
    return known.reduce((a, b) => a + b, 0) / known.length;
  };
  const [error, naiveError] = [mean(errors[candidate] ?? errors.naive), mean(errors.naive)];
  if (!Number.isFinite(error) || !Number.isFinite(naiveError)) return undefined;
  const level = mean(actuals.flatMap((actual) => Array.from(actual, Math.abs)));
  const scale = mean(Array.from(values.subarray(season), (value, t) => Math.abs(value - values[t]!)));
  const over = (value: number, by: number) => (by > 0 ? value / by : value === 0 ? 0 : 1);
  return {
    rolls: actuals.length,
    steps: actuals[0]!.length,
    error,
    naiveError,
    relative: over(error, level),
    naiveRelative: over(naiveError, level),
    mase: over(error, scale),
    naiveMase: over(naiveError, scale),
  };
}
