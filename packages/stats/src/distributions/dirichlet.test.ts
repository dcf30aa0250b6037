import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { dirichletDraw, gammaDraw } from './dirichlet.ts';

describe('draws', () => {
  it.each([0.25, 0.5, 1, 7])('of gamma %d have its mean and variance', (shape) => {
    const random = new Random(5);
    const drawn = Array.from({ length: 20_000 }, () => gammaDraw(random, shape));
    const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
    const variance = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
    expect(mean / shape).toBeCloseTo(1, 1);
    expect(Math.abs(variance / shape - 1)).toBeLessThan(0.1);
  });

  it('of Dirichlet add up to one', () => {
    const shares = new Float64Array(3);
    dirichletDraw(new Random(6), Float64Array.of(0.5, 2, 9), shares);
    expect(shares[0]! + shares[1]! + shares[2]!).toBeCloseTo(1, 12);
  });
});
