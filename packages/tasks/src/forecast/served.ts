/** A run's forecasts as they are asked for: as they were made, or anew from a history that has gone on. */
import { UserError } from '@gradus/base';
import { combine, FORECASTERS, readTrees, seasonalNaive } from '@gradus/classical';
import { type ForecastBundle, levelOf, round, type ServedItem } from './bundle.ts';
import { levelOfErrors } from './error-size.ts';
import { filled } from './fill.ts';
import { Features, type GlobalItem, scaleAt } from './global/features.ts';
import { type NetworkModel, networkForecasts, readNetwork } from './global/network.ts';
import { type GlobalModel, globalForecasts } from './global/trees.ts';
import { type Grid, stepOf, stepText, timesIn } from './grid.ts';
import { N_HITS, QUANTILES, TREES } from './model.ts';

export interface ForecastQuestion {
  readonly item?: string | undefined;
  /** Amounts, oldest first, null where not known; default: the history that the run has read. */
  readonly history?: readonly (number | null)[] | undefined;
  /** The date of the last amount of the history. Default: the run's. */
  readonly until?: string | undefined;
  readonly horizon?: number | undefined;
}

export interface ForecastStep {
  readonly time: string;
  readonly mean: number;
  readonly quantiles: readonly number[];
}

export interface ForecastAnswer {
  readonly item: string | null;
  readonly steps: readonly ForecastStep[];
  readonly methods: Readonly<Record<string, number>>;
  /** The mean of the last season of the history that it was made from. */
  readonly level: number;
}

/** Values of a history that are looked at when an answer is wanted at once, and those that methods are fitted to. */
const MOST_VALUES = 800;
const MOST_FITTED = 84;
const SEASONS_FITTED = 3;

export class ServedForecasts {
  readonly bundle: ForecastBundle;
  readonly #byName: ReadonlyMap<string, ServedItem>;
  /** By the cells of the key columns. */
  readonly #byKeys: ReadonlyMap<string, ServedItem>;
  readonly #network: NetworkModel | undefined;
  readonly #global: { readonly model: GlobalModel; readonly features: Features } | undefined;

