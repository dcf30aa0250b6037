/**
 * What the whole procedure would have done in the past: at each roll the choice is made again from the rolls before it, of each as many
 * steps as were known by then, and judged by what came. The best of several candidates looks better on the rolls that chose it than it will be
 * (the winner's curse: Cawley and Talbot, "On Over-fitting in Model Selection", 2010); intervals that are made from rehearsals know that.
 */
import { knownBefore, type PastErrors } from './beats-naive.ts';
import { type Choice, choose, type RollErrors } from './choose.ts';
import { FEWEST_REHEARSALS, type Rehearsal } from './intervals.ts';

/** Of an item's rolls the latest are rehearsed, which know nearly as much as is known now; of few items more of them. */
const LATEST = 3;
/** Items that are rehearsed; of more, an even sample. */
const MOST_ITEMS = 2000;

export interface Rehearsed extends PastErrors {
  readonly apart: readonly number[];
  /** Of an item's roll by a candidate, by step. */
  scaledError(item: number, roll: number, candidate: Choice): Float64Array;
}

/** @returns by item, the latest roll first; none of items that are not in the sample */
export function rehearse({ rolls, apart, candidates, judge, scaledError }: Rehearsed): Rehearsal[][] {
  const rehearsals: Rehearsal[][] = rolls.map(() => []);
  const stride = Math.ceil(rolls.length / MOST_ITEMS);
  const sample = [...rolls.entries()].filter(([item]) => item % stride === 0);
  const backs = sample.reduce((most, [, own]) => Math.max(most, own?.origins.length ?? 0), 0);
  const latest = Math.max(LATEST, Math.ceil(FEWEST_REHEARSALS / sample.length));
  for (let back = 0; back < Math.min(backs, latest); back++) {
    // An item's roll so many before its last, and how many steps of those before were over when it was told.
    const acts = sample.flatMap(([item, own]) => {
      const roll = (own?.origins.length ?? 0) - 1 - back;
      if (!own || roll < 1) return [];
      return [
        {
          item,
          roll,
          known: knownBefore(own, roll),
          blocks: (own.origins[roll]! - own.origins[0]!) / own.steps,
        },
      ];
    });
    const choices = choose(
      acts.map(
        ({ item, known }) =>
          Object.fromEntries(
            candidates.map((name) => [name, known.map((steps, r) => judge(item, r, name)[steps - 1]!)]),
          ) as unknown as RollErrors,
      ),
      acts.map(({ item }) => apart[item]!),
    );
    for (const [a, { item, roll, known, blocks }] of acts.entries()) {
      const candidate = choices[a]!;
      rehearsals[item]!.push({
        errors: scaledError(item, roll, candidate),
        known: known.map((steps, r) => scaledError(item, r, candidate).subarray(0, steps)),
        blocks,
      });
    }
  }
  return rehearsals;
}
