import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { standardizer, twoSamples } from './two-samples.ts';

const gaussian = (rows: number, width: number, mean: number, random: Random) =>
  Float32Array.from({ length: rows * width }, () => random.normal(mean));

describe('two samples', () => {
  it('of one distribution cannot be told apart, and cover each other', () => {
    const random = new Random(1);
    const { nearestNeighbour, coverage } = twoSamples(
      gaussian(200, 3, 0, random),
      gaussian(200, 3, 0, random),
      3,
      random,
    );
    expect(nearestNeighbour.low).toBeLessThan(0.5);
    expect(nearestNeighbour.high).toBeGreaterThan(0.5);
    // Five neighbours among the real ones: 1 - 2^-5 is what is to be expected (Naeem et al., 2020).
    expect(coverage.value).toBeGreaterThan(0.9);
  });

  it('far from each other are told apart always, and copies never', () => {
    const random = new Random(2);
    const real = gaussian(100, 3, 0, random);
    expect(twoSamples(gaussian(100, 3, 50, random), real, 3, random).nearestNeighbour.value).toBe(1);
    const copies = twoSamples(real.slice(), real, 3, random);
    expect([copies.nearestNeighbour.value, copies.coverage.value]).toEqual([0, 1]);
  });

  it('one mode of many covers little', () => {
    const random = new Random(3);
    const real = gaussian(200, 2, 0, random).map(
      (value, i) => value + (i % 2 === 0 ? 20 * ((i >> 1) % 10) : 0),
    );
    const made = gaussian(200, 2, 0, random);
    expect(twoSamples(made, real, 2, random).coverage.value).toBeLessThan(0.2);
  });

  it('are standardized by the reference alone; what never changes counts nothing', () => {
    const standardized = standardizer(Float32Array.of(1, 5, 3, 5), 2);
    expect([...standardized(Float32Array.of(2, 9, 4, 5))]).toEqual([0, 0, 2, 0]);
  });
});
