/** The winner's curse: of candidates that are equally good the one that looks best looks better than it is. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { type Candidate, choose, type RollErrors } from './choose.ts';
import { type RolledErrors, spreadOf } from './intervals.ts';
import { QUANTILES, type Rolls } from './model.ts';
import { rehearse } from './rehearse.ts';

const STEPS = 4;
const ROLLS = 8;
const ITEMS = 500;
type Name = 'naive' | Candidate;
const NAMES: readonly Name[] = ['naive', 'own', 'trees', 'own and trees'];

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

const meanOf = (errors: Float64Array): number =>
  errors.reduce((sum, error) => sum + Math.abs(error), 0) / errors.length;

describe('rehearse', () => {
  const items = simulated(new Random('curse'));
  const errors = items.map(
    ({ rolled }) =>
      Object.fromEntries(NAMES.map((name) => [name, rolled[name].map(meanOf)])) as unknown as RollErrors,
  );
  const choices = choose(errors);
  const rolls: Rolls = { origins: Array.from({ length: ROLLS }, (_, r) => 40 + STEPS * r), steps: STEPS };
  const rehearsals = rehearse({
    rolls: items.map(() => rolls),
    apart: items.map(() => 1),
    candidates: NAMES,
    judge: (item, roll, candidate) => {
      const errors = items[item]!.rolled[candidate][roll]!;
      return errors.map((_, k) => meanOf(errors.subarray(0, k + 1)));
    },
    scaledError: (item, roll, candidate) => items[item]!.rolled[candidate][roll]!,
  });
  const held = (isRehearsed: boolean): number => {
    const spread = spreadOf(
      items.map(
        ({ rolled }, i): RolledErrors => ({
          errors: rolled[choices[i]!],
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

  it('knows at each roll only what was over by then', () => {
    const overlapping: Rolls = { origins: [40, 41, 42, 43, 44, 45], steps: STEPS };
    const [[latest]] = rehearse({
      rolls: [overlapping],
      apart: [1 / STEPS],
      candidates: ['naive', 'own'],
      judge: (_, roll, candidate) => new Float64Array(STEPS).fill(candidate === 'own' ? 1 : 2 + roll),
      scaledError: () => new Float64Array(STEPS),
    }) as [[ReturnType<typeof rehearse>[0][0]]];
    expect(latest.known.map(({ length }) => length)).toEqual([4, 4, 3, 2, 1]);
    expect(latest.blocks).toBe(5 / STEPS);
  });
});
