/**
 * Items that have not sold yet, by analogy: the launches of past items give a curve (which share of the total sells in which step after the
 * launch) and a total; those that share attributes count more. How much more is learnt by leaving each out in turn, so that attributes that tell
 * nothing count for nothing. With the first steps known, the total is what they are worth in past launches.
 */
import { type Interval, intervalT } from '@gradus/stats';

export interface Launch {
  readonly item: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Units from the launch on. */
  readonly units: ArrayLike<number>;
}

export interface NewItem {
  readonly attributes: Readonly<Record<string, string>>;
  /** What is sold already since the launch. */
  readonly sold?: ArrayLike<number>;
}

export interface LaunchForecast {
  readonly total: number;
  readonly interval80: Interval;
  readonly interval: Interval;
  /** Units of each step since the launch, [steps]; they sum to the total. */
  readonly curve: Float64Array;
  readonly analogues: readonly string[];
  /** Whether attributes told anything in past launches. */
  readonly attributesHelp: boolean;
}

/** What an attribute that differs leaves of a launch's weight. */
const FADES = [1, 0.5, 0.25, 0.1, 0.03] as const;
const LEAST_LAUNCHES = 5;
const TOLD = 5;
/** From so many analogues on their own quantiles are the interval, else Student's t. */
const ENOUGH = 40;

/** @returns undefined with fewer than five past launches of so many steps */
export function launchForecast(
  launches: readonly Launch[],
  item: NewItem,
  steps: number,
): LaunchForecast | undefined {
  const { sold = [] } = item;
  const known = Math.min(sold.length, steps - 1);
  const already = sum(sold, 0, known);
  const usable = launches.filter(
    ({ units }) =>
      units.length >= steps && sum(units, 0, steps) > 0 && (already === 0 || sum(units, 0, known) > 0),
  );
  if (usable.length < LEAST_LAUNCHES) return undefined;
  // In logs: totals, or how many times what sold in the first steps.
  const of = ({ units }: Launch): number =>
    Math.log(sum(units, 0, steps) / (already > 0 ? sum(units, 0, known) : 1));
  const values = usable.map(of);
  const fade = Object.keys(item.attributes).length > 0 ? learnFade(usable, values) : 1;
  const weights = usable.map((launch) => likeness(launch.attributes, item.attributes, fade));
  const total = weights.reduce((a, b) => a + b, 0);
  const center = weights.reduce((s, weight, i) => s + weight * values[i]!, 0) / total;
  const effective = total ** 2 / weights.reduce((s, weight) => s + weight ** 2, 0);
  const variance =
    (weights.reduce((s, weight, i) => s + weight * (values[i]! - center) ** 2, 0) / total) *
    (effective / Math.max(effective - 1, 0.5));
  const spread = Math.sqrt(variance * (1 + 1 / effective));
  const base = already > 0 ? already : 1;
  const freedom = Math.max(1, effective - 1);
  const reach = (level: number): Interval => {
    const [low, high] =
      effective >= ENOUGH
        ? [
            weightedQuantile(values, weights, (1 - level) / 2),
            weightedQuantile(values, weights, (1 + level) / 2),
          ]
        : [-1, 1].map((side) => center + side * intervalT(level, freedom) * spread);
    return [Math.max(already, base * Math.exp(low!)), base * Math.exp(high!)];
  };
  // The mean of a log-normal; of a few analogues its spread is not to carry it away.
  const mean = base * Math.exp(center + Math.min(variance, 1) / 2);
  return {
    ...{ total: mean, interval80: reach(0.8), interval: reach(0.95) },
    curve: curveOf(usable, weights, steps, sold, known, mean),
    analogues: usable
      .map(({ item: name }, i) => ({ name, weight: weights[i]! }))
      .sort((a, b) => b.weight - a.weight)
      .slice(0, TOLD)
      .map(({ name }) => name),
    attributesHelp: fade < 1,
  };
}

function curveOf(
  launches: readonly Launch[],
  weights: readonly number[],
  steps: number,
  sold: ArrayLike<number>,
  known: number,
  total: number,
): Float64Array {
  const shares = new Float64Array(steps);
  launches.forEach(({ units }, i) => {
    const all = sum(units, 0, steps);
    for (let t = 0; t < steps; t++) shares[t]! += (weights[i]! * units[t]!) / all;
  });
  const rest = sum(shares, known, steps) || 1;
  const left = Math.max(0, total - sum(sold, 0, known));
  return shares.map((share, t) => (t < known ? sold[t]! : (left * share) / rest));
}

/** The fade with the least squared error when each launch is told by the others. */
function learnFade(launches: readonly Launch[], values: readonly number[]): number {
  const errors = FADES.map((fade) => {
    let squares = 0;
    launches.forEach((launch, i) => {
      let [weight, weighted] = [0, 0];
      launches.forEach((other, j) => {
        if (i === j) return;
        const own = likeness(other.attributes, launch.attributes, fade);
        weight += own;
        weighted += own * values[j]!;
      });
      squares += (values[i]! - weighted / weight) ** 2;
    });
    return squares;
  });
  return FADES[errors.indexOf(Math.min(...errors))]!;
}

const likeness = (
  a: Readonly<Record<string, string>>,
  b: Readonly<Record<string, string>>,
  fade: number,
): number =>
  Object.entries(b).reduce((weight, [name, value]) => (a[name] === value ? weight : weight * fade), 1);

/** Where the new item is one more of them: past the ends lie (1 − p) of it. */
function weightedQuantile(values: readonly number[], weights: readonly number[], p: number): number {
  const order = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const total = weights.reduce((a, b) => a + b, 0);
  const own = total / weights.length;
  let below = 0;
  for (const i of order) {
    below += weights[i]!;
    if (below >= p * (total + own)) return values[i]!;
  }
  return values[order.at(-1)!]!;
}

function sum(values: ArrayLike<number>, from: number, to: number): number {
  let total = 0;
  for (let t = from; t < to; t++) total += values[t]!;
  return total;
}
