/** The first values of parameters: functions of a random stream and a shape. Fan in and out are those of a dense layer. */
import type { Random } from '@gradus/base';

export type Initializer = (random: Random, shape: readonly number[]) => Float32Array<ArrayBuffer>;

const filled = (shape: readonly number[], draw: () => number) =>
  Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw);

export const zeros: Initializer = (_, shape) => filled(shape, () => 0);
export const ones: Initializer = (_, shape) => filled(shape, () => 1);
export const constantly =
  (value: number): Initializer =>
  (_, shape) =>
    filled(shape, () => value);
export const uniform =
  (limit: number): Initializer =>
  (random, shape) =>
    filled(shape, () => random.uniform(-limit, limit));
export const normal =
  (deviation: number): Initializer =>
  (random, shape) =>
    filled(shape, () => random.normal(0, deviation));

/** Uniform with variance 2 / (fan in + fan out), for tanh, sigmoid and linear layers (Glorot and Bengio, 2010). */
export const glorotUniform: Initializer = (random, shape) => {
  const [fanIn, fanOut] = fans(shape);
  return uniform(Math.sqrt(6 / (fanIn + fanOut)))(random, shape);
};

/** Normal with variance 2 / fan in, for relu layers (He et al., 2015). */
export const heNormal: Initializer = (random, shape) => normal(Math.sqrt(2 / fans(shape)[0]))(random, shape);

/** Normal with variance 1 / fan in (LeCun et al., 1998). */
export const lecunNormal: Initializer = (random, shape) =>
  normal(Math.sqrt(1 / fans(shape)[0]))(random, shape);

/** A matrix gives its last axis from those before it; a kernel [filters, channels, ..size] counts its cells for both. */
function fans(shape: readonly number[]): [fanIn: number, fanOut: number] {
  if (shape.length <= 2) return [shape.slice(0, -1).reduce((a, b) => a * b, 1), shape.at(-1) ?? 1];
  const [filters, channels, ...kernel] = shape;
  const cells = kernel.reduce((a, b) => a * b, 1);
  return [channels! * cells, filters! * cells];
}
