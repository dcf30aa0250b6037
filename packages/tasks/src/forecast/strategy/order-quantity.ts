/**
 * How many to order so that they last until the next delivery arrives, with the asked-for chance: the quantile of the demand of all those steps
 * together (Arrow, Harris and Marschak, "Optimal Inventory Policy", 1951). For what is worth nothing unsold the best chance is (price − cost) / price, the
 * newsvendor's; for what keeps it is higher. The demand of several steps is drawn from their quantiles, since quantiles do not add up.
 */
import type { Random } from '@gradus/base';
import { normalCdf, quantileSorted } from '@gradus/stats';

export interface OrderOptions {
  /** Steps until the order arrives, and until the next one can. */
  readonly leadTime: number;
  /** Chance of not running out. Default 0.95. */
  readonly serviceLevel?: number;
  /** How much errors of neighbouring steps go together, 0 to 1. Default 0.3. */
  readonly correlation?: number;
}

export interface OrderQuantity {
  readonly quantity: number;
  readonly serviceLevel: number;
  readonly expectedDemand: number;
  /** Units that are expected to be left over. */
  readonly expectedRest: number;
  readonly steps: number;
}

const DRAWS = 4000;

/**
 * @param levels Of the quantiles, ascending
 * @param quantiles By step, each [levels]
 */
export function orderQuantity(
  levels: readonly number[],
  quantiles: readonly ArrayLike<number>[],
  options: OrderOptions,
  random: Random,
): OrderQuantity {
  const { leadTime, serviceLevel = 0.95, correlation = 0.3 } = options;
  const steps = Math.min(leadTime, quantiles.length);
  const demand = new Float64Array(DRAWS);
  const fresh = Math.sqrt(1 - correlation ** 2);
  for (let draw = 0; draw < DRAWS; draw++) {
    let z = 0;
    for (let step = 0; step < steps; step++) {
      z = step === 0 ? random.normal() : correlation * z + fresh * random.normal();
      demand[draw]! += quantileAt(levels, quantiles[step]!, normalCdf(z));
    }
  }
  demand.sort();
  const quantity = Math.ceil(quantileSorted(demand, serviceLevel) - 1e-9);
  return {
    ...{ quantity, serviceLevel, steps },
    expectedDemand: demand.reduce((sum, value) => sum + value, 0) / DRAWS,
    expectedRest: demand.reduce((sum, value) => sum + Math.max(0, quantity - value), 0) / DRAWS,
  };
}

/** Between the known quantiles in a line; beyond them along the last one. */
function quantileAt(levels: readonly number[], values: ArrayLike<number>, p: number): number {
  let i = 1;
  while (i < levels.length - 1 && levels[i]! < p) i += 1;
  const [a, b] = [levels[i - 1]!, levels[i]!];
  const bounded = Math.min(Math.max(p, a / 2), 1 - (1 - b) / 2);
  return values[i - 1]! + ((values[i]! - values[i - 1]!) * (bounded - a)) / (b - a);
}
