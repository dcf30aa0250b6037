/**
 * Items that compete: what the price of one does to the sales of another (cross-price elasticities), and whose share went up or down. Each
 * pair is one question of many, so that only those are told that stand against chance among all (Benjamini and Hochberg, 1995).
 */
import { benjaminiHochberg, type Estimate, type Interval, leastSquares } from '@gradus/stats';
import { type DemandColumn, demandRegression } from './demand-regression.ts';
import { varies } from './elasticity.ts';
import type { ItemSales } from './item-sales.ts';

export interface CrossPrice {
  readonly item: string;
  /** Whose price moved. */
  readonly other: string;
  /** +0.5: one percent more on the other's price sells half a percent more of this. */
  readonly value: number;
  readonly interval: Interval;
}

export interface Share {
  readonly item: string;
  /** Of all units, over the last quarter of the history and the first. */
  readonly before: number;
  readonly now: number;
  /** Change of the share for a step, and whether it stands against chance. */
  readonly isTrend: boolean;
}

export interface Competition {
  readonly cross: readonly CrossPrice[];
  readonly shares: readonly Share[];
}

/** The largest items are compared: pairs grow with the square. */
const MOST_ITEMS = 10;
const FALSE_SHARE = 0.05;

/** @param items On the same steps, each as long as the others; [] of fewer than two */
export function competition(items: readonly ItemSales[]): Competition {
  const total = (item: ItemSales) =>
    Array.from(item.units).reduce((sum, value) => sum + (value > 0 ? value : 0), 0);
  const largest = [...items].sort((a, b) => total(b) - total(a)).slice(0, MOST_ITEMS);
  if (largest.length < 2) return { cross: [], shares: [] };
  return { cross: crossPrices(largest), shares: sharesOf(largest) };
}

function crossPrices(items: readonly ItemSales[]): CrossPrice[] {
  const logs = items.map(({ price }) =>
    price ? Float64Array.from(price, (value) => (value > 0 ? Math.log(value) : Number.NaN)) : undefined,
  );
  const pairs: { item: string; other: string; estimate: Estimate }[] = [];
  items.forEach((sales, i) => {
    const { promotion } = sales;
    const columns: DemandColumn[] = [
      ...(promotion && varies(promotion) ? [{ name: '', values: promotion }] : []),
      ...logs.flatMap((values, j) => (values && varies(values) ? [{ name: items[j]!.item, values }] : [])),
    ];
    const fit = demandRegression(sales, columns);
    if (!('fit' in fit)) return;
    columns.forEach(({ name }, c) => {
      const estimate = fit.fit.estimates[c]!;
      if (name !== '' && name !== items[i]!.item && estimate.standardError > 0)
        pairs.push({ item: sales.item, other: name, estimate });
    });
  });
  const adjusted = benjaminiHochberg(pairs.map(({ estimate }) => estimate.pValue));
  return pairs
    .filter((_, i) => adjusted[i]! <= FALSE_SHARE)
    .sort((a, b) => Math.abs(b.estimate.value) - Math.abs(a.estimate.value))
    .map(({ item, other, estimate: { value, interval } }) => ({ item, other, value, interval }));
}

function sharesOf(items: readonly ItemSales[]): Share[] {
  const length = Math.min(...items.map(({ units }) => units.length));
  const steps = Array.from({ length }, (_, t) => t).filter((t) =>
    items.every(({ units }) => Number.isFinite(units[t])),
  );
  const quarter = Math.floor(steps.length / 4);
  if (quarter < 4) return [];
  const sum = (item: ItemSales, of: readonly number[]) => of.reduce((total, t) => total + item.units[t]!, 0);
  const all = (of: readonly number[]) => items.reduce((total, item) => total + sum(item, of), 0) || 1;
  const [first, last] = [steps.slice(0, quarter), steps.slice(-quarter)];
  return items.map((item) => {
    const series = Float64Array.from(steps, (t) => item.units[t]! / all([t]));
    const { estimates } = leastSquares([series.map(() => 1), series.map((_, t) => t)], series, {
      errors: { kind: 'newey-west', lags: Math.max(1, Math.floor(4 * (series.length / 100) ** (2 / 9))) },
    });
    return {
      item: item.item,
      before: sum(item, first) / all(first),
      now: sum(item, last) / all(last),
      isTrend: estimates[1]!.pValue < 0.01,
    };
  });
}
