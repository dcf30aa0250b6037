/** Activations as layers, for `sequential`. */
import type { Tensor } from '@gradus/engine';

export const relu = () => (x: Tensor) => x.relu();
export const gelu = () => (x: Tensor) => x.gelu();
export const tanh = () => (x: Tensor) => x.tanh();
export const sigmoid = () => (x: Tensor) => x.sigmoid();
export const softmax = () => (x: Tensor) => x.softmax();
export const flatten = () => (x: Tensor) => x.flatten();
