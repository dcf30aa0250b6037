/**
 * Which test to run next: for the item where not knowing costs most. A price test switches between the usual price and another one from step to
 * step; its length is that which tells the elasticity to ± half a unit (Cochran, "Experimental Designs", 1957, on comparisons of means).
 */
import { intervalZ } from '@gradus/stats';
import type { Elasticity } from './elasticity.ts';
import type { Refusal } from './refusal.ts';

export interface NextTest {
  readonly item: string;
  readonly price: number;
  readonly usualPrice: number;
  /** Half of them at each price. */
  readonly steps: number;
  /** Half the width of the interval now; absent where nothing is known. */
  readonly uncertain?: number;
}

export interface TestCandidate {
  readonly item: string;
  /** Of the last steps, for a step. */
  readonly revenue: number;
  readonly usualPrice: number;
  /** Standard deviation of the log of units from step to step. */
  readonly deviation: number;
}

/** Prices that buyers notice and that break nothing: the smaller one where it tells enough. */
const STEPS_DOWN = [0.1, 0.2] as const;
/** Known to this, an elasticity says which way to go. */
const EXACT = 0.5;
const MOST_STEPS = 366;

/** Most useful first; items that are known well enough are left out. */
export function nextTests(
  candidates: readonly TestCandidate[],
  elasticities: readonly Elasticity[],
  refused: readonly Refusal[],
): NextTest[] {
  const byItem = new Map(elasticities.map((one) => [one.item, (one.interval[1] - one.interval[0]) / 2]));
  const unknown = new Set(refused.map(({ of }) => of));
  const z = intervalZ(0.95);
  return candidates
    .flatMap((candidate): (NextTest & { worth: number })[] => {
      const { item, usualPrice, deviation, revenue } = candidate;
      const uncertain = byItem.get(item) ?? (unknown.has(item) ? Number.POSITIVE_INFINITY : 0);
      if (uncertain <= EXACT || !(usualPrice > 0)) return [];
      // The difference of two means of n/2 steps each has the error 2·deviation/√n; the log price moves by log(1 − down).
      const stepsOf = (down: number) =>
        2 * Math.ceil(Math.max(((2 * z * deviation) / (EXACT * -Math.log(1 - down))) ** 2, 8) / 2);
      const down = STEPS_DOWN.find((one) => stepsOf(one) <= MOST_STEPS);
      if (down === undefined) return [];
      const steps = stepsOf(down);
      const known = Number.isFinite(uncertain) && { uncertain };
      const worth = (revenue * Math.min(uncertain, 5)) / steps;
      return [{ item, price: usualPrice * (1 - down), usualPrice, steps, ...known, worth }];
    })
    .sort((a, b) => b.worth - a.worth)
    .map(({ worth: _, ...test }) => test);
}
