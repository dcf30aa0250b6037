/**
 * When a model of all items is fitted anew within the rolls. Of one that is as old as the first roll the later ones would show how it
 * ages, not how it forecasts: judged so it erred up to twice as much as it does when it is fresh.
 */
import type { Rolls } from '../model.ts';

/** So many times, each for as many of the rolls. */
const REFITS = 3;
/** Of an item without rolls this share is learnt from. */
const KNOWN_SHARE = 0.6;

export interface Refit {
  /** By item: how many values may be learnt from. */
  readonly until: readonly number[];
  /** What is to be told by it. */
  readonly questions: readonly Question[];
}

export interface Question {
  readonly item: number;
  readonly origin: number;
  readonly steps: number;
}

/** @param lengths by item, how many values are known at all @returns the oldest first */
export function refitsOf(rolls: readonly (Rolls | undefined)[], lengths: readonly number[]): Refit[] {
  const firstOf = (count: number, which: number) => Math.ceil((which * count) / REFITS);
  return Array.from({ length: REFITS }, (_, part) => ({
    until: rolls.map(
      ({ origins } = { origins: [], steps: 0 }, i) =>
        origins[Math.min(firstOf(origins.length, part), origins.length - 1)] ??
        Math.floor(lengths[i]! * KNOWN_SHARE),
    ),
    questions: rolls.flatMap(
      (own, item) =>
        own?.origins
          .slice(firstOf(own.origins.length, part), firstOf(own.origins.length, part + 1))
          .map((origin) => ({ item, origin, steps: own.steps })) ?? [],
    ),
  }));
}
