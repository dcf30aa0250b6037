/**
 * Mixup (Zhang et al., 2018): two images are blended, and their labels by the same weights. Each row draws its own partner and
 * weight, not once per batch, so that a row does not depend on its batch.
 */
import type { Random } from '@gradus/base';
import type { Images } from '../../images/images.ts';
import { randomOf } from '../seeding.ts';
import { blended } from './blend.ts';
import { type AugmentOptions, augmentedRow, augmentImages, type ImageStep } from './picture.ts';

export interface MixupOptions extends AugmentOptions {
  /** Weights are drawn from Beta(alpha, alpha): near 0 mostly one image, 1 anything. Default 0.2. */
  readonly alpha?: number;
}

export interface Mixed {
  /** Without labels: `targets` are theirs. */
  readonly images: Images;
  /** [count, classes]: weights that sum to 1. */
  readonly targets: Float32Array;
}

/**
 * Some rows through all steps, each mixed with another that went through them too.
 *
 * @param images With labels.
 */
export function mixup(
  images: Images,
  rows: ArrayLike<number>,
  steps: readonly ImageStep[],
  { alpha = 0.2, ...options }: MixupOptions,
): Mixed {
  const labels = images.labels;
  if (!labels) throw new RangeError('mixup needs labels to mix');
  const { labels: _, ...mixed } = augmentImages(images, rows, steps, options);
  const classes = images.classes.length;
  const targets = new Float32Array(rows.length * classes);
  const length = mixed.channels * mixed.height * mixed.width;
  for (let i = 0; i < rows.length; i++) {
    const chance = randomOf(options.random, options.epoch, rows[i]!).fork('mixup');
    const partner = chance.below(images.count);
    const weight = beta(chance, alpha);
    const own = mixed.pixels.subarray(i * length, (i + 1) * length);
    own.set(blended(own, augmentedRow(images, partner, steps, options).pixels, weight));
    targets[i * classes + labels[rows[i]!]!]! += weight;
    targets[i * classes + labels[partner]!]! += 1 - weight;
  }
  return { images: mixed, targets };
}

/** Beta(alpha, alpha), from two gamma deviates. */
function beta(random: Random, alpha: number): number {
  const [a, b] = [gamma(random, alpha), gamma(random, alpha)];
  // Both may be too small for a number where alpha is.
  return a + b === 0 ? random.below(2) : a / (a + b);
}

/** Marsaglia and Tsang, "A simple method for generating gamma variables", 2000. */
function gamma(random: Random, shape: number): number {
  if (shape < 1) return gamma(random, shape + 1) * random.uniform() ** (1 / shape);
  const d = shape - 1 / 3;
  for (;;) {
    const x = random.normal();
    const v = (1 + x / Math.sqrt(9 * d)) ** 3;
    if (v > 0 && Math.log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}
