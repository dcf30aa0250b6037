/**
 * Price elasticities of all items, with intervals: each item's own regression (./demand-regression.ts), then partial pooling, so that an item whose
 * price moved twice leans on the others. Shown only for items whose price really moved, and a price is called safe only inside what was ever
 * charged: the curve beyond is anybody's guess.
 */
import { type Interval, leastSquares, partialPooling, quantileSorted } from '@gradus/stats';
import { type DemandColumn, demandRegression } from './demand-regression.ts';
import { type ItemSales, usualPrice } from './item-sales.ts';
import { isRefusal, REASONS, type Refusal } from './refusal.ts';

export interface Elasticity {
  readonly item: string;
  readonly value: number;
  readonly standardError: number;
  readonly interval: Interval;
  /** How much of it comes from the other items. */
  readonly pooled: number;
  readonly usualPrice: number;
  /** Between these the item was sold often enough to say what happens (5 and 95 % of its steps). */
  readonly safe: Interval;
  /** Standard deviation of the log of units around the fit. */
  readonly deviation: number;
}

export interface Elasticities {
  readonly items: readonly Elasticity[];
  readonly refused: readonly Refusal[];
}

/** A price has moved where it is further than this from the usual one, */
const MOVED = 0.02;
/** in at least so many steps. */
const LEAST_STEPS = 6;
/** Of the variance of the log price this share must be its own, not that of promotions and seasons. */
const OWN = 0.05;
/** and it must move more than once: a step is like any other change of that time. */
export const FEWEST_MOVES = 2;

export function elasticities(items: readonly ItemSales[]): Elasticities {
  const fitted = items.map(fitItem);
  const found = fitted.filter((one) => !isRefusal(one)) as Fitted[];
  const { items: pooled } = partialPooling(
    found.map(({ value, standardError, freedom }) => ({ value, standardError, freedom })),
  );
  return {
    items: found.map(({ item, usual, safe, deviation }, i) => {
      const { value, standardError, interval, pooled: share } = pooled[i]!;
      return { item, value, standardError, interval, pooled: share, usualPrice: usual, safe, deviation };
    }),
    refused: fitted.filter(isRefusal),
  };
}

interface Fitted {
  readonly item: string;
  readonly value: number;
  readonly standardError: number;
  readonly freedom: number;
  readonly usual: number;
  readonly safe: Interval;
  readonly deviation: number;
}

function fitItem(sales: ItemSales): Fitted | Refusal {
  const { item, price, promotion, others = [] } = sales;
  const refuse = (reason: Refusal['reason']): Refusal => ({ of: item, reason });
  if (!price) return refuse(REASONS.neverMoved);
  const logs = Float64Array.from(price, (value) => (value > 0 ? Math.log(value) : Number.NaN));
  const seen = Array.from(price).filter((value, t) => value > 0 && sales.units[t]! > 0);
  if (seen.length === 0) return refuse(REASONS.neverMoved);
  const usual = usualPrice(seen);
  const moved = seen.filter((value) => Math.abs(Math.log(value / usual)) > MOVED).length;
  if (moved === 0) return refuse(REASONS.neverMoved);
  if (moved < LEAST_STEPS) return refuse(REASONS.movedTooLittle);
  const beside: DemandColumn[] = [
    ...(promotion ? [{ name: 'promotion', values: promotion }] : []),
    ...others.map((values, i) => ({ name: `other ${i}`, values })),
  ].filter(({ values }) => varies(values));
  const own = ownMovement(logs, beside);
  if (own.share < OWN) return refuse(REASONS.movedWithPromotion);
  if (own.moves < FEWEST_MOVES) return refuse(REASONS.movedOnce);
  const fit = demandRegression(sales, [...beside, { name: 'price', values: logs }]);
  if (!('fit' in fit)) return refuse(fit);
  const estimate = fit.fit.estimates.at(-1)!;
  if (!(estimate.standardError > 0)) return refuse(REASONS.movedWithPromotion);
  const sorted = Float64Array.from(seen).sort();
  return {
    ...{ item, usual, value: estimate.value, standardError: estimate.standardError },
    freedom: fit.fit.freedom,
    safe: [quantileSorted(sorted, 0.05), quantileSorted(sorted, 0.95)],
    deviation: fit.deviation,
  };
}

export function varies(values: ArrayLike<number>): boolean {
  const known = Array.from(values).filter(Number.isFinite);
  return known.some((value) => value !== known[0]);
}

/** What the other columns leave of the log price: the share of its variance, and how many times that moves from a step to the next. */
export function ownMovement(
  logs: Float64Array,
  beside: readonly DemandColumn[],
): { readonly share: number; readonly moves: number } {
  const rows = Array.from(logs.keys()).filter(
    (t) => Number.isFinite(logs[t]) && beside.every(({ values }) => Number.isFinite(values[t])),
  );
  const y = Float64Array.from(rows, (t) => logs[t]!);
  const one = y.map(() => 1);
  const { residuals } = leastSquares(
    [one, ...beside.map(({ values }) => Float64Array.from(rows, (t) => values[t]!))],
    y,
  );
  const square = (values: Float64Array) => values.reduce((sum, value) => sum + value * value, 0);
  return {
    share: square(residuals) / (square(leastSquares([one], y).residuals) || 1),
    moves: residuals.filter((value, t) => t > 0 && Math.abs(value - residuals[t - 1]!) > MOVED).length,
  };
}
