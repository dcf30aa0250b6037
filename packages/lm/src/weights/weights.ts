/**
 * Weights by name, wherever they lie. They are read one at a time, when they are asked for, and are float32 then: a model of many
 * gigabytes is never in memory as a whole.
 */
import { UserError } from '@gradus/base';
import { type HostTensor, Tensor } from '@gradus/engine';
import type { Blocks, FewBits } from './blocks.ts';

export interface Weights {
  /** Where they lie, as errors name it. */
  readonly path: string;
  /** Shapes by name, in Hugging Face's names and layout. */
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  /** The elements, row-major. Each call reads them anew. @throws UserError where there is none of that name */
  read(name: string): Float32Array<ArrayBuffer>;
  /** The same where the file holds it in just such blocks of 32: as they are, and without a way round by float32. */
  blocks?(name: string, bits: FewBits): Blocks | undefined;
  close(): void;
}

/** @throws UserError naming the weight that is missing, or whose shape is not what the configuration says */
export function requireWeight(weights: Weights, name: string, dims: readonly number[]): void {
  const shape = weights.shapes.get(name);
  if (shape && shape.join() === dims.join()) return;
  if (!shape)
    throw new UserError({
      en: `${weights.path}: weight "${name}" is missing; its config asks for it, in shape [${dims}]. The file is of another model, or of another version of it`,
      zh: `${weights.path}：缺少权重“${name}”（config 要求形状 [${dims}]）。该文件属于另一个模型或另一版本`,
    });
  throw new UserError({
    en: `${weights.path}: weight "${name}" has the shape [${shape}]; by its config it should be [${dims}]`,
    zh: `${weights.path}：权重“${name}”的形状为 [${shape}]；按 config 应为 [${dims}]`,
  });
}

/** A weight as a constant of a graph whose elements are read when the graph is written, and kept by nobody. */
export function lazyConstant(weights: Weights, name: string, dims: readonly number[]): Tensor {
  requireWeight(weights, name, dims);
  return constantFrom(name, () => ({ dtype: 'float32', dims, data: weights.read(name) }), dims);
}

/**
 * A constant that `make` gives whenever it is asked for.
 * @param bytes the same of constants that differ in shape alone
 */
export function constantFrom(
  name: string,
  make: () => HostTensor,
  dims: readonly number[],
  dtype: HostTensor['dtype'] = 'float32',
  bytes?: object,
): Tensor {
  return new Tensor(dtype, dims, {
    kind: 'constant',
    name,
    ...(bytes && { bytes }),
    get data() {
      return make();
    },
  });
}
