/** Augmentation steps as plain data, for worker threads and files: `['crop', { padding: 4 }]`. */
import { rotate, scale } from '../augment/images/affine.ts';
import { blur } from '../augment/images/blur.ts';
import { colour } from '../augment/images/colour.ts';
import { crop } from '../augment/images/crop.ts';
import { cutout } from '../augment/images/cutout.ts';
import { flip } from '../augment/images/flip.ts';
import type { ImageStep } from '../augment/images/picture.ts';
import { randAugment } from '../augment/images/rand-augment.ts';

const STEPS = { blur, colour, crop, cutout, flip, randAugment, rotate, scale } as const;

type Steps = typeof STEPS;
/** A step's name, and its options where it has any. */
export type StepSpec = {
  [K in keyof Steps]: undefined extends Parameters<Steps[K]>[0]
    ? readonly [name: K, options?: Parameters<Steps[K]>[0]]
    : readonly [name: K, options: Parameters<Steps[K]>[0]];
}[keyof Steps];

export function imageStep([name, options]: StepSpec): ImageStep {
  return (STEPS[name] as (options: unknown) => ImageStep)(options);
}
