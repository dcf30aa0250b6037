/** All of strategy for a history and its forecasts: what price, promotion and competitors did, what three plans would bring, what to order, what to test. */
import type { Localized, Random } from '@gradus/base';
import type { GeoPlan } from '@gradus/stats';
import { gridKey } from '../grid.ts';
import { endOf, type ItemHistory, type ReadColumns, type SalesHistory } from '../history.ts';
import { type ItemForecast, QUANTILES } from '../model.ts';
import { type Competition, competition } from './competition.ts';
import { type Elasticity, elasticities } from './elasticity.ts';
import { type ItemSales, meanOf, usualPrice } from './item-sales.ts';
import { type NextTest, nextTests, type TestCandidate } from './next-test.ts';
import { type OrderQuantity, orderQuantity } from './order-quantity.ts';
import { comparePlans, type Plan } from './plans.ts';
import { type PromotionLift, type PromotionLifts, promotionLifts } from './promotion-lift.ts';
import type { Refusal } from './refusal.ts';
import { cityTests, type ItemMix, mixOf } from './spend.ts';

export interface StrategyOptions {
  /** What a unit costs. */
  readonly cost?: number | undefined;
  /** Steps until an order arrives. Default: a quarter of what is forecast. */
  readonly leadTime?: number | undefined;
  /** Chance that an order lasts until then. Default 0.95. */
  readonly serviceLevel?: number | undefined;
  readonly random: Random;
}

export interface Strategy {
  readonly elasticity: readonly Elasticity[];
  readonly promotions: readonly PromotionLift[];
  readonly plans: readonly Plan[];
  readonly orders: readonly (OrderQuantity & { readonly item: string })[];
  readonly tests: readonly NextTest[];
  readonly competition: Competition;
  /** What advertising brought, by item and channel. */
  readonly mix: readonly ItemMix[];
  /** What tests in some of the file's cities would find. */
  readonly cities: readonly GeoPlan[];
  readonly refused: readonly Refusal[];
}

/** The largest items are looked at: a founder acts on few. */
const MOST_ITEMS = 500;
const MOST_PLANS = 20;
const MOST_ORDERS = 50;
const MOST_TESTS = 3;
/** An error where nothing was fitted. */
const USUAL_DEVIATION = 0.3;
/** A column by this name counts money: a lower price then sells less of it, whatever buyers do. */
const MONEY = /revenue|turnover|gmv|amount|销售额|金额|营业额|收入/i;

export function strategyOf(
  history: SalesHistory,
  forecasts: readonly ItemForecast[],
  { cost, leadTime, serviceLevel, random }: StrategyOptions,
): Strategy {
  const { columns, items } = history;
  const largest = forecasts.toSorted((a, b) => b.total.value - a.total.value).slice(0, MOST_ITEMS);
  const orders = (columns.keys.length > 0 && columns.keys.every((key) => PLACE.test(key)) ? [] : largest)
    .slice(0, MOST_ORDERS)
    .map((forecast) => orderOf(forecast, { leadTime, serviceLevel, random }));
  const isMoney = columns.value !== undefined && MONEY.test(columns.value);
  const whole = (reason: Localized): Refusal => ({ of: history.file, reason });
  if (columns.measures) return { ...NOTHING, mix: [], cities: [], orders: [], refused: [whole(MEASURES)] };
  const mix = mixOf(history, largest, random);
  const always = { mix: mix.items, cities: cityTests(history, random) };
  if (isMoney) return { ...NOTHING, ...always, orders: [], refused: [...mix.refused, whole(IN_MONEY)] };
  if (columns.price === undefined && columns.promotion === undefined)
    return { ...NOTHING, ...always, orders, refused: [...mix.refused, whole(NO_PRICE)] };

  const sales = largest.map(({ place, season }) => salesOf(items[place]!, season, columns));
  const prices = columns.price === undefined ? { items: [], refused: [] } : elasticities(sales);
  const promoted = liftsByKind(largest, items, columns);
  const byItem = new Map(prices.items.map((one) => [one.item, one]));
  const deviation =
    prices.items.length > 0 ? meanOf(prices.items.map((one) => one.deviation)) : USUAL_DEVIATION;
  const plans = largest.slice(0, MOST_PLANS).flatMap((forecast) => {
    const elasticity = byItem.get(forecast.item);
    const price = lastKnown(items[forecast.place]!, columns.price);
    return elasticity && price !== undefined && forecast.total.value > 0
      ? comparePlans(
          elasticity,
          { units: widened(forecast.total), price, ...(cost !== undefined && { cost }) },
          random.fork(forecast.item),
        )
      : [];
  });
  return {
    ...always,
    elasticity: prices.items,
    promotions: promoted.items,
    plans,
    orders,
    tests: nextTests(
      largest.flatMap((forecast) =>
        candidateOf(forecast, items, columns.price, byItem.get(forecast.item), deviation),
      ),
      prices.items,
      prices.refused,
    ).slice(0, MOST_TESTS),
    competition: competition(
      sameSteps(
        largest.map(({ place, season }) => [items[place]!, season] as const),
        history,
      ),
    ),
    refused: [
      ...mix.refused,
      ...prices.refused,
      ...promoted.refused.filter(({ of }) => !prices.refused.some((other) => other.of === of)),
    ],
  };
}

