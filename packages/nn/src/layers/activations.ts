/** Activations as layers, for `sequential`. */
import { apply, type Tensor } from '@gradus/engine';

export const relu = () => (x: Tensor) => x.relu();
export const gelu = () => (x: Tensor) => x.gelu();
export const tanh = () => (x: Tensor) => x.tanh();
export const sigmoid = () => (x: Tensor) => x.sigmoid();
export const softmax = () => (x: Tensor) => x.softmax();
export const softplus = () => (x: Tensor) => x.softplus();
/** Clevert, Unterthiner and Hochreiter, 2016. */
export const elu = (alpha?: number) => (x: Tensor) => x.elu(alpha);
/** Klambauer et al., "Self-Normalizing Neural Networks", 2017. */
export const selu = () => (x: Tensor) => apply('Selu', [x]);
/** x σ(x), also called swish (Ramachandran, Zoph and Le, 2018). */
export const silu = () => (x: Tensor) => x.mul(x.sigmoid());
/** Howard et al., "Searching for MobileNetV3", 2019. */
export const hardSwish = () => (x: Tensor) => apply('HardSwish', [x]);
/** Misra, 2020. */
export const mish = () => (x: Tensor) => apply('Mish', [x]);
export const flatten = () => (x: Tensor) => x.flatten();
export const leakyRelu = (slope?: number) => (x: Tensor) => x.leakyRelu(slope);
/** Each sample in another shape. */
export const reshape =
  (...shape: readonly number[]) =>
  (x: Tensor) =>
    x.reshape([x.shape[0]!, ...shape]);
