/**
 * Trains the sentiment model so that every training text serves twice without being judged by a model that has seen
 * it: the texts are cut into folds, one network is trained on all but each fold and stopped early by it, and what
 * the models say about the folds they have not seen ("stacking": Wolpert, 1992) decides how much the networks count
 * and how sure they may sound. The networks' mean is deployed; the linear model is fitted again on all texts.
 */

import type { Random } from '@gradus/base';
import { fitLogisticRegression, logisticScores, wordVectors } from '@gradus/classical';
import { characterTokens, stratifiedFolds, vocabularySize } from '@gradus/data';
import { type HostTensor, input } from '@gradus/engine';
import { adam, bceWithLogits, fit, type Initializer, normal, predict, stateOf } from '@gradus/nn';
import type { SparseMatrix } from '@gradus/stats';
import { fitFeatures, TextDataset, type TextFeatures, termMatrix } from './features.ts';
import { meanLogit, type SentimentModel } from './model.ts';
import { DIMENSIONS, TextCnn } from './text-cnn.ts';

const FOLDS = 3;
const EPOCHS = 8;
const PATIENCE = 1;
const BATCH = 64;
const LEARNING_RATE = 0.002;
/** Of tokens' vectors at the start: about what they grow to. */
const VECTOR_LENGTH = 0.8;
/** Inverse strength of the linear model's penalty. */
const C = 4;
/** With fewer texts than this a network learns nothing that the linear model does not. */
const FEWEST_FOR_NETWORKS = 500;

export interface TrainSentimentOptions {
  readonly random: Random;
  readonly signal?: AbortSignal;
  /** Duplicates share a number; they stay in one fold. */
  readonly groups?: Int32Array;
  onProgress?(done: number, total: number): void;
  onEpoch?(line: { fold: number; epoch: number; loss: number; validationLoss: number }): void;
  readonly checkpoint?: { save(state: unknown): void; load(): unknown };
}

interface Progress {
  /** Parameters of the networks of finished folds. */
  readonly networks: Record<string, HostTensor>[];
  /** The training of the fold at hand. */
  readonly current: unknown;
}

/** @param labels 1 satisfied, 0 dissatisfied; both must occur. */
export async function trainSentiment(
  texts: readonly string[],
  labels: ArrayLike<number>,
  options: TrainSentimentOptions,
): Promise<SentimentModel> {
  const { random, groups } = options;
  const features = fitFeatures(texts);
  const matrix = termMatrix(features, texts);
  const fold = stratifiedFolds(labels, { count: FOLDS, ...(groups && { groups }) }, random.fork('folds'));
  const parts = Array.from({ length: FOLDS }, (_, k) => ({
    inside: rowsWhere(fold, (part) => part !== k),
    outside: rowsWhere(fold, (part) => part === k),
  }));
  const usable = parts.every(({ inside }) => new Set(pick(labels, inside)).size === 2);

  const unseen = { linear: new Float32Array(texts.length), network: new Float32Array(texts.length) };
  const networks =
    usable && texts.length >= FEWEST_FOR_NETWORKS
      ? await trainNetworks(features, texts, labels, parts, options)
      : [];
  for (const [k, { inside, outside }] of parts.entries()) {
    if (!usable || outside.length === 0) continue;
    const model = fitLogisticRegression(rowsOf(matrix, inside), pick(labels, inside), { c: C });
    scatter(unseen.linear, outside, logisticScores(model, rowsOf(matrix, outside)));
    if (networks[k])
      scatter(unseen.network, outside, await networkLogits(features, networks[k], pick(texts, outside)));
  }
  return {
    features,
    linear: fitLogisticRegression(matrix, labels, { c: C }),
    networks,
    ...blend(unseen, labels, networks.length > 0, usable),
  };
}

interface Part {
  /** Rows to train on. */
  readonly inside: Int32Array;
  /** Rows to stop early by and to predict. */
  readonly outside: Int32Array;
}

async function trainNetworks(
  features: TextFeatures,
  texts: readonly string[],
  labels: ArrayLike<number>,
  parts: readonly Part[],
  { random, signal, checkpoint, onProgress, onEpoch }: TrainSentimentOptions,
): Promise<Progress['networks']> {
  const kept = checkpoint?.load() as Progress | undefined;
  const networks = kept?.networks ?? [];
  let current = kept?.current;
  const initializer = startingVectors(features, texts, random.fork('vectors'), signal);
  for (let k = networks.length; k < parts.length; k++) {
    const { inside, outside } = parts[k]!;
    const network = new TextCnn({ vocabulary: vocabularySize(features.vocabulary), initializer });
    await fit(network, new TextDataset(features, pick(texts, inside), pick(labels, inside)), {
      loss: ({ tokens, labels }) => bceWithLogits(network.forward(tokens!), labels!),
      optimizer: adam({ learningRate: LEARNING_RATE }),
      epochs: EPOCHS,
      patience: PATIENCE,
      batchSize: BATCH,
      validation: new TextDataset(features, pick(texts, outside), pick(labels, outside)),
      random: random.fork(`network ${k}`),
      ...(signal && { signal }),
      onStep: (step, steps) => onProgress?.(k * steps + step, parts.length * steps),
      onEpoch: ({ epoch, loss, validationLoss }) =>
        onEpoch?.({ fold: k + 1, epoch, loss, validationLoss: validationLoss! }),
      checkpoint: {
        load: () => current,
        save: (state) => checkpoint?.save({ networks, current: state } satisfies Progress),
      },
    });
    networks.push(stateOf(network));
    current = undefined;
    checkpoint?.save({ networks, current } satisfies Progress);
  }
  return networks;
}

