/** Activations as layers, for `sequential`. */
import type { Tensor } from '@gradus/engine';

export const relu = () => (x: Tensor) => x.relu();
export const gelu = () => (x: Tensor) => x.gelu();
export const tanh = () => (x: Tensor) => x.tanh();
export const sigmoid = () => (x: Tensor) => x.sigmoid();
export const softmax = () => (x: Tensor) => x.softmax();
export const flatten = () => (x: Tensor) => x.flatten();
export const leakyRelu = (slope?: number) => (x: Tensor) => x.leakyRelu(slope);
/** Each sample in another shape. */
export const reshape =
  (...shape: readonly number[]) =>
  (x: Tensor) =>
    x.reshape([x.shape[0]!, ...shape]);
