/**
 * The gate of all items of a file: a forecast is said to beat the seasonal naive one only where it errs less by so much more than the standard error
 * of the difference that chance would do so in one of twenty series that nothing tells better (`gainOf`, `chanceBound`).
 *
 * What is judged is the choosing (prequential: Dawid, "Statistical Theory", 1984): the best of several candidates looks better on the rolls that
 * chose it than it will be (Cawley and Talbot, "On Over-fitting in Model Selection", 2010), so each roll counts as it would have been told by
 * what was best in the rolls before it.
 */
import { chanceBound, type Gain, gainOf, standardError } from '@gradus/classical';
import { bestCandidates, type Candidate, type Choice } from './choose.ts';
import { centreOf, drawnTo, meanOf } from './gains.ts';
import type { Rolls } from './model.ts';

/** Rolls that overlap agree with each other: so many must tell steps of their own. */
const FEWEST_WITNESSES = 2;
/**
 * What chance may tell of an item alone whose rolls share steps. They are less alike than by the share that `standardError` assumes, and so more
 * witnesses: at 0.05 fewer random walks than one in twenty are claimed.
 */
const CHANCE_OF_SHARED = 0.1;
/** Rolls of all items together: enough for their noise to be known. */
const MANY = 100;

/**
 * @param naive errors, by item and roll
 * @param told what would have been told, by item (`toldBefore`)
 * @param apart as of `gainOf`, by item. Default: 1
 * @returns by item
 */
export function beatsNaive(
  naive: readonly (readonly number[])[],
  told: readonly Told[],
  apart?: readonly number[],
): boolean[] {
  const overlaps = naive.map((_, i) => apart?.[i] ?? 1);
  const gains = naive.map((errors, i) =>
    gainOf(errors, told[i]!.errors, { apart: overlaps[i]!, distances: told[i]!.distances }),
  );
  const shared = centreOf(gains);
  const bound = boundOfCentre(gains, meanOf(overlaps));
  return gains.map((gain, i) => {
    const { mean, weight, error } = drawnTo(gain, shared);
    const witnesses = 1 + (gain.gains.length - 1) * overlaps[i]!;
    const isAlone = weight === 1 && error > 0;
    if (isAlone && witnesses < FEWEST_WITNESSES) return false;
    // The noise of one item is known from its own rolls alone where there are no others.
    const chance = isAlone && overlaps[i]! < 1 ? CHANCE_OF_SHARED : undefined;
    const errors = chanceBound(isAlone ? gain.gains.length : MANY, chance);
    const own = errors * Math.sqrt(weight) * error;
    // What an item shows itself is not to be the opposite.
    return gain.mean > 0 && mean > Math.hypot(own, (1 - weight) * bound);
  });
}

/**
 * How far what all items show together may be from the truth. Items of a file live through the same days, so that a hundred of them are no
 * hundred witnesses: the mean gain of each roll, counted from the latest, is one.
 */
function boundOfCentre(items: readonly Gain[], apart: number): number {
  const rolls = items.reduce((most, { gains }) => Math.max(most, gains.length), 0);
  const byRoll = Array.from({ length: rolls }, (_, back) =>
    items.flatMap(({ gains }) => gains.at(-1 - back) ?? []),
  );
  const most = byRoll[0]?.length ?? 0;
  const means = byRoll.filter((gains) => gains.length >= most / 2).map(meanOf);
  if (means.length < 2) return 0;
  return chanceBound(means.length) * standardError(means, apart);
}

export interface PastErrors {
  /** By item. */
  readonly rolls: readonly (Rolls | undefined)[];
  readonly candidates: readonly Choice[];
  /** As of `gainOf`, by item. Default: 1. */
  readonly apart?: readonly number[];
  /** The mean errors of a candidate's first step of a roll, of its first two, and so on. */
  judge(item: number, roll: number, candidate: Choice): Float64Array;
}

/** Past errors, and how far candidates lie from the naive forecast. */
export interface PastDistances extends PastErrors {
  /** Of a roll, by the measure of its errors. */
  distance(item: number, roll: number, candidate: Choice): number;
}

/** What would have been told of an item's rolls: errors by roll, and how far from the naive forecast. */
export interface Told {
  readonly errors: readonly number[];
  readonly distances: readonly number[];
}

/** @returns by item, what was best in the rolls before each, of which as many steps count as were over by then */
export function toldBefore({ rolls, candidates, judge, apart, distance }: PastDistances): Told[] {
  const names = candidates.filter((name): name is Candidate => name !== 'naive');
  const of = (): number[][] => rolls.map((own) => new Array(own?.origins.length ?? 0));
  const [errors, distances] = [of(), of()];
  // Item by item, so that each roll is judged once: [rolls, names].
  const before = rolls.map((own, item) => own && meansBefore(own, names, (r, name) => judge(item, r, name)));
  const longest = errors.reduce((most, { length }) => Math.max(most, length), 0);
  for (let back = 0; back < longest; back++) {
    const acts = rolls.flatMap((own, item) => {
      const roll = (own?.origins.length ?? 0) - 1 - back;
      return own && roll >= 0 ? [{ item, roll, steps: own.steps }] : [];
    });
    const best = bestCandidates(
      acts.map(({ item, roll }) => ({
        rolls: roll,
        means: Object.fromEntries(names.map((name, n) => [name, before[item]![roll * names.length + n]!])),
      })),
      apart && acts.map(({ item }) => apart[item]!),
    );
    for (const [a, { item, roll, steps }] of acts.entries()) {
      errors[item]![roll] = judge(item, roll, best[a]!)[steps - 1]!;
      distances[item]![roll] = distance(item, roll, best[a]!);
    }
  }
  return errors.map((own, i) => ({ errors: own, distances: distances[i]! }));
}

/** What candidates erred in the rolls before each, of which as many steps count as were over by then: [rolls, names]. */
function meansBefore(
  own: Rolls,
  names: readonly Candidate[],
  judge: (roll: number, name: Candidate) => Float64Array,
): Float64Array {
  const known = own.origins.map((_, roll) => knownBefore(own, roll));
  const means = new Float64Array(known.length * names.length);
  for (const [n, name] of names.entries()) {
    const errors = known.map((_, r) => judge(r, name));
    for (const [roll, steps] of known.entries())
      means[roll * names.length + n] = meanOf(steps.map((count, r) => errors[r]![count - 1]!));
  }
  return means;
}

/** Of the rolls before one, how many steps of each were over when it was told. */
export const knownBefore = ({ origins, steps }: Rolls, roll: number): number[] =>
  origins.slice(0, roll).map((origin) => Math.min(steps, origins[roll]! - origin));
