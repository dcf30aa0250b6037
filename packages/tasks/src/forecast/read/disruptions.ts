/**
 * Lockdowns, shortages, closed shops: a stretch in which an item sold next to nothing, between long stretches as usual. What happened then
 * says nothing of what comes, so those steps are taken as not known, and it is said. A low that comes back every year is a season, an
 * item that is bought now and then has lows of its own, and one that did not come back has stopped: none of these is a disruption.
 */
import { count, type Localized, percent } from '@gradus/base';
import { frequencyOf, type Grid, stepText } from '../grid.ts';
import type { ItemHistory, SalesHistory } from '../history.ts';
import { isIntermittent } from '../intermittent.ts';

/** Of what is usual at this place of the season: less is next to nothing, more is as usual again. */
const [LOW, USUAL] = [0.3, 0.6];
/** Shorter lows are chance or a closed day; longer ones than this share of the history are how the item is. */
const FEWEST = 3;
const LARGEST_SHARE = 0.25;
/** Steps as usual on either side, and how often an item may be low elsewhere. */
const AROUND = 6;
const ELSEWHERE = 0.03;
/** Steps of a year. */
const YEARS: Readonly<Record<number, number>> = { 7: 365, 52: 52, 12: 12, 4: 4 };
/** Sentences that are shown. */
const MOST_TOLD = 5;

interface Stretch {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
  /** What was sold of what is usual. */
  readonly share: number;
}

/** The history with disruptions as not known, and a note of each. */
export function withoutDisruptions(history: SalesHistory): SalesHistory {
  const found = new Map<string, { item: ItemHistory; stretch: Stretch }[]>();
  const items = history.items.map((item): ItemHistory => {
    const grid = history.grids[item.grid]!;
    const stretches = disruptionsOf(item, grid);
    if (stretches.length === 0) return item;
    const values = Float64Array.from(item.values);
    for (const stretch of stretches) {
      values.fill(Number.NaN, stretch.from, stretch.to);
      const step = (at: number) => stepText(grid, item.first + at);
      const key = JSON.stringify([step(stretch.from), step(stretch.to - 1)]);
      found.set(key, [...(found.get(key) ?? []), { item, stretch }]);
    }
    return { ...item, values };
  });
  if (found.size === 0) return history;
  const told = [...found].sort(([, a], [, b]) => b.length - a.length);
  return {
    ...history,
    items,
    notes: [
      ...history.notes,
      ...told.slice(0, MOST_TOLD).map(([key, own]) => noteOf(JSON.parse(key) as [string, string], own)),
      ...(told.length > MOST_TOLD
        ? [
            {
              en: `And ${count(told.length - MOST_TOLD)} more such stretches.`,
              zh: `另有 ${count(told.length - MOST_TOLD)} 段类似情况。`,
            },
          ]
        : []),
    ],
  };
}

function noteOf(
  [from, to]: [string, string],
  own: readonly { readonly item: ItemHistory; readonly stretch: Stretch }[],
): Localized {
  const share = percent(own.reduce((sum, { stretch }) => sum + stretch.share, 0) / own.length);
  const names = own.slice(0, 3).map(({ item }) => item.item);
  const more = own.length > names.length;
  const who = {
    en:
      own.length === 1
        ? `"${names[0]}"`
        : `${count(own.length)} items (${names.join(', ')}${more ? ', …' : ''})`,
    zh:
      own.length === 1
        ? `“${names[0]}”`
        : `${count(own.length)} 个商品（${names.join('、')}${more ? '、…' : ''}）`,
  };
  return {
    en: `From ${from} to ${to} ${who.en} sold ${share} of what is usual, and then as before: taken as a lockdown, a shortage or a closed shop, and not learnt from.`,
    zh: `${from} 至 ${to}，${who.zh}的销量仅为平时的 ${share}，之后恢复：视为封控、缺货或停业，不用于学习。`,
  };
}

export function disruptionsOf({ values }: Pick<ItemHistory, 'values'>, grid: Grid): Stretch[] {
  const season = grid.kind === 'order' ? 1 : frequencyOf(grid).seasons[0]!;
  if (values.length < Math.max(2 * season, 4 * AROUND) || isIntermittent(values)) return [];
  const usual = usualOf(values, season);
  const share = values.map((value, t) => value / usual[t % season]!);
  const isLow = (t: number) => !(share[t]! > LOW);
  const stretches: Stretch[] = [];
  for (let from = 0; from < values.length; from++) {
    if (!isLow(from)) continue;
    let to = from;
    while (to < values.length && isLow(to)) to += 1;
    stretches.push({ from, to, share: meanOf(share.subarray(from, to)) });
    from = to;
  }
  const long = stretches.filter((one) => one.to - one.from >= FEWEST);
  const lows = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  const inLong = long.reduce((sum, { from, to }) => sum + to - from, 0);
  if (lows - inLong > ELSEWHERE * values.length || inLong > LARGEST_SHARE * values.length) return [];
  const isUsual = (from: number, to: number) =>
    from >= 0 && to <= values.length && meanOf(share.subarray(from, to)) >= USUAL;
  const year = YEARS[season];
  return long.filter((own) => {
    const { from, to, share } = own;
    const length = Math.max(AROUND, Math.min(season, 12));
    const isYearly = [-1, 1].some((back) => {
      const at = year === undefined ? -1 : (from + to) / 2 + back * year;
      return long.some((other) => other !== own && other.from - length <= at && at <= other.to + length);
    });
    return share >= 0 && !isYearly && isUsual(from - length, from) && isUsual(to, to + length);
  });
}

/** By place in the season: the median. */
function usualOf(values: Float64Array, season: number): Float64Array {
  return Float64Array.from({ length: season }, (_, place) => {
    const own = values.filter((value, t) => t % season === place && !Number.isNaN(value)).sort();
    return own.length === 0 ? Number.NaN : own[own.length >> 1]!;
  });
}

/** Of what is known, of places that sell at all. */
function meanOf(shares: Float64Array): number {
  let [sum, n] = [0, 0];
  for (const share of shares) {
    if (!Number.isFinite(share)) continue;
    sum += share;
    n += 1;
  }
  return n === 0 ? Number.NaN : sum / n;
}