/**
 * Tokens start as what the company they keep in the training texts tells of them, so that the networks know which
 * tokens are alike before they see the first label.
 */
function startingVectors(
  { vocabulary }: TextFeatures,
  texts: readonly string[],
  random: Random,
  signal: AbortSignal | undefined,
): Initializer {
  const { vectors, dimensions } = wordVectors(texts.map(characterTokens), vocabulary.tokens, {
    dimensions: DIMENSIONS,
    random,
    signal,
  });
  const first = vocabularySize(vocabulary) - vocabulary.tokens.length;
  return (random, shape) => {
    const start = normal(0.02)(random, shape);
    for (let i = 0; i < vectors.length; i++) {
      const [token, dimension] = [Math.floor(i / dimensions), i % dimensions];
      start[(first + token) * DIMENSIONS + dimension]! += VECTOR_LENGTH * vectors[i]!;
    }
    return start;
  };
}

async function networkLogits(
  features: TextFeatures,
  network: SentimentModel['networks'][number],
  texts: readonly string[],
): Promise<Float32Array> {
  const tokens = input('tokens', ['batch', 'time'], 'int64');
  const graph = {
    name: 'network',
    inputs: { tokens },
    outputs: { logit: meanLogit(features, [network], tokens) },
  };
  return (await predict(graph, new TextDataset(features, texts))).logit!;
}

/** How what the models said of texts they had not seen is best weighed: a logistic regression on their logits. */
function blend(
  unseen: { readonly linear: Float32Array; readonly network: Float32Array },
  labels: ArrayLike<number>,
  networks: boolean,
  usable: boolean,
): Pick<SentimentModel, 'networkShare' | 'temperature' | 'shift'> {
  if (!usable) return { networkShare: 0, temperature: 1, shift: 0 };
  const members = networks ? [unseen.linear, unseen.network] : [unseen.linear];
  const { weights, bias } = fitLogisticRegression(columnsOf(members), labels, { c: NO_PENALTY });
  const [ofLinear, ofNetwork = 0] = weights as unknown as [number, number?];
  // A member that would have to be turned around tells nothing.
  if (ofNetwork < 0) return blend(unseen, labels, false, usable);
  const sum = ofLinear + ofNetwork;
  if (ofLinear < 0 || !(sum > 0)) return { networkShare: 0, temperature: 1, shift: 0 };
  return { networkShare: ofNetwork / sum, temperature: 1 / sum, shift: bias };
}

const NO_PENALTY = 1e4;

/** Columns of numbers as a sparse matrix in which nothing is left out. */
function columnsOf(columns: readonly Float32Array[]): SparseMatrix {
  const rows = columns[0]!.length;
  const width = columns.length;
  return {
    rows,
    columns: width,
    offsets: Int32Array.from({ length: rows + 1 }, (_, i) => i * width),
    indices: Int32Array.from({ length: rows * width }, (_, k) => k % width),
    values: Float32Array.from(
      { length: rows * width },
      (_, k) => columns[k % width]![Math.floor(k / width)]!,
    ),
  };
}

const rowsWhere = (fold: Uint8Array, test: (part: number) => boolean): Int32Array =>
  Int32Array.from(Array.from(fold.keys()).filter((row) => test(fold[row]!)));

const pick = <T>(values: ArrayLike<T>, rows: Int32Array): T[] => Array.from(rows, (row) => values[row]!);

function scatter(into: Float32Array, rows: Int32Array, values: Float32Array): void {
  for (const [i, row] of rows.entries()) into[row] = values[i]!;
}

function rowsOf(matrix: SparseMatrix, rows: Int32Array): SparseMatrix {
  const offsets = new Int32Array(rows.length + 1);
  for (const [i, row] of rows.entries()) {
    offsets[i + 1] = offsets[i]! + matrix.offsets[row + 1]! - matrix.offsets[row]!;
  }
  const indices = new Int32Array(offsets.at(-1)!);
  const values = new Float32Array(offsets.at(-1)!);
  for (const [i, row] of rows.entries()) {
    const [from, to] = [matrix.offsets[row]!, matrix.offsets[row + 1]!];
    indices.set(matrix.indices.subarray(from, to), offsets[i]!);
    values.set(matrix.values.subarray(from, to), offsets[i]!);
  }
  return { rows: rows.length, columns: matrix.columns, offsets, indices, values };
}
