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
  constant,
  type Graph,
  GraphError,
  type HostTensor,
  leavesOf,
  ModelFileError,
  type Replacement,
  rebuild,
  type Tensor,
  topologicalOrder,
  type Value,
  withOutputs,
} from '@gradus/engine';
import { Module } from '../module.ts';
import { Parameter } from '../parameter.ts';
import { type Copies, copiesIn, spread } from './copies.ts';
import { inSinglePrecision } from './half.ts';
import { type Quantizer, withRealWeights } from './quantized.ts';
import { rolesOf } from './roles.ts';

export interface ImportOptions {
  /** Which of the weights train, by name. The others stay as they are. Default: all that are parameters by their role. */
  trains?(name: string): boolean;
  /**
   * Which constants train besides, by name, that are no parameters by their role: a learned temperature, a first state. Default: none.
   */
  besides?(name: string): boolean;
}

/**
 * What trains by default is what the constants of the file are used for: the weights of layers (Conv, Gemm, MatMul, normalizations,
 * recurrent layers, lookups, PRelu), the biases after them, and what scales, shifts or joins values behind a layer; not masks,
 * scales, first states and sizes (roles.ts). Where PyTorch's exporter tells parameters from buffers, that decides. Weights keep the
 * names of the file.
 *
 * - Parameters of which an exporter kept one because they were equal are parameters of their own where the file names them, tables of
 *   lookups excepted: an embedding and the output layer that shares it stay one.
 * - A half-precision model becomes one of single precision: inputs, weights, and the model that is written.
 * - A quantized model (QuantizeLinear, DequantizeLinear) trains through its rounding, and is written with the scales of the file.
 * - Batch normalizations use the statistics of the batch in training and change their running ones, unless `trains` leaves those out.
 *
 * @throws ModelFileError where nothing would train, with the reason and the names of the weights that there are
 */
export const imported = (graph: Graph, options: ImportOptions = {}): ImportedModel =>
  new ImportedModel(graph, options);

export class ImportedModel extends Module {
  /** By their names in the file. */
  readonly weights: Readonly<Record<string, Parameter>>;
  readonly #graph: Graph<Tensor>;
  readonly #quantizers: ReadonlyMap<string, Quantizer>;
  /** Of weights whose parameter is a list of different elements: how they make up the constant of the file. */
  readonly #copies = new Map<string, Copies & { readonly dims: readonly number[] }>();

  constructor(original: Graph, { trains = () => true, besides = () => false }: ImportOptions) {
    super();
    const uniqueName = namer();
    const { graph, quantizers } = withRealWeights(inInferenceMode(inSinglePrecision(original)), uniqueName);
    const { parameters, statistics, tables, folded } = rolesOf(graph);
    const weights: Record<string, Parameter> = {};
    const values = new Map<Value, Tensor>();
    const names: string[] = [];
    /** The parameter of each table, by its elements: who else has them shares it. */
    const shared = new Map<HostTensor, Tensor>();
    const leaves = leavesOf(graph);
    for (const leaf of [
      ...leaves.filter((leaf) => tables.has(leaf)),
      ...leaves.filter((leaf) => !tables.has(leaf)),
    ]) {
      const { source } = leaf;
      if (source.kind !== 'constant' || source.name === undefined || leaf.dtype !== 'float32') continue;
      const byRole = parameters.has(leaf) || statistics.has(leaf);
      const name = quantizers.has(source.name) ? source.name : uniqueName(source.name);
      if (byRole) names.push(name);
      if (!(byRole && trains(name)) && !besides(name)) continue;
      const known = shared.get(source.data);
      if (known) {
        values.set(leaf, known);
        continue;
      }
      const copies = folded.has(leaf) ? copiesIn(source.data) : undefined;
      const value = copies?.elements ?? source.data;
      const parameter = new Parameter(value.dims, noInitializer, { trainable: !statistics.has(leaf) });
      parameter.value = value;
      weights[name] = parameter;
      if (copies) this.#copies.set(name, { ...copies, dims: source.data.dims });
      values.set(leaf, copies ? spread(parameter, copies.places, source.data.dims) : parameter);
      if (tables.has(leaf)) shared.set(source.data, parameter);
    }
    if (values.size === 0) throw nothingTrains(original, names);
    this.weights = weights;
    this.#quantizers = quantizers;
    this.#graph = replaced(graph, { values });
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
      const half = value.dtype === 'float16' && placeholder.dtype === 'float32';
      values.set(placeholder, half ? value.cast('float32') : value);
    }
    return { ...replaced(this.#graph, { values }).outputs };
  }

  /** The model with its present weights under their original names, ready to be written or run. */
  graph(): Graph<Tensor> {
    const values = new Map<Value, Tensor>();
    const whole = new Map<Value, Tensor>();
    for (const [name, parameter] of Object.entries(this.weights)) {
      const { data } = parameter.source as { readonly data: HostTensor };
      const quantizer = this.#quantizers.get(name);
      const now = quantizer ? quantizer.whole(data) : constant(data, name);
      if (quantizer) whole.set(parameter, now);
      values.set(parameter, quantizer ? quantizer.real(now) : now);
    }
    return replaced(this.#graph, {
      values,
      node: ({ op, inputs: [x] }) => {
        const now = op === 'QuantizeLinear' && x ? whole.get(x) : undefined;
        return now && [now];
      },
    });
  }
}

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

/** Gives each of several weights of one name (of a function that is called twice) a name of its own. */
function namer(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    let unique = name;
    for (let i = 1; taken.has(unique); i++) unique = `${name}_${i}`;
    taken.add(unique);
    return unique;
  };
}

/** Layers that compute with whole numbers: nothing flows back through them. */
const WHOLE_LAYERS = ['QLinearConv', 'QLinearMatMul', 'ConvInteger', 'MatMulInteger'];

function nothingTrains(graph: Graph, names: readonly string[]): ModelFileError {
  if (names.length > 0) {
    const list = names.slice(0, 20);
    return new ModelFileError({
      en: `no weight is to train; the model has ${list.join(', ')}${names.length > 20 ? ' …' : ''}`,
      zh: `没有要训练的权重；模型中的权重有 ${list.join('、')}${names.length > 20 ? '……' : ''}`,
    });
  }
  const layer = topologicalOrder(Object.values(graph.outputs)).find(({ op }) => WHOLE_LAYERS.includes(op));
  if (layer) {
    return new ModelFileError({
      en: `no weight can train: the weights are whole numbers (${layer.op}). Import the model from before it was quantized, or quantize it in the QDQ format, which trains`,
      zh: `没有可训练的权重：权重是整数（${layer.op}）。请导入量化前的模型，或以 QDQ 格式量化（该格式可以训练）`,
    });
  }
  const doubles = leavesOf(graph).filter(
    ({ dtype, source }) => dtype === 'float64' && source.kind === 'constant',
  );
  if (doubles.length > 0) {
    return new ModelFileError({
      en: `no weight can train: the constants are float64 (${doubles.length}). Convert the model to float32 first`,
      zh: `没有可训练的权重：常量为 float64（${doubles.length} 个）。请先把模型转换为 float32`,
    });
  }
  return new ModelFileError({
    en: 'no weight can train: no constant of the model is the weight of a layer. Name constants that should train with "besides"',
    zh: '没有可训练的权重：模型中没有任何常量是某一层的权重。若要训练某些常量，请用 "besides" 指定其名称',
  });
}
