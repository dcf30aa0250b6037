/**
 * Somebody else's model, made trainable: an ONNX graph whose constant reals become parameters. It is called, trained
 * and written back like a model made here.
 *
 *     const { graph } = readOnnx(bytes);
 *     const model = imported(graph, { trains: (name) => name.startsWith('head') });
 *     await fit(model, data, { loss: ({ x, labels }) => crossEntropy(model.forward(x!), labels!), … });
 *     writeFileSync('tuned.onnx', writeOnnx(model.graph()));
 */
import {
  applyMany,
  type Graph,
  GraphError,
  type HostTensor,
  leavesOf,
  type Replacement,
  rebuild,
  Tensor,
  topologicalOrder,
  type Value,
} from '@gradus/engine';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';

export interface ImportOptions {
  /** Which of the model's weights train, by name. The others stay as they are. Default: all. */
  trains?(name: string): boolean;
}

/** @throws GraphError where no weight would train, naming those there are */
export const imported = (graph: Graph, options: ImportOptions = {}): ImportedModel =>
  new ImportedModel(graph, options);

export class ImportedModel extends Module {
  /** By the names they have in the file. */
  readonly weights: Readonly<Record<string, Parameter>>;
  readonly #graph: Graph<Tensor>;

  constructor(graph: Graph, { trains = () => true }: ImportOptions) {
    super();
    const inUse = forUse(graph);
    const running = runningStatistics(inUse);
    const weights: Record<string, Parameter> = {};
    const values = new Map<Value, Tensor>();
    const names: string[] = [];
    for (const leaf of leavesOf(inUse)) {
      const name = nameOfWeight(leaf);
      if (name === undefined || leaf.source.kind !== 'constant') continue;
      names.push(name);
      if (!trains(name)) continue;
      const parameter = new Parameter(leaf.shape as readonly number[], unasked, {
        trainable: !running.has(leaf),
      });
      parameter.value = leaf.source.data;
      weights[name] = parameter;
      values.set(leaf, parameter);
    }
    if (values.size === 0) {
      throw new GraphError(`no weight is to train; the model has ${names.slice(0, 20).join(', ')}`);
    }
    this.weights = weights;
    this.#graph = withOutputs(inUse, { values });
  }

  /** The first output, given the inputs in their order. */
  forward(...inputs: Tensor[]): Tensor {
    const names = Object.keys(this.#graph.inputs);
    return Object.values(this.outputs(Object.fromEntries(inputs.map((value, i) => [names[i], value]))))[0]!;
  }

  /** All outputs by name, given the inputs by name. */
  outputs(inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
    const values = new Map<Value, Tensor>();
    for (const [name, placeholder] of Object.entries(this.#graph.inputs)) {
      const value = inputs[name];
      if (!value) {
        throw new GraphError(`input "${name}" is missing; given are ${Object.keys(inputs).join(', ')}`);
      }
      values.set(placeholder, value);
    }
    return { ...withOutputs(this.#graph, { values }).outputs };
  }

  /** The model as it is now, its weights under the names they came with, ready to be written or run. */
  graph(): Graph<Tensor> {
    const values = new Map<Value, Tensor>();
    for (const [name, parameter] of Object.entries(this.weights)) {
      const { data } = parameter.source as { readonly data: HostTensor };
      values.set(parameter, new Tensor(data.dtype, data.dims, { kind: 'constant', data, name }));
    }
    return withOutputs(this.#graph, { values });
  }
}

/** A weight is an initializer of reals: constants without a name, such as a first state of zeros, are part of the computation. */
const nameOfWeight = ({ dtype, shape, source }: Value): string | undefined =>
  source.kind === 'constant' && dtype === 'float32' && shape.length > 0 ? source.name : undefined;

const unasked = () => {
  throw new GraphError('an imported weight begins with the values of its file');
};

export function withOutputs(graph: Graph, replacement: Replacement): Graph<Tensor> {
  const built = rebuild(Object.values(graph.outputs), replacement);
  return {
    name: graph.name,
    inputs: graph.inputs as Graph<Tensor>['inputs'],
    outputs: Object.fromEntries(Object.keys(graph.outputs).map((name, i) => [name, built[i]!])),
  };
}

/** A model exported in training mode, as it is in use; training mode comes back when it trains. */
function forUse(graph: Graph): Graph<Tensor> {
  return withOutputs(graph, {
    node: ({ op, attributes }, inputs) => {
      if (op !== 'BatchNormalization' || attributes.training_mode !== 1) return undefined;
      const { training_mode: _, ...kept } = attributes;
      return applyMany(op, inputs, kept);
    },
  });
}

/** The constants that are the running mean or variance of a batch normalization. */
function runningStatistics(graph: Graph): Set<Value> {
  const found = new Set<Value>();
  for (const { op, inputs } of topologicalOrder(Object.values(graph.outputs))) {
    if (op !== 'BatchNormalization') continue;
    for (const value of inputs.slice(3)) if (value) found.add(value);
  }
  return found;
}
