/**
 * A linear model as a candidate of a table, and the baseline of every other: ridge regression, or logistic regression with an L2 penalty;
 * of numbers and of two classes also an elastic net, which leaves columns out.
 */
import { fitElasticNet, fitSparseRidge } from '@gradus/classical';
import { constant, scalar, type Tensor } from '@gradus/engine';
import type { SparseMatrix } from '@gradus/stats';
import { fitLinear, type LinearModel, linearScores } from '../../text/linear.ts';
import type { DenseData } from '../dense-data.ts';
import {
  type Candidate,
  type EncodedTensors,
  outputsOf,
  type TrainingRows,
  type TrainingTarget,
} from './candidate.ts';

export type LinearConfig =
  /** The inverse of the L2 penalty's strength. */
  | { readonly c: number }
  /** The strength of an elastic net, by row. */
  | { readonly alpha: number };

/** Of an elastic net: the share of the penalty on the weights' size, not on their square. */
const L1_RATIO = 0.7;

/** Plain data. */
export interface LinearState {
  /** Of the dense numbers, and behind them of the codes of each category in turn. */
  readonly linear: LinearModel;
  readonly width: number;
  readonly categories: readonly number[];
}

/** Rows that are learnt from at most: a linear model gains nothing by more. */
const MOST_ROWS = 150_000;

/** Of more than two classes there is no elastic net. */
export const linearConfigs = (target: TrainingTarget): readonly LinearConfig[] => [
  ...[0.003, 0.03, 0.3, 3].map((c) => ({ c })),
  ...(outputsOf(target) > 1 ? [] : [0.1, 0.01, 0.001].map((alpha) => ({ alpha }))),
];

export const linearCandidate: Candidate<LinearConfig, LinearState> = {
  fit: async (rows, { config, signal }) => {
    const { width, categories } = rows.encoded.dense;
    const { matrix, picked } = sampled(rows);
    return { state: { linear: fitOn(matrix, rows, picked, config, signal), width, categories } };
  },
  scores: async ({ linear }, { dense }) => Float64Array.from(linearScores(linear, sparseOf(dense))),
  graph: ({ linear, width, categories }, tensors) => linearGraph(linear, width, categories, tensors),
};

function fitOn(
  matrix: SparseMatrix,
  { target, weights }: TrainingRows,
  picked: Int32Array,
  config: LinearConfig,
  signal: AbortSignal | undefined,
): LinearModel {
  const sampleWeights = weights && Float64Array.from(picked, (i) => weights[i]!);
  const elastic = (y: ArrayLike<number>, loss: 'squared' | 'logistic', alpha: number): LinearModel => {
    const net = fitElasticNet(matrix, y, {
      loss,
      alpha,
      l1Ratio: L1_RATIO,
      ...(sampleWeights && { weights: sampleWeights }),
      ...(signal && { signal }),
    });
    return { weights: Float32Array.from(net.weights), bias: [net.bias] };
  };
  if (target.kind === 'classes') {
    const labels = picked.map((i) => target.labels[i]!);
    return 'c' in config
      ? fitLinear(matrix, labels, { classes: target.classes, c: config.c, sampleWeights })
      : elastic(labels, 'logistic', config.alpha);
  }
  // In units of their own spread, so that the same penalty fits prices and shares.
  const values = Float64Array.from(picked, (i) => target.values[i]!);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length) || 1;
  const standard = values.map((value) => (value - mean) / spread);
  const ridge = ({ c }: { readonly c: number }): LinearModel => {
    const model = fitSparseRidge(matrix, standard, { alpha: 1 / c, sampleWeights, signal });
    return { weights: model.weights, bias: [model.bias] };
  };
  const model = 'c' in config ? ridge(config) : elastic(standard, 'squared', config.alpha);
  return {
    weights: model.weights.map((weight) => weight * spread),
    bias: model.bias.map((bias) => mean + spread * bias),
  };
}

/** An even sample of many rows. */
function sampled({ encoded: { dense } }: TrainingRows): { matrix: SparseMatrix; picked: Int32Array } {
  const step = Math.max(1, dense.rows / MOST_ROWS);
  const picked = Int32Array.from({ length: Math.min(dense.rows, MOST_ROWS) }, (_, i) => Math.floor(i * step));
  return { matrix: sparseOf(dense, picked), picked };
}

/** Dense numbers, and a 1 for the code of each category. */
export function sparseOf(
  { rows: all, numbers, width, codes, categories }: DenseData,
  picked: Int32Array = Int32Array.from({ length: all }, (_, i) => i),
): SparseMatrix {
  const rows = picked.length;
  const perRow = width + categories.length;
  const starts = startsOf(width, categories);
  const indices = new Int32Array(rows * perRow);
  const values = new Float32Array(rows * perRow).fill(1);
  for (let i = 0; i < rows; i++) {
    const [row, to] = [picked[i]!, i * perRow];
    for (let j = 0; j < width; j++) {
      indices[to + j] = j;
      values[to + j] = numbers[row * width + j]!;
    }
    for (let k = 0; k < categories.length; k++)
      indices[to + width + k] = starts[k]! + codes[row * categories.length + k]!;
  }
  return {
    rows,
    columns: starts.at(-1)!,
    offsets: Int32Array.from({ length: rows + 1 }, (_, i) => i * perRow),
    indices,
    values,
  };
}

/** Where the codes of each category begin; last the number of all columns. */
function startsOf(width: number, categories: readonly number[]): number[] {
  const starts = [width];
  for (const size of categories) starts.push(starts.at(-1)! + size);
  return starts;
}

/** [batch, outputs] float32 */
function linearGraph(
  { weights, bias }: LinearModel,
  width: number,
  categories: readonly number[],
  { dense, codes }: EncodedTensors,
): Tensor {
  const outputs = bias.length;
  const starts = startsOf(width, categories);
  const part = (from: number, to: number) =>
    constant({
      dtype: 'float32',
      dims: [to - from, outputs],
      data: weights.slice(from * outputs, to * outputs),
    });
  const offsets = constant({ dtype: 'float32', dims: [1, outputs], data: Float32Array.from(bias) });
  const terms = [
    ...(dense ? [dense.matmul(part(0, width))] : []),
    ...categories.map((_, k) =>
      part(starts[k]!, starts[k + 1]!).gather(codes!.gather(scalar(k, 'int64'), 1)),
    ),
  ];
  return terms.reduce((sum, term) => sum.add(term), offsets);
}
