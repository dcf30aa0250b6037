import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import type { CandidateName } from './candidates/candidate.ts';
import { scoreLosses, weightedMean } from './losses.ts';
import { chooseModel } from './mixture.ts';
import type { Search, Searched } from './search.ts';

const N = 2000;
const groups = Int32Array.from({ length: N }, (_, i) => i);
const random = new Random(5);
const noise = () => Float64Array.from({ length: N }, () => random.normal());
const values = noise();
const target = { kind: 'numbers', values } as const;

function searched(name: CandidateName, scores: Float64Array): Searched {
  const losses = scoreLosses(target, scores, 'squared');
  return { name, config: {}, scores, losses, loss: weightedMean(losses) };
}
const near = (errors: Float64Array, size: number) => values.map((value, i) => value + size * errors[i]!);
const search = (...of: Searched[]): Search => ({ places: groups, target, searched: of, givenUp: [] });
const chosen = (of: Search, own = groups) =>
  chooseModel(of, own, 'squared').compared.find(({ isChosen }) => isChosen)!.name;

describe('of several candidates answers', () => {
  it('the simplest that is not worse beyond its standard error', () => {
    const [a, b] = [noise(), noise()];
    const alike = b.map((error, i) => error + 0.05 * a[i]!);
    expect(chosen(search(searched('linear', near(b, 0.5)), searched('trees', near(alike, 0.5))))).toBe(
      'linear',
    );
    expect(chosen(search(searched('linear', near(b, 0.5)), searched('trees', near(b, 0.4))))).toBe('trees');
  });

  it('a mixture where errors differ, with weights that add up to one', () => {
    const { chosen: mixed, compared } = chooseModel(
      search(searched('linear', near(noise(), 0.5)), searched('trees', near(noise(), 0.45))),
      groups,
      'squared',
    );
    expect(compared.find(({ isChosen }) => isChosen)!.name).toBe('stack');
    expect(mixed.members.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1);
    // Of two independent errors the best mixture weighs them by the inverse of their variance.
    const trees = mixed.members.find(({ name }) => name === 'trees')!.weight;
    expect(trees).toBeCloseTo(0.25 / (0.25 + 0.2025), 1);
  });

  it('nobody but the simplest where all rows are of one group: that tells nothing', () => {
    const of = search(searched('linear', near(noise(), 0.5)), searched('trees', near(noise(), 0.3)));
    expect(chosen(of, new Int32Array(N))).toBe('linear');
  });
});
