/**
 * A neural network as a candidate for tables: a multilayer perceptron on vectors of numbers and of levels (./mlp-network.ts), trained
 * with AdamW and stopped early; the model is the average of the parameters along the way (Polyak and Juditsky, 1992). Beside boosted
 * trees it is good where answers change smoothly, and in a blend with them, as it errs elsewhere.
 */
import { type Random, UserError } from '@gradus/base';
import { type Graph, type HostTensor, input, type Tensor } from '@gradus/engine';
import {
  adamW,
  averaged,
  cosine,
  type Dataset,
  dataset,
  type EpochResult,
  fit,
  loadState,
  parameterGroups,
  predict,
  stateOf,
} from '@gradus/nn';
import type { DenseData } from '../dense-data.ts';
import { quantileEdges } from './mlp-bins.ts';
import type { MlpConfig } from './mlp-config.ts';
import { type NetworkShape, TabularNetwork } from './mlp-network.ts';

export type MlpTarget =
  | { readonly kind: 'classes'; readonly classes: number; readonly labels: Int32Array }
  | { readonly kind: 'numbers'; readonly values: Float64Array };

export interface MlpOptions {
  /** By row of the training data, from 0 up; default 1 each. */
  readonly weights?: Float64Array;
  /** Rows by which training stops; without them it goes through all epochs. */
  readonly validation?: { readonly data: DenseData; readonly target: MlpTarget };
  readonly config: MlpConfig;
  readonly random: Random;
  readonly signal?: AbortSignal;
  onEpoch?(epoch: EpochResult): void;
}

/** Plain data: structuredClone keeps it. */
export interface MlpModel {
  readonly config: MlpConfig;
  readonly shape: NetworkShape;
  /** What the network's answer 0 and 1 mean where numbers are predicted; 0 and 1 for classes. */
  readonly mean: number;
  readonly deviation: number;
  /** By name. */
  readonly parameters: Readonly<Record<string, HostTensor>>;
  /** The epoch whose parameters these are. */
  readonly epoch: number;
}

/** The same on every machine: the number of threads changes the order of sums. */
const THREADS = 2;
/** Steps of an epoch at least where rows are few, and the smallest batch. */
const FEWEST_STEPS = 32;
const SMALLEST_BATCH = 32;

/**
 * The same data, options and random give the same model, whatever the number of cores.
 *
 * @throws UserError where there is no row or no column, or the loss is not finite
 */
export async function fitMlp(data: DenseData, target: MlpTarget, options: MlpOptions): Promise<MlpModel> {
  const { weights, validation, config, random, signal, onEpoch } = options;
  if (data.rows === 0 || data.width + data.categories.length === 0) throw nothing(data.rows);
  const shape: NetworkShape = {
    // The line within a bin is learnt from its rows: they should be as many as there are bins.
    edges: quantileEdges(data, Math.min(config.bins, Math.ceil(Math.sqrt(data.rows)))),
    categories: data.categories,
    outputs: target.kind === 'numbers' || target.classes === 2 ? 1 : target.classes,
  };
  const network = new TabularNetwork(shape, config);
  const scale = scaleOf(target, weights);
  const train = rowsOf(data, { target, scale, weights: weights ?? new Float64Array(data.rows).fill(1) });
  const batchSize = Math.max(
    SMALLEST_BATCH,
    Math.min(config.batchSize, floorPower(data.rows / FEWEST_STEPS)),
  );
  const rate = cosine(config.learningRate, config.epochs * Math.ceil(data.rows / batchSize));
  const optimizer = parameterGroups(
    [{ where: (name) => name.endsWith('bias'), optimizer: adamW({ learningRate: rate, weightDecay: 0 }) }],
    adamW({ learningRate: rate, weightDecay: config.weightDecay }),
  );
  const { best } = await fit(network, train, {
    loss: ({ numbers, codes, wanted, weight }) =>
      lossOf(network.forward(numbers, codes), wanted!, target).mul(weight!).mean(),
    optimizer: averaged(optimizer, config.averaging),
    epochs: config.epochs,
    batchSize,
    random,
    threads: THREADS,
    ...(validation && {
      validation: rowsOf(validation.data, {
        target: validation.target,
        scale,
        weights: new Float64Array(validation.data.rows).fill(1),
      }),
      patience: config.patience,
    }),
    ...(signal && { signal }),
    ...(onEpoch && { onEpoch }),
  });
  return { config, shape, ...scale, parameters: stateOf(network), epoch: best };
}

