/**
 * What past promotions brought, beyond price, trend and season: by item as a share of sales with an interval (partially pooled), and for each
 * promotion by itself, against what the same steps would have sold without it.
 */
import { type Interval, intervalT, partialPooling } from '@gradus/stats';
import { type DemandColumn, demandRegression } from './demand-regression.ts';
import { FEWEST_MOVES, ownMovement, varies } from './elasticity.ts';
import type { ItemSales } from './item-sales.ts';
import { isRefusal, REASONS, type Refusal } from './refusal.ts';

export interface PromotionLift {
  readonly item: string;
  /** The column of this kind of promotion, where there are several. */
  readonly kind?: string;
  /** +0.3 is thirty percent more than without. */
  readonly lift: number;
  readonly interval: Interval;
  readonly pooled: number;
  readonly promotions: readonly PastPromotion[];
}

export interface PastPromotion {
  /** Steps of the item, both included. */
  readonly from: number;
  readonly to: number;
  /** Units beyond what was to be expected without it. */
  readonly units: number;
  readonly interval: Interval;
}

export interface PromotionLifts {
  readonly items: readonly PromotionLift[];
  readonly refused: readonly Refusal[];
}

/** A price that promotions leave this share of its variance at least does not go with them. */
const MOSTLY = 0.9;
/** Single promotions told of an item: the last ones. */
const MOST_TOLD = 12;

export function promotionLifts(items: readonly ItemSales[]): PromotionLifts {
  const fitted = items.map(liftOf);
  const found = fitted.filter((one) => !isRefusal(one)) as Fitted[];
  const { items: pooled } = partialPooling(found);
  return {
    items: found.map(({ item, promotions }, i) => {
      const { value, interval, pooled: share } = pooled[i]!;
      return {
        ...{ item, lift: Math.expm1(value), pooled: share, promotions },
        interval: [Math.expm1(interval[0]), Math.expm1(interval[1])],
      };
    }),
    refused: fitted.filter(isRefusal),
  };
}

interface Fitted {
  readonly item: string;
  readonly value: number;
  readonly standardError: number;
  readonly freedom: number;
  readonly promotions: readonly PastPromotion[];
}

function liftOf(sales: ItemSales): Fitted | Refusal {
  const { item, units, price, promotion, others = [] } = sales;
  const refuse = (reason: Refusal['reason']): Refusal => ({ of: item, reason });
  const on = Array.from(promotion ?? [], (value) => Number(value > 0));
  if (!on.includes(1)) return refuse(REASONS.noPromotion);
  if (!on.includes(0)) return refuse(REASONS.everyStep);
  const logs = price && Float64Array.from(price, (value) => (value > 0 ? Math.log(value) : Number.NaN));
  const beside: DemandColumn[] = [
    ...(logs && varies(logs) ? [{ name: 'price', values: logs }] : []),
    ...others.filter(varies).map((values, i) => ({ name: `other ${i}`, values })),
  ];
  if (logs && varies(logs)) {
    const own = ownMovement(logs, [{ name: 'promotion', values: on }]);
    if (own.share < MOSTLY && own.moves < FEWEST_MOVES) return refuse(REASONS.movedWithPromotion);
  }
  const fit = demandRegression(sales, [...beside, { name: 'promotion', values: on }]);
  if (!('fit' in fit)) return refuse(fit);
  const estimate = fit.fit.estimates.at(-1)!;
  if (!(estimate.standardError > 0)) return refuse(REASONS.movedWithPromotion);
  const reach = intervalT(0.95, Math.max(1, fit.fit.freedom));
  // Whether one promotion did better than most is in its own steps: what they sold less what the fit without it says of them.
  const residual = new Map(Array.from(fit.steps, (step, i) => [step, fit.fit.residuals[i]!]));
  const promotions = runsOf(on).map(([from, to]): PastPromotion => {
    const steps = Array.from({ length: to - from + 1 }, (_, i) => from + i).filter((step) =>
      residual.has(step),
    );
    const of = (effect: number) =>
      steps.reduce((sum, step) => sum + units[step]! * (1 - Math.exp(-(effect + residual.get(step)!))), 0);
    const error = Math.hypot(estimate.standardError, fit.deviation / Math.sqrt(Math.max(1, steps.length)));
    return {
      ...{ from, to, units: of(estimate.value) },
      interval: [of(estimate.value - reach * error), of(estimate.value + reach * error)],
    };
  });
  return {
    ...{ item, value: estimate.value, standardError: estimate.standardError },
    freedom: fit.fit.freedom,
    promotions: promotions.slice(-MOST_TOLD),
  };
}

/** Steps in a row with a promotion. */
function runsOf(on: readonly number[]): [from: number, to: number][] {
  const runs: [number, number][] = [];
  on.forEach((value, t) => {
    if (value === 0) return;
    const last = runs.at(-1);
    if (last && last[1] === t - 1) last[1] = t;
    else runs.push([t, t]);
  });
  return runs;
}
