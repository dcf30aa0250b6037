/** The winner's curse: of candidates that are equally good the one that looks best looks better than it is. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { choose, type RollErrors } from './choose.ts';
import { type RolledErrors, spreadOf } from './intervals.ts';
import { QUANTILES, type Rolls } from './model.ts';
import { rehearse } from './rehearse.ts';

const STEPS = 4;
const ROLLS = 8;
const ITEMS = 500;
type Name = keyof RollErrors;
const NAMES: readonly Name[] = ['naive', 'own', 'global', 'both'];

/** Candidates whose errors have one size a roll, so that a lucky roll is lucky in all its steps. */
function simulated(random: Random) {
  const draw = (): Float64Array => {
    const size = Math.exp(random.normal(0, 0.8));
    return Float64Array.from({ length: STEPS }, () => size * random.normal());
  };
  return Array.from({ length: ITEMS }, () => {
    const rolled = Object.fromEntries(NAMES.map((name) => [name, Array.from({ length: ROLLS }, draw)]));
    // Naive is worse by far, so that the choice is among the others.
    rolled.naive = rolled.naive!.map((errors) => errors.map((error) => 3 * error));
    return { rolled: rolled as Record<Name, Float64Array[]>, next: draw() };
  });
}

describe('rehearse', () => {
  const items = simulated(new Random('curse'));
  const errors = items.map(
    ({ rolled }) =>
      Object.fromEntries(
        NAMES.map((name) => [
          name,
          rolled[name].map((own) => own.reduce((sum, error) => sum + Math.abs(error), 0) / STEPS),
        ]),
      ) as unknown as RollErrors,
  );
  const choices = choose(errors);
  const rolls: Rolls = { origins: Array.from({ length: ROLLS }, (_, r) => 40 + STEPS * r), steps: STEPS };
  const rehearsals = rehearse(
    errors,
    items.map(() => rolls),
    items.map(() => 1),
    (item, roll, candidate) => items[item]!.rolled[candidate][roll]!,
  );
  const held = (isRehearsed: boolean): number => {
    const spread = spreadOf(
      items.map(
        ({ rolled }, i): RolledErrors => ({
          errors: rolled[choices[i]!.candidate],
          ...(isRehearsed && { rehearsals: rehearsals[i]! }),
          ...rolls,
          scale: 1,
          roughness: 1,
        }),
      ),
    );
    let [inside, all] = [0, 0];
    for (const [i, { next }] of items.entries()) {
      const offsets = spread.offsets(i, STEPS);
      for (const [k, error] of next.entries()) {
        const own = offsets.subarray(k * QUANTILES.length);
        all += 1;
        if (error >= own[1]! && error <= own[5]!) inside += 1;
      }
    }
    return inside / all;
  };

  it('makes intervals hold though the candidate was chosen by the same rolls', () => {
    expect(Math.abs(held(true) - 0.8)).toBeLessThan(0.03);
    expect(held(false)).toBeLessThan(held(true));
  });

  it('knows at each roll only the rolls that were over by then', () => {
    expect(rehearsals[0]!.at(-1)!.origins).toEqual([40, 44, 48, 52, 56]);
    expect(rehearsals[0]!.map(({ origins }) => origins.length)).toEqual([7, 6, 5]);
  });
});
