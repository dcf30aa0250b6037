/**
 * What the whole procedure would have done in the past: at each roll the choice is made again from the rolls before it whose steps are
 * all known by then, and judged by what came. The best of several candidates looks better on the rolls that chose it than it will be
 * (the winner's curse: Cawley and Talbot, "On Over-fitting in Model Selection", 2010); intervals that are made from rehearsals know that.
 */
import { type Choice, choose, type RollErrors } from './choose.ts';
import { FEWEST_REHEARSALS, type Rehearsal } from './intervals.ts';
import type { Rolls } from './model.ts';

/** Of an item's rolls the latest are rehearsed, which know nearly as much as is known now; of few items more of them. */
const LATEST = 3;
/** Items that are rehearsed; of more, an even sample. */
const MOST_ITEMS = 2000;

/**
 * @param errors by item
 * @param apart by item, as `choose` takes it
 * @param scaledError of an item's roll by a candidate, by step
 * @returns by item, the latest roll first; none of items that are not in the sample
 */
export function rehearse(
  errors: readonly RollErrors[],
  rolls: readonly (Rolls | undefined)[],
  apart: readonly number[],
  scaledError: (item: number, roll: number, candidate: Choice['candidate']) => Float64Array,
): Rehearsal[][] {
  const rehearsals: Rehearsal[][] = errors.map(() => []);
  const stride = Math.ceil(errors.length / MOST_ITEMS);
  const sample = [...rolls.entries()].filter(([item]) => item % stride === 0);
  const backs = sample.reduce((most, [, own]) => Math.max(most, own?.origins.length ?? 0), 0);
  const latest = Math.max(LATEST, Math.ceil(FEWEST_REHEARSALS / sample.length));
  for (let back = 0; back < Math.min(backs, latest); back++) {
    // An item's roll so many before its last, and the rolls that were over when it was told.
    const acts = sample.flatMap(([item, own]) => {
      const roll = (own?.origins.length ?? 0) - 1 - back;
      if (!own || roll < 0) return [];
      const known = own.origins.flatMap((origin, r) => (own.origins[roll]! - origin >= own.steps ? [r] : []));
      return known.length === 0 ? [] : [{ item, roll, known, origins: known.map((r) => own.origins[r]!) }];
    });
    const choices = choose(
      acts.map(({ item, known }) => only(errors[item]!, known)),
      acts.map(({ item }) => apart[item]!),
    );
    for (const [a, { item, roll, known, origins }] of acts.entries()) {
      const { candidate } = choices[a]!;
      rehearsals[item]!.push({
        errors: scaledError(item, roll, candidate),
        known: known.map((r) => scaledError(item, r, candidate)),
        origins,
      });
    }
  }
  return rehearsals;
}

const only = (errors: RollErrors, rolls: readonly number[]): RollErrors =>
  Object.fromEntries(
    Object.entries(errors).map(([name, own]: [string, readonly number[]]) => [
      name,
      rolls.map((r) => own[r]!),
    ]),
  ) as unknown as RollErrors;
