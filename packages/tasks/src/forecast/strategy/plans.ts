/**
 * Three plans for the steps to come, compared in units, revenue and margin: the price as it is, the lowest and the highest that are safe
 * (inside what was charged), and with a cost in place of one of them the price that earns most between. What is uncertain is drawn: the
 * forecast, and the elasticity; each draw is the same for all plans, so that their difference is told more exactly than each.
 */
import type { Random } from '@gradus/base';
import { type Interval, quantileSorted } from '@gradus/stats';
import type { Elasticity } from './elasticity.ts';

export interface PlanFigure {
  readonly mean: number;
  readonly interval: Interval;
}

export interface Plan {
  readonly item: string;
  readonly name: 'keep' | 'lower' | 'raise' | 'best';
  readonly price: number;
  readonly units: PlanFigure;
  readonly revenue: PlanFigure;
  /** Where the cost is known. */
  readonly margin?: PlanFigure;
  /** Chance that it brings more (margin; revenue where no cost is known) than keeping the price. */
  readonly better: number;
}

export interface PlanInput {
  /** Of all steps together, at the price as it is. */
  readonly units: { readonly mean: number; readonly interval: Interval };
  /** The price that the forecast was made for. */
  readonly price: number;
  readonly cost?: number;
}

const DRAWS = 4000;
const PRICES = 41;
/** Prices that are nearer to each other are one. */
const SAME = 0.005;
const Z95 = 1.959963984540054;

export function comparePlans(
  elasticity: Elasticity,
  { units, price, cost }: PlanInput,
  random: Random,
): Plan[] {
  const spread = Math.log(Math.max(units.interval[1], 1e-9) / Math.max(units.interval[0], 1e-9)) / (2 * Z95);
  const draws = Array.from({ length: DRAWS }, () => ({
    // Log-normal around the mean, so that no draw is negative.
    units: units.mean * Math.exp(random.normal(0, spread) - spread ** 2 / 2),
    elasticity: random.normal(elasticity.value, elasticity.standardError),
  }));
  const unitsAt = (draw: (typeof draws)[number], at: number) => draw.units * (at / price) ** draw.elasticity;
  const gain = (at: number) => draws.map((draw) => unitsAt(draw, at) * (at - (cost ?? 0)));
  const now = gain(price);
  const plan = (name: Plan['name'], at: number): Plan => {
    const sold = draws.map((draw) => unitsAt(draw, at));
    const own = gain(at);
    return {
      ...{ item: elasticity.item, name, price: at },
      units: figure(sold),
      revenue: figure(sold.map((value) => value * at)),
      ...(cost === undefined ? {} : { margin: figure(own) }),
      better: name === 'keep' ? 0 : own.filter((value, i) => value > now[i]!).length / DRAWS,
    };
  };
  const [low, high] = elasticity.safe;
  const prices = Array.from({ length: PRICES }, (_, i) => low + ((high - low) * i) / (PRICES - 1));
  const best = prices.reduce((a, b) => (mean(gain(b)) > mean(gain(a)) ? b : a));
  const isEnd = best === prices[0] || best === prices.at(-1);
  // A price that is at an end of the safe range already has no other plan there.
  const isOther = (at: number) => Math.abs(at / price - 1) >= SAME;
  return [
    plan('keep', price),
    ...(isOther(low) ? [plan(best === low ? 'best' : 'lower', low)] : []),
    ...(cost !== undefined && !isEnd && isOther(best) ? [plan('best', best)] : []),
    ...(isOther(high) ? [plan(best === high ? 'best' : 'raise', high)] : []),
  ];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function figure(values: readonly number[]): PlanFigure {
  const sorted = Float64Array.from(values).sort();
  return { mean: mean(values), interval: [quantileSorted(sorted, 0.025), quantileSorted(sorted, 0.975)] };
}
