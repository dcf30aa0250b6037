/** The golden files beside this one: tiny random models, and what PyTorch's transformers computed with them (make.py). */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type HostTensor, readSafetensors } from '@gradus/engine';

export const goldenFolder = (name: string): string =>
  fileURLToPath(new URL(`./golden/${name}`, import.meta.url));

export const goldenTensors = (name: string, file = 'expected'): Readonly<Record<string, HostTensor>> =>
  readSafetensors(readFileSync(`${goldenFolder(name)}/${file}.safetensors`)).tensors;

/** The largest difference of two arrays of one length; infinite where a number is not one. */
export function largestDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= most)) most = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return most;
}
