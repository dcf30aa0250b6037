import { describe, expect, it } from 'vitest';
import { Random } from './random.ts';

describe('Random', () => {
  it('repeats itself from the same seed or state, and differs for another seed', () => {
    const draws = (random: Random) => Array.from({ length: 20 }, () => random.uint32());
    expect(draws(new Random(7))).toEqual(draws(new Random(7)));
    expect(draws(new Random(7))).not.toEqual(draws(new Random(8)));
    const random = new Random('a');
    random.normal();
    const copy = new Random();
    copy.state = random.state;
    expect(draws(copy)).toEqual(draws(random));
  });

  it('forks streams that do not touch their origin', () => {
    const [one, two] = [new Random(1), new Random(1)];
    one.fork('part').normal();
    expect(one.uint32()).toBe(two.uint32());
    expect(one.fork('a').uint32()).not.toBe(one.fork('b').uint32());
  });

  it('has the mean and spread that it says', () => {
    const random = new Random(3);
    const normals = Array.from({ length: 100_000 }, () => random.normal(2, 3));
    const mean = normals.reduce((a, b) => a + b) / normals.length;
    const variance = normals.reduce((sum, x) => sum + (x - mean) ** 2, 0) / normals.length;
    expect(mean).toBeCloseTo(2, 1);
    expect(Math.sqrt(variance)).toBeCloseTo(3, 1);
    const counts = new Array<number>(10).fill(0);
    for (let i = 0; i < 100_000; i++) counts[random.below(10)]! += 1;
    // Chi-squared with 9 degrees of freedom: 27.9 is its 99.9th percentile.
    expect(counts.reduce((sum, n) => sum + (n - 10_000) ** 2 / 10_000, 0)).toBeLessThan(27.9);
  });
});
