/** What advertising brought, where the file has columns of spend, and what a test in some of the file's cities would find. */
import type { Random } from '@gradus/base';
import { type GeoPlan, geoPower } from '@gradus/stats';
import { filled } from '../fill.ts';
import { gridKey } from '../grid.ts';
import { endOf, type SalesHistory } from '../history.ts';
import type { ItemForecast } from '../model.ts';
import { varies } from './elasticity.ts';
import { type ChannelReturn, marketingMix } from './marketing-mix.ts';
import type { Refusal } from './refusal.ts';

export interface ItemMix extends ChannelReturn {
  readonly item: string;
}

/** Items whose channels are told apart: the largest. */
const MOST_ITEMS = 3;

export function mixOf(
  { columns, items }: SalesHistory,
  largest: readonly ItemForecast[],
  random: Random,
): { readonly items: readonly ItemMix[]; readonly refused: readonly Refusal[] } {
  const { spends = [], price, promotion, otherPromotions = [] } = columns;
  if (spends.length === 0) return { items: [], refused: [] };
  const found = largest.slice(0, MOST_ITEMS).map(({ item, place, season }) => {
    const { values, covariates } = items[place]!;
    const numbers = (name: string) => Float64Array.from(covariates[name]!, (value) => value || 0);
    const beside = [price, promotion, ...otherPromotions].filter((name) => name !== undefined).map(numbers);
    const mix = marketingMix(
      filled(values, season),
      spends.map((name) => ({ name, spend: numbers(name) })),
      { season, controls: beside.filter(varies) },
      random.fork(`mix ${item}`),
    );
    const whose = (channel: string) => (items.length === 1 ? channel : `${item}: ${channel}`);
    return {
      items: mix.channels.map((channel) => ({ ...channel, item })),
      refused: mix.refused.map(({ of, reason }) => ({ of: whose(of), reason })),
    };
  });
  return { items: found.flatMap((one) => one.items), refused: found.flatMap((one) => one.refused) };
}

const PLACE = /city|region|state|province|country|area|market|location|dma|geo|城市|地区|区域|省/i;
/** Fewer places, or steps that all of them have, make no test. */
const [FEWEST_PLACES, FEWEST_STEPS] = [6, 30];
/** Places whose shares in a test are tried, and its lengths in seasons of days, else in steps. */
const SHARES = [0.1, 0.25, 0.5];
const LENGTHS = { days: [14, 28], others: [4, 8] } as const;

/** The smallest lift that tests of several sizes in the file's cities would find; [] where it has no column of places. */
export function cityTests({ columns, items, grids }: SalesHistory, random: Random): GeoPlan[] {
  const column = columns.keys.find((key) => PLACE.test(key));
  if (column === undefined) return [];
  const byGrid = Map.groupBy(items, ({ grid }) => gridKey(grids[grid]!));
  const together = [...byGrid.values()].reduce((a, b) => (b.length > a.length ? b : a));
  const from = together.reduce((most, { first }) => Math.max(most, first), Number.NEGATIVE_INFINITY);
  const to = together.reduce((least, item) => Math.min(least, endOf(item)), Number.POSITIVE_INFINITY);
  const places = Map.groupBy(together, ({ levels }) => levels[column]!);
  if (places.size < FEWEST_PLACES || to - from < FEWEST_STEPS) return [];
  const values = [...places.values()].map((own) =>
    Float64Array.from({ length: to - from }, (_, t) =>
      own.reduce((sum, item) => sum + Math.max(0, item.values[from + t - item.first]! || 0), 0),
    ),
  );
  const grid = grids[together[0]!.grid]!;
  const lengths = grid.kind === 'even' && grid.length === DAY ? LENGTHS.days : LENGTHS.others;
  const cities = [...new Set(SHARES.map((share) => Math.max(1, Math.round(share * places.size))))];
  return geoPower({ units: [...places.keys()], values }, { cities, lengths }, random.fork('cities'));
}
const DAY = 86_400_000;