  constructor(bundle: ForecastBundle) {
    this.bundle = bundle;
    this.#byName = new Map(bundle.items.map((item) => [item.item, item]));
    const { keys } = bundle.columns;
    this.#byKeys = new Map(
      bundle.items.map((item) => [JSON.stringify(keys.map((key) => item.levels[key])), item]),
    );
    const { global, network } = bundle;
    this.#network = network && readNetwork(network);
    this.#global = global && {
      model: { trees: readTrees(global.trees), isLog: global.isLog },
      features: new Features(
        { ...global.dates, grids: bundle.grids },
        global.levels.map(({ name, values }) => ({ name, codes: values.length })),
        global.ahead,
      ),
    };
  }

  find(item: string): ServedItem | undefined {
    return this.#byName.get(item);
  }

  /** The item that a row's key columns name. */
  findBy(cells: Readonly<Record<string, string>>): ServedItem | undefined {
    const { keys } = this.bundle.columns;
    if (keys.length === 0) return this.bundle.items.length === 1 ? this.bundle.items[0] : undefined;
    return (
      this.#byKeys.get(JSON.stringify(keys.map((key) => cells[key]?.trim()))) ??
      this.find(cells[keys[0]!] ?? '')
    );
  }

  /** @throws UserError where the item is not known and there is no history, or more steps are asked for than there are */
  answer({ item: name, history, until, horizon }: ForecastQuestion): ForecastAnswer {
    const item =
      name === undefined
        ? this.bundle.items.length === 1
          ? this.bundle.items[0]
          : undefined
        : this.find(name);
    if (!item && !history) throw unknownItem(name, this.bundle.items);
    const model = item ?? this.bundle.items[0]!;
    const most = model.mean.length;
    if (horizon !== undefined && horizon > most) throw tooFar(horizon, most);
    const steps = horizon ?? most;
    const grid = this.bundle.grids[model.grid]!;
    if (!history)
      return this.#told(
        model,
        model.mean,
        model.offsets,
        model.first,
        steps,
        model.level,
        model.methods,
        name,
      );
    const end = until === undefined ? model.first : stepOf(grid, dateOf(until, grid)) + 1;
    const recent = history.slice(-MOST_VALUES).map((value) => value ?? Number.NaN);
    const season = recent.length >= 2 * model.season ? model.season : 1;
    const values = filled(Float64Array.from(recent), season);
    const mean = this.#forecast(item, model, values, Float64Array.from(recent), season, end, most);
    const scale = scaleAt(values, values.length, season);
    const offsets = item
      ? offsetsAnew(item, mean, scale)
      : this.bundle.unknownOffsets.map((offset) => offset * scale);
    const isFloored = item?.isNonNegative ?? this.bundle.items.some((one) => one.isNonNegative);
    const shown = { ...model, isNonNegative: isFloored && values.every((value) => value >= 0) };
    return this.#told(
      shown,
      Array.from(mean),
      offsets,
      end,
      steps,
      levelOf(values, season),
      item ? (item.anew ?? item.methods) : this.#methodsOfUnknown(),
      name,
    );
  }

  #methodsOfUnknown(): Readonly<Record<string, number>> {
    const own = this.bundle.items
      .flatMap(({ methods }) => Object.keys(methods))
      .filter((name) => FORECASTERS.some((one) => one.name === name));
    const names = [...new Set(own)];
    return Object.fromEntries(
      (names.length > 0 ? names : ['seasonal-naive']).map((name, _, all) => [name, 1 / all.length]),
    );
  }

  #forecast(
    item: ServedItem | undefined,
    { grid }: ServedItem,
    values: Float64Array,
    known: Float64Array,
    season: number,
    end: number,
    steps: number,
  ): Float64Array {
    const methods = item?.anew ?? item?.methods ?? this.#methodsOfUnknown();
    const leading = leadingMethods(methods);
    const recent = values.subarray(-Math.max(MOST_FITTED, SEASONS_FITTED * season));
    const fitted = FORECASTERS.flatMap((forecaster) => {
      const weight = leading.get(forecaster.name) ?? 0;
      if (weight === 0) return [];
      const form = season === item?.season ? item.forms?.[forecaster.name] : undefined;
      const known = form === undefined ? undefined : forecaster.fitForm?.(recent, season, form);
      const forecast = (known ?? forecaster.fit(recent, season))?.forecast(steps);
      return forecast ? [{ forecast, weight }] : [];
    });
    const own =
      fitted.length > 0
        ? combine(
            fitted.map(({ forecast }) => forecast),
            fitted.map(({ weight }) => weight),
          )
        : undefined;
    const shared = [
      {
        share: methods[TREES] ?? 0,
        tell: () => item && this.#treesForecast(item, grid, values, known, season, end, steps),
      },
      { share: methods[N_HITS] ?? 0, tell: () => this.#networkForecast(values, season, steps) },
    ].flatMap(({ share, tell }) => {
      const forecast = share > 0 ? tell() : undefined;
      return forecast ? [{ share, forecast }] : [];
    });
    const left = 1 - (methods[TREES] ?? 0) - (methods[N_HITS] ?? 0);
    const parts = [...(own ? [{ share: left > 0 ? left : 1, forecast: own }] : []), ...shared];
    const total = parts.reduce((sum, { share }) => sum + share, 0);
    if (total === 0)
      return (
        seasonalNaive.fit(values, season)?.forecast(steps) ?? new Float64Array(steps).fill(values.at(-1)!)
      );
    return Float64Array.from({ length: steps }, (_, k) =>
      parts.reduce((sum, { share, forecast }) => sum + (share / total) * forecast[k]!, 0),
    );
  }

  #treesForecast(
    item: ServedItem,
    grid: number,
    values: Float64Array,
    known: Float64Array,
    season: number,
    end: number,
    steps: number,
  ): Float64Array | undefined {
    if (!this.#global) return undefined;
    const { model, features } = this.#global;
    const { levels, ahead } = this.bundle.global!;
    const one: GlobalItem = {
      grid: this.bundle.grids[grid]!,
      first: end - values.length,
      season,
      values,
      known,
      ahead: ahead.map(() => new Float32Array(0)),
      codes: levels.map(({ name, values }) => values.indexOf(item.levels[name] ?? '')),
    };
    return globalForecasts(model, features, [one], [{ item: 0, origin: values.length, steps }])[0];
  }

  /** undefined of a history that has another season than those that the network has learnt from. */
  #networkForecast(values: Float64Array, season: number, steps: number): Float64Array | undefined {
    const model = this.#network;
    if (!model || model.season !== season || model.horizon < steps) return undefined;
    return networkForecasts(model, [{ values }], [{ item: 0, origin: values.length, steps }])[0];
  }

  #told(
    { grid, isNonNegative }: Pick<ServedItem, 'grid' | 'isNonNegative'>,
    mean: readonly number[],
    offsets: readonly number[],
    first: number,
    steps: number,
    level: number,
    methods: Readonly<Record<string, number>>,
    name: string | undefined,
  ): ForecastAnswer {
    const floor = (value: number) => round(isNonNegative ? Math.max(0, value) : value);
    return {
      item: name ?? null,
      steps: Array.from({ length: steps }, (_, k) => ({
        time: stepText(this.bundle.grids[grid]!, first + k),
        mean: floor(mean[k]!),
        quantiles: QUANTILES.map((_, q) => floor(mean[k]! + offsets[k * QUANTILES.length + q]!)),
      })),
      methods,
      level: round(level),
    };
  }
}