const NOTHING = {
  elasticity: [],
  promotions: [],
  plans: [],
  tests: [],
  competition: { cross: [], shares: [] },
};
/** Places that nothing is delivered to as a whole. */
const PLACE =
  /^(?:city|cities|location|region|state|province|dma|geo|market|country|城市|地区|省份?|区域|市场|国家)$/i;
const MEASURES: Localized = {
  en: 'it holds measurements, not what was sold: there is nothing to price, promote or order',
  zh: '其中是测量值而不是销量：没有可定价、促销或订货的对象',
};
const NO_PRICE: Localized = {
  en: 'it has no column of prices or promotions: what they do cannot be told. Add one, and name it with --price or --promotion if it is not found',
  zh: '其中没有价格或促销列：无法得知其作用。请添加；若未被识别，用 --price 或 --promotion 指明',
};
const IN_MONEY: Localized = {
  en: 'the column that is forecast counts money, not units: elasticities need units. Give units with --value',
  zh: '所预测的列是金额而不是数量：价格弹性需要数量。请用 --value 指明数量列',
};

/** Each kind of promotion beside the price and the other kinds. */
function liftsByKind(
  largest: readonly ItemForecast[],
  items: readonly ItemHistory[],
  columns: ReadColumns,
): PromotionLifts {
  const { promotion, otherPromotions = [] } = columns;
  if (promotion === undefined) return { items: [], refused: [] };
  const kinds = [promotion, ...otherPromotions];
  const found = kinds.map((kind) => {
    const rest = kinds.filter((other) => other !== kind);
    const lifts = promotionLifts(
      largest.map(({ place, season }) =>
        salesOf(items[place]!, season, { ...columns, promotion: kind, otherPromotions: rest }),
      ),
    );
    if (kinds.length === 1) return lifts;
    return {
      items: lifts.items.map((lift) => ({ ...lift, kind })),
      refused: lifts.refused.map(({ of, reason }) => ({ of: `${of}: ${kind}`, reason })),
    };
  });
  return {
    items: found.flatMap((one) => one.items),
    refused: found.flatMap((one) => one.refused),
  };
}

function salesOf(
  { item, values, covariates }: ItemHistory,
  season: number,
  { price, promotion, otherPromotions = [] }: ReadColumns,
): ItemSales {
  return {
    ...{ item, units: values, season },
    ...(price !== undefined && { price: covariates[price]! }),
    ...(promotion !== undefined && { promotion: covariates[promotion]!.map((value) => (value > 0 ? 1 : 0)) }),
    // How much of a promotion there was (a share of shops) counts beside the one that is asked about.
    ...(otherPromotions.length > 0 && {
      others: otherPromotions.map((name) => covariates[name]!.map((value) => value || 0)),
    }),
  };
}

function lastKnown({ covariates }: ItemHistory, price: string | undefined): number | undefined {
  return price === undefined ? undefined : covariates[price]!.findLast((value) => value > 0);
}

/** From the interval of 80 % to that of 95 %: 1.96 / 1.28 as wide on each side. */
function widened({ value, low, high }: ItemForecast['total']): { mean: number; interval: [number, number] } {
  const wider = 1.529;
  return {
    mean: value,
    interval: [Math.max(value + wider * (low - value), 0.05 * value), value + wider * (high - value)],
  };
}

function orderOf(
  { item, mean, quantiles }: ItemForecast,
  { leadTime, serviceLevel, random }: StrategyOptions,
): OrderQuantity & { item: string } {
  const wide = QUANTILES.length;
  const steps = Array.from({ length: mean.length }, (_, h) => quantiles.subarray(h * wide, (h + 1) * wide));
  const options = {
    leadTime: Math.min(leadTime ?? Math.max(1, Math.round(mean.length / 4)), mean.length),
    ...(serviceLevel !== undefined && { serviceLevel }),
  };
  return { item, ...orderQuantity(QUANTILES, steps, options, random.fork(`order ${item}`)) };
}

function candidateOf(
  { item, place, mean }: ItemForecast,
  items: readonly ItemHistory[],
  priceColumn: string | undefined,
  known: Elasticity | undefined,
  deviation: number,
): TestCandidate[] {
  const prices = priceColumn === undefined ? [] : items[place]!.covariates[priceColumn]!;
  const seen = Array.from(prices).filter((price) => price > 0);
  if (seen.length === 0) return [];
  const usual = known?.usualPrice ?? usualPrice(seen);
  return [
    {
      ...{ item, usualPrice: usual, revenue: meanOf(mean) * usual },
      deviation: known?.deviation ?? deviation,
    },
  ];
}

/** Items of the most frequent grid, over the steps that all of the largest ten have. */
function sameSteps(
  own: readonly (readonly [ItemHistory, number])[],
  { grids, columns }: SalesHistory,
): ItemSales[] {
  const first = own[0];
  if (!first) return [];
  const key = gridKey(grids[first[0].grid]!);
  const together = own.filter(([item]) => gridKey(grids[item.grid]!) === key).slice(0, 10);
  const from = Math.max(...together.map(([item]) => item.first));
  const to = Math.min(...together.map(([item]) => endOf(item)));
  if (to - from < 20) return [];
  return together.map(([item, season]) => {
    const cut = <T extends Float64Array | Float32Array>(values: T) =>
      values.subarray(from - item.first, to - item.first) as T;
    const covariates = Object.fromEntries(
      Object.entries(item.covariates).map(([name, values]) => [name, cut(values)]),
    );
    return salesOf({ ...item, values: cut(item.values), covariates }, season, columns);
  });
}
