/** Draws of the gamma and the Dirichlet distribution: shares that add up to one, as a posterior of counts has them. */
import type { Random } from '@gradus/base';

/** Of a gamma distribution with this shape and scale 1, by rejection from a cube of a normal (Marsaglia and Tsang, 2000). */
export function gammaDraw(random: Random, shape: number): number {
  if (shape < 1) return gammaDraw(random, shape + 1) * (1 - random.uniform()) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = random.normal();
    const v = (1 + c * normal) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Writes shares that add up to one into `shares`. */
export function dirichletDraw(random: Random, weights: Float64Array, shares: Float64Array): void {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    shares[i] = gammaDraw(random, weights[i]!);
    sum += shares[i]!;
  }
  for (let i = 0; i < weights.length; i++) shares[i]! /= sum;
}