/** Offsets of a history that has gone on: by its size now, and by what is forecast of each step, where errors grow with that. */
function offsetsAnew(
  { offsets, mean, scale, growth = 0 }: ServedItem,
  anew: Float64Array,
  scaleNow: number,
): number[] {
  return offsets.map((offset, at) => {
    const k = Math.floor(at / QUANTILES.length);
    const before = (scale || 1) * levelOfErrors(mean[k]!, scale, growth);
    return (offset / before) * scaleNow * levelOfErrors(anew[k]!, scaleNow, growth);
  });
}

/** The methods of an item that know it alone, without the least: an answer at once is not worth a fit for the last tenth of the weight. */
function leadingMethods(methods: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const own = Object.entries(methods)
    .filter(([name]) => FORECASTERS.some((one) => one.name === name))
    .sort(([, a], [, b]) => b - a);
  const total = own.reduce((sum, [, weight]) => sum + weight, 0);
  let sum = 0;
  return new Map(
    own.filter(([, weight]) => {
      const isLeading = sum < LEADING * total;
      sum += weight;
      return isLeading;
    }),
  );
}
const LEADING = 0.9;

function dateOf(text: string, grid: Grid): number {
  const [time] = grid.kind === 'order' ? timesIn(grid, [text]) : [Date.parse(text)];
  if (time !== undefined && !Number.isNaN(time)) return time;
  throw new UserError({
    en: `"${text.slice(0, 40)}" is no date; expected such as 2026-01-31.`,
    zh: `“${text.slice(0, 40)}”不是日期；应为 2026-01-31 这样的形式。`,
  });
}

const unknownItem = (name: string | undefined, items: readonly ServedItem[]): UserError =>
  name === undefined
    ? new UserError({ en: 'Say which item, or give a history.', zh: '请指明商品，或给出历史数据。' })
    : new UserError({
        en: `There is no item "${name.slice(0, 100)}" in this run; give its history. There are: ${items
          .slice(0, 10)
          .map(({ item }) => item)
          .join(', ')}${items.length > 10 ? ', …' : ''}.`,
        zh: `此次运行中没有商品“${name.slice(0, 100)}”；请给出它的历史数据。现有：${items
          .slice(0, 10)
          .map(({ item }) => item)
          .join('、')}${items.length > 10 ? '、…' : ''}。`,
      });

const tooFar = (horizon: number, most: number): UserError =>
  new UserError({
    en: `${horizon} steps were asked for; this run forecasts ${most}. Make a run with a longer --horizon.`,
    zh: `请求了 ${horizon} 步；此次运行只预测 ${most} 步。请用更长的 --horizon 重新运行。`,
  });
