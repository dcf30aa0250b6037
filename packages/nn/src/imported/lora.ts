/**
 * Low-rank adapters (Hu et al., "LoRA", 2022): a model's matrices stay frozen, and beside each a product of two thin matrices is
 * trained: y = x W + (alpha / rank) x A B. B begins at zero, so that training begins with the model as it was.
 */
import {
  apply,
  type Graph,
  GraphError,
  type HostTensor,
  intAttribute,
  type Node,
  Tensor,
  topologicalOrder,
  type Value,
} from '@gradus/engine';
import { normal, zeros } from '../initializers.ts';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { inSinglePrecision } from './half.ts';
import { replaced } from './imported-model.ts';

export interface LoraOptions {
  /** Width of the thin matrices. Default 8. */
  readonly rank?: number;
  /** Default: the rank, for a factor of 1. */
  readonly alpha?: number;
  /** Which matrices are adapted, by name. Default: every constant one of a MatMul or Gemm. */
  adapts?(name: string): boolean;
}

export const lora = (graph: Graph, options: LoraOptions = {}): LoraModel => new LoraModel(graph, options);

interface Adapter {
  readonly a: Parameter;
  readonly b: Parameter;
  readonly weight: Value;
  readonly transposed: boolean;
}

export class LoraModel extends Module {
  /** The adapters, by the names of the matrices. */
  readonly adapters: Readonly<Record<string, { readonly a: Parameter; readonly b: Parameter }>>;
  readonly #graph: Graph;
  readonly #byWeight = new Map<Value, Adapter>();
  readonly #scale: number;

  constructor(original: Graph, { rank = 8, alpha = rank, adapts = () => true }: LoraOptions) {
    super();
    const graph = inSinglePrecision(original);
    this.#graph = graph;
    this.#scale = alpha / rank;
    const adapters: Record<string, Adapter> = {};
    for (const node of topologicalOrder(Object.values(graph.outputs))) {
      const weight = matrixOf(node);
      if (!weight || this.#byWeight.has(weight)) continue;
      const name = (weight.source as { name?: string }).name ?? `matrix${this.#byWeight.size}`;
      if (!adapts(name)) continue;
      const transposed = node.op === 'Gemm' && intAttribute(node.attributes, 'transB', 0) === 1;
      const [rows, columns] = weight.shape as readonly [number, number];
      const [inputs, outputs] = transposed ? [columns, rows] : [rows, columns];
      const adapter = {
        a: new Parameter([inputs, rank], normal(1 / Math.sqrt(inputs))),
        b: new Parameter([rank, outputs], zeros),
        weight,
        transposed,
      };
      this.#byWeight.set(weight, adapter);
      adapters[name] = adapter;
    }
    if (this.#byWeight.size === 0) throw new GraphError('the model has no constant matrix to adapt');
    this.adapters = Object.fromEntries(Object.entries(adapters).map(([name, { a, b }]) => [name, { a, b }]));
  }

  /** The first output, from the inputs in their order. */
  forward(...inputs: Tensor[]): Tensor {
    const placeholders = Object.values(this.#graph.inputs);
    const values = new Map<Value, Tensor>(inputs.map((value, i) => [placeholders[i]!, value]));
    return Object.values(replaced(this.#graph, { values, node: this.#adapted }).outputs)[0]!;
  }

  readonly #adapted = (node: Node, inputs: readonly (Tensor | null)[]): readonly Tensor[] | undefined => {
    const weight = matrixOf(node);
    const adapter = weight && this.#byWeight.get(weight);
    if (!adapter) return undefined;
    const x = inputs[0]!;
    const added = x.matmul(adapter.a).matmul(adapter.b).mul(this.#scale);
    return [apply(node.op, inputs, node.attributes).add(added)];
  };

  /** The model with its adapters merged into its matrices: as large and as fast as before. */
  graph(): Graph<Tensor> {
    const values = new Map<Value, Tensor>();
    for (const { a, b, weight, transposed } of this.#byWeight.values()) {
      const { data, name } = weight.source as { data: HostTensor; name?: string };
      const merged = (data.data as Float32Array).slice();
      addProduct(merged, dataOf(a), dataOf(b), a.shape[1] as number, this.#scale, transposed);
      values.set(
        weight,
        new Tensor('float32', weight.shape, {
          kind: 'constant',
          data: { ...data, data: merged },
          ...(name !== undefined && { name }),
        }),
      );
    }
    return replaced(this.#graph, { values });
  }
}

const dataOf = ({ source }: Parameter) => (source as { data: HostTensor }).data.data as Float32Array;

/** The constant matrix that a MatMul or Gemm multiplies its first input by. */
function matrixOf({ op, inputs, attributes }: Node): Value | undefined {
  const weight = inputs[1];
  const product = op === 'MatMul' || (op === 'Gemm' && intAttribute(attributes, 'transA', 0) === 0);
  const fits = product && weight?.source.kind === 'constant' && weight.dtype === 'float32';
  return fits && weight.shape.length === 2 ? weight : undefined;
}

/** w += scale a b, or its transpose. */
function addProduct(
  w: Float32Array,
  a: Float32Array,
  b: Float32Array,
  rank: number,
  scale: number,
  transposed: boolean,
): void {
  const [inputs, outputs] = [a.length / rank, b.length / rank];
  for (let i = 0; i < inputs; i++) {
    for (let j = 0; j < outputs; j++) {
      let sum = 0;
      for (let r = 0; r < rank; r++) sum += a[i * rank + r]! * b[r * outputs + j]!;
      w[transposed ? j * inputs + i : i * outputs + j]! += scale * sum;
    }
  }
}
