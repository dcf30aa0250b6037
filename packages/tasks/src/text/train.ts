/**
 * Trains a text classifier so that every training text serves twice without being judged by a model that has seen
 * it: the texts are cut into folds, one network is trained on all but each fold and stopped early by it, and what
 * the models say about the folds they have not seen ("stacking": Wolpert, 1992) decides how much the networks count
 * and how sure they may sound. The networks' mean is deployed; the linear model is fitted again on all texts.
 */
import type { Random } from '@gradus/base';
import { wordVectors } from '@gradus/classical';
import { characterTokens, stratifiedFolds, vocabularySize } from '@gradus/data';
import { type HostTensor, input } from '@gradus/engine';
import {
  adam,
  bceWithLogits,
  crossEntropy,
  fit,
  type Initializer,
  normal,
  predict,
  stateOf,
} from '@gradus/nn';
import type { SparseMatrix } from '@gradus/stats';
import { sparseRows } from '../shared/sparse-rows.ts';
import { blend } from './blend.ts';
import { fitFeatures, TextDataset, type TextFeatures } from './features.ts';
import { fitLinear, linearScores } from './linear.ts';
import { meanLogits, type TextModel } from './model.ts';
import { DIMENSIONS, TextCnn } from './text-cnn.ts';

const FOLDS = 3;
/** A network reads the texts so many times, fewer where they hold more tokens than it reads in all, and at least so many times. */
const EPOCHS = 8;
const MOST_TOKENS_READ = 2_500_000;
const FEWEST_EPOCHS = 3;
const PATIENCE = 1;
const BATCH = 64;
const LEARNING_RATE = 0.002;
/** Of tokens' vectors at the start: about what they grow to. */
const VECTOR_LENGTH = 0.8;
/** Inverse strength of the linear model's penalty. */
const C = 4;
/** With fewer texts than this a network learns nothing that the linear model does not. */
const FEWEST_FOR_NETWORKS = 500;