/** [rows] of two classes (the log-odds of the second) and of numbers, [rows, classes] logits of more. */
export async function mlpScores(model: MlpModel, data: DenseData): Promise<Float64Array> {
  if (data.rows === 0) return new Float64Array(0);
  const inputs = {
    ...(data.width > 0 && { numbers: input('numbers', ['batch', data.width]) }),
    ...(data.categories.length > 0 && { codes: input('codes', ['batch', data.categories.length], 'int64') }),
  };
  const graph: Graph = { name: 'mlp', inputs, outputs: { answers: answersOf(model, inputs) } };
  const { answers } = await predict(graph, rowsOf(data), { batchSize: 1024, threads: THREADS });
  return Float64Array.from(answers!, (answer) => model.mean + model.deviation * answer);
}

/**
 * The scores of `mlpScores` as a graph.
 *
 * @param inputs numbers float32 [batch, width], where there are any; codes int64 [batch, categories]
 * @returns float32 [batch, outputs]
 */
export function mlpGraph(
  model: MlpModel,
  inputs: { readonly numbers?: Tensor; readonly codes?: Tensor },
): Tensor {
  const answers = answersOf(model, inputs);
  return model.mean === 0 && model.deviation === 1 ? answers : answers.mul(model.deviation).add(model.mean);
}

function answersOf(
  model: MlpModel,
  { numbers, codes }: { readonly numbers?: Tensor; readonly codes?: Tensor },
): Tensor {
  const network = new TabularNetwork(model.shape, model.config);
  const answers = network.forward(numbers, codes);
  loadState(network, model.parameters);
  return answers;
}

/** Of each row: [batch]. @param answers [batch, outputs] @param wanted [batch] */
function lossOf(answers: Tensor, wanted: Tensor, target: MlpTarget): Tensor {
  if (target.kind === 'numbers') return answers.squeeze(1).sub(wanted).square();
  if (target.classes > 2) {
    return answers.logSoftmax(1).gatherElements(wanted.unsqueeze(1), 1).squeeze(1).neg();
  }
  const logits = answers.squeeze(1);
  return logits.softplus().sub(logits.mul(wanted));
}

interface Scale {
  readonly mean: number;
  readonly deviation: number;
}

function scaleOf(target: MlpTarget, weights: Float64Array | undefined): Scale {
  if (target.kind === 'classes') return { mean: 0, deviation: 1 };
  const { values } = target;
  const average = (of: (value: number) => number) => {
    let [sum, total] = [0, 0];
    for (const [row, value] of values.entries()) {
      const weight = weights?.[row] ?? 1;
      sum += weight * of(value);
      total += weight;
    }
    return sum / total;
  };
  const mean = average((value) => value);
  return { mean, deviation: Math.sqrt(average((value) => (value - mean) ** 2)) || 1 };
}

/** Rows as the network takes them; with a target, also what it should answer and how much that counts. */
function rowsOf(
  data: DenseData,
  learning?: { readonly target: MlpTarget; readonly scale: Scale; readonly weights: Float64Array },
): Dataset {
  const { rows, width, categories } = data;
  const arrays: Record<string, HostTensor> = {};
  if (width > 0) arrays.numbers = { dtype: 'float32', dims: [rows, width], data: data.numbers };
  if (categories.length > 0) {
    const codes = BigInt64Array.from(data.codes, BigInt);
    arrays.codes = { dtype: 'int64', dims: [rows, categories.length], data: codes };
  }
  if (!learning) return dataset(arrays);
  const { target, scale, weights } = learning;
  if (target.kind === 'numbers') {
    const wanted = Float32Array.from(target.values, (value) => (value - scale.mean) / scale.deviation);
    arrays.wanted = { dtype: 'float32', dims: [rows], data: wanted };
  } else if (target.classes > 2) {
    arrays.wanted = { dtype: 'int64', dims: [rows], data: BigInt64Array.from(target.labels, BigInt) };
  } else arrays.wanted = { dtype: 'float32', dims: [rows], data: Float32Array.from(target.labels) };
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const weight = Float32Array.from(weights, (of) => (of * rows) / total);
  return dataset({ ...arrays, weight: { dtype: 'float32', dims: [rows], data: weight } });
}

const floorPower = (value: number): number => 2 ** Math.floor(Math.log2(Math.max(1, value)));

const nothing = (rows: number): UserError =>
  rows === 0
    ? new UserError({ en: 'There are no rows to learn from.', zh: '没有可供学习的数据行。' })
    : new UserError({
        en: 'There are no columns of numbers or categories, which a neural network needs.',
        zh: '没有数值列或类别列，神经网络无法学习。',
      });
