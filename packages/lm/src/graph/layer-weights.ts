/**
 * How weights become part of a graph: as constants, as parameters that train, or as whole numbers of a few bits. The builders of
 * graphs ask for matrices, vectors and tables, and know nothing else about them.
 */
import type { Tensor } from '@gradus/engine';
import type { LinearConfig } from '../families/decoder-config.ts';
import { lazyConstant, type Weights } from '../weights/weights.ts';

export interface Table {
  /** The rows that the ids name. */
  lookup(ids: Tensor): Tensor;
  /** x times each row: the logits where head and embedding are one. */
  scores(x: Tensor): Tensor;
}

export interface LayerWeights {
  /** Whether each text of a batch has weights of its own, so that its tokens may not be taken apart from it. */
  readonly perText?: boolean;
  linear(x: Tensor, config: LinearConfig): Tensor;
  /** By its whole name. */
  vector(name: string, size: number): Tensor;
  /** What is neither, such as a kernel, by its whole name. */
  tensor(name: string, dims: readonly number[]): Tensor;
  table(name: string, rows: number, width: number): Table;
}

export const weightDims = ({ inputs, outputs, transposed }: LinearConfig): readonly [number, number] =>
  transposed ? [inputs, outputs] : [outputs, inputs];

/** Weights as they are in the file, from whichever tensors `of` gives for them. */
export function layerWeights(of: (name: string, dims: readonly number[]) => Tensor): LayerWeights {
  return {
    linear(x, config) {
      const weight = of(`${config.name}.weight`, weightDims(config));
      const y = x.matmul(config.transposed ? weight : weight.T);
      return config.bias ? y.add(of(`${config.name}.bias`, [config.outputs])) : y;
    },
    vector: (name, size) => of(name, [size]),
    tensor: of,
    table(name, rows, width) {
      const weight = of(name, [rows, width]);
      return { lookup: (ids) => weight.gather(ids), scores: (x) => x.matmul(weight.T) };
    },
  };
}

/** As constants, each once in a graph. */
export function constantWeights(weights: Weights): LayerWeights {
  const constants = new Map<string, Tensor>();
  return layerWeights((name, dims) => {
    const known = constants.get(name) ?? lazyConstant(weights, name, dims);
    constants.set(name, known);
    return known;
  });
}