export interface TrainTextOptions {
  /** Names of the classes, by index. */
  readonly classes: readonly string[];
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

export interface TrainedText extends TextModel {
  /** What is said of the training texts by models that had not met them; null where none could be held back. */
  readonly unseen: UnseenTexts | null;
}

export interface UnseenTexts {
  /** Calibrated: [texts], or [texts, classes] of more than two. */
  readonly logits: Float32Array;
  /** By text: the fold that its models were not fitted on. */
  readonly fold: Uint8Array;
}

/** @param labels Class indices; at least two classes must occur. */
export async function trainTexts(
  texts: readonly string[],
  labels: ArrayLike<number>,
  options: TrainTextOptions,
): Promise<TrainedText> {
  const { random, groups, classes } = options;
  const { features, matrix } = fitFeatures(texts);
  const fold = stratifiedFolds(labels, { count: FOLDS, ...(groups && { groups }) }, random.fork('folds'));
  const folds = Array.from({ length: FOLDS }, (_, k) => ({
    inside: rowsWhere(fold, (of) => of !== k),
    outside: rowsWhere(fold, (of) => of === k),
  }));
  const usable = folds.every(({ inside }) => new Set(pick(labels, inside)).size > 1);
  const linear = (rows: SparseMatrix, of: ArrayLike<number>) =>
    fitLinear(rows, of, { classes: classes.length, c: C });

  const networks =
    usable && texts.length >= FEWEST_FOR_NETWORKS
      ? await trainNetworks(features, texts, labels, folds, options)
      : [];
  const width = outputsOf(classes);
  const unseen = {
    linear: new Float32Array(texts.length * width),
    network: new Float32Array(texts.length * width),
  };
  for (const [k, { inside, outside }] of folds.entries()) {
    if (!usable || outside.length === 0) continue;
    const model = linear(sparseRows(matrix, inside), pick(labels, inside));
    scatter(unseen.linear, outside, linearScores(model, sparseRows(matrix, outside)), width);
    const network = networks[k];
    if (network) {
      const logits = await networkLogits(features, network, pick(texts, outside), width);
      scatter(unseen.network, outside, logits, width);
    }
  }
  const members = networks.length > 0 ? [unseen.linear, unseen.network] : [unseen.linear];
  const mixed = blend(usable ? members : [], labels, groups);
  const { networkShare, temperature, shift } = mixed;
  const logits = unseen.linear.map(
    (logit, i) => ((1 - networkShare) * logit + networkShare * unseen.network[i]!) / temperature + shift,
  );
  return {
    classes,
    features,
    linear: linear(matrix, labels),
    networks,
    ...mixed,
    unseen: usable ? { logits, fold } : null,
  };
}

/** Logits of a text: one of two classes, else one a class. */
const outputsOf = (classes: readonly string[]): number => (classes.length === 2 ? 1 : classes.length);

interface Fold {
  /** Rows to train on. */
  readonly inside: Int32Array;
  /** Rows to stop early by and to predict. */
  readonly outside: Int32Array;
}

async function trainNetworks(
  features: TextFeatures,
  texts: readonly string[],
  labels: ArrayLike<number>,
  folds: readonly Fold[],
  { classes, random, signal, checkpoint, onProgress, onEpoch }: TrainTextOptions,
): Promise<Progress['networks']> {
  const kept = checkpoint?.load() as Progress | undefined;
  const networks = kept?.networks ?? [];
  let current = kept?.current;
  const initializer = startingVectors(features, texts, random.fork('vectors'), signal);
  const outputs = outputsOf(classes);
  const loss = outputs === 1 ? bceWithLogits : crossEntropy;
  const dataset = (rows: Int32Array) =>
    new TextDataset(features, pick(texts, rows), {
      labels: { values: pick(labels, rows), classes: classes.length },
    });
  for (let k = networks.length; k < folds.length; k++) {
    const { inside, outside } = folds[k]!;
    const network = new TextCnn({ vocabulary: vocabularySize(features.vocabulary), outputs, initializer });
    const learnt = dataset(inside);
    await fit(network, learnt, {
      loss: ({ tokens, labels }) => loss(network.forward(tokens!), labels!),
      optimizer: adam({ learningRate: LEARNING_RATE }),
      epochs: epochsOf(learnt),
      patience: PATIENCE,
      batchSize: BATCH,
      validation: dataset(outside),
      random: random.fork(`network ${k}`),
      ...(signal && { signal }),
      onStep: (step, steps) => onProgress?.(k * steps + step, folds.length * steps),
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

function epochsOf(texts: TextDataset): number {
  let tokens = 0;
  for (let row = 0; row < texts.size; row++) tokens += texts.length(row);
  return Math.max(FEWEST_EPOCHS, Math.min(EPOCHS, Math.floor(MOST_TOKENS_READ / tokens)));
}

/**
 * Tokens start as vectors learnt from the training texts without labels, so that the networks know which tokens are alike
 * before they see the first label.
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
  network: TextModel['networks'][number],
  texts: readonly string[],
  outputs: number,
): Promise<Float32Array> {
  const tokens = input('tokens', ['batch', 'time'], 'int64');
  const graph = {
    name: 'network',
    inputs: { tokens },
    outputs: { logit: meanLogits(features, [network], tokens, outputs) },
  };
  return (await predict(graph, new TextDataset(features, texts))).logit!;
}

const rowsWhere = (fold: Uint8Array, test: (of: number) => boolean): Int32Array =>
  Int32Array.from(Array.from(fold.keys()).filter((row) => test(fold[row]!)));

const pick = <T>(values: ArrayLike<T>, rows: Int32Array): T[] => Array.from(rows, (row) => values[row]!);

function scatter(into: Float32Array, rows: Int32Array, values: Float32Array, width: number): void {
  for (const [i, row] of rows.entries()) into.set(values.subarray(i * width, (i + 1) * width), row * width);
}
