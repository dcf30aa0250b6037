/**
 * An imported model: an ONNX graph whose weights become parameters, so that it is called, trained and written like a model that was
 * built here.
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
  withOutputs,
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
  /** By their names in the file. */
  readonly weights: Readonly<Record<string, Parameter>>;
  readonly #graph: Graph<Tensor>;

  constructor(graph: Graph, { trains = () => true }: ImportOptions) {
    super();
    const inference = inInferenceMode(graph);
    const running = runningStatistics(inference);
    const weights: Record<string, Parameter> = {};
    const values = new Map<Value, Tensor>();
    const names: string[] = [];
    for (const leaf of leavesOf(inference)) {
      const name = nameOfWeight(leaf);
      if (name === undefined || leaf.source.kind !== 'constant') continue;
      names.push(name);
      if (!trains(name)) continue;
      const parameter = new Parameter(leaf.shape as readonly number[], noInitializer, {
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
    this.#graph = replaced(inference, { values });
  }

  /** The first output, from the inputs in their order. */
  forward(...inputs: Tensor[]): Tensor {
    const names = Object.keys(this.#graph.inputs);
    return Object.values(this.outputs(Object.fromEntries(inputs.map((value, i) => [names[i], value]))))[0]!;
  }

  /** All outputs by name, from the inputs by name. */
  outputs(inputs: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
    const values = new Map<Value, Tensor>();
    for (const [name, placeholder] of Object.entries(this.#graph.inputs)) {
      const value = inputs[name];
      if (!value) {
        throw new GraphError(`input "${name}" is missing; given are ${Object.keys(inputs).join(', ')}`);
      }
      values.set(placeholder, value);
    }
    return { ...replaced(this.#graph, { values }).outputs };
  }

  /** The model with its present weights under their original names, ready to be written or run. */
  graph(): Graph<Tensor> {
    const values = new Map<Value, Tensor>();
    for (const [name, parameter] of Object.entries(this.weights)) {
      const { data } = parameter.source as { readonly data: HostTensor };
      values.set(parameter, new Tensor(data.dtype, data.dims, { kind: 'constant', data, name }));
    }
    return replaced(this.#graph, { values });
  }
}

/** A weight is an initializer of reals: constants without a name, such as a first state of zeros, are part of the computation. */
const nameOfWeight = ({ dtype, shape, source }: Value): string | undefined =>
  source.kind === 'constant' && dtype === 'float32' && shape.length > 0 ? source.name : undefined;

const noInitializer = () => {
  throw new GraphError('an imported weight begins with the values of its file');
};

/** The graph with values or nodes replaced. */
export function replaced(graph: Graph, replacement: Replacement): Graph<Tensor> {
  return withOutputs(graph as Graph<Tensor>, rebuild(Object.values(graph.outputs), replacement));
}

/** A model that was exported in training mode, in inference mode: training turns it back. */
function inInferenceMode(graph: Graph): Graph<Tensor> {
  return replaced(graph, {
    node: ({ op, attributes }, inputs) => {
      if (op !== 'BatchNormalization' || attributes.training_mode !== 1) return undefined;
      const { training_mode: _, ...others } = attributes;
      return applyMany(op, inputs, others);
    },
  });
}

/** The constants that are the running mean or variance of a batch normalization. */
function runningStatistics(graph: Graph): Set<Value> {
  const statistics = new Set<Value>();
  for (const { op, inputs } of topologicalOrder(Object.values(graph.outputs))) {
    if (op !== 'BatchNormalization') continue;
    for (const value of inputs.slice(3)) if (value) statistics.add(value);
  }
  return statistics;
}
