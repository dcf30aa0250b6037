/** Boosted trees as a candidate of a table. */
import {
  type BoostedTrees,
  type BoostedTreesOptions,
  boostedTrees,
  type LossName,
  treeScores,
  treeScoresGraph,
} from '@gradus/classical';
import type { Tensor } from '@gradus/engine';
import type { Candidate, EncodedTensors, TrainingRows, TrainingTarget } from './candidate.ts';

/** What is searched. */
export interface TreesConfig
  extends Required<
    Pick<BoostedTreesOptions, 'learningRate' | 'leaves' | 'minRows' | 'l2' | 'rowShare' | 'columnShare'>
  > {
  /** Of whole numbers from 0: their logarithm is modelled (Poisson's loss). */
  readonly isCount?: boolean;
}

/** Rounds at most; validation rows stop training long before, mostly. */
const MOST_ROUNDS = 1000;
const PATIENCE = 40;
/** Fewer cells than this are not worth a second thread. */
const CELLS_OF_A_THREAD = 400_000;

export const treesCandidate: Candidate<TreesConfig, BoostedTrees> = {
  fit: async ({ encoded, target, weights }, { config, validation, rounds, error, random, signal }) => {
    const { isCount, ...settings } = config;
    const model = await boostedTrees(encoded.trees, treeTarget(target, weights), {
      ...settings,
      loss: lossOf(target, isCount ? 'poisson' : error),
      rounds: rounds ?? MOST_ROUNDS,
      patience: PATIENCE,
      keep: 'all',
      seed: random.uint32(),
      ...(encoded.rows * encoded.trees.length < CELLS_OF_A_THREAD && { threads: 1 }),
      ...(validation && {
        validation: {
          columns: validation.encoded.trees,
          target: treeTarget(validation.target, validation.weights),
        },
      }),
      ...(signal && { signal }),
    });
    return { state: model, curve: model.validation };
  },
  scores: async (model, encoded, rounds) => {
    const scores = treeScores(model, encoded.trees, rounds && Math.min(rounds, model.trees.length));
    return isLogOf(model.loss) ? scores.map(Math.exp) : scores;
  },
  graph: (model, tensors) => {
    const scores = treesGraph(model, tensors);
    return isLogOf(model.loss) ? scores.exp() : scores;
  },
};

/** Raw scores of trees over encoded columns: [batch, outputs] float32. */
export const treesGraph = (model: BoostedTrees, { treeNumbers, codes }: EncodedTensors): Tensor =>
  treeScoresGraph(model, { numbers: treeNumbers, codes });

const isLogOf = (loss: LossName): boolean => loss === 'poisson' || loss === 'gamma';

function lossOf(target: TrainingTarget, ofNumbers: 'squared' | 'absolute' | 'poisson'): LossName {
  if (target.kind === 'numbers') return ofNumbers;
  return target.classes === 2 ? 'logistic' : { softmax: target.classes };
}

const treeTarget = (target: TrainingTarget, weights: TrainingRows['weights']) => ({
  values: target.kind === 'numbers' ? target.values : target.labels,
  ...(weights && { weights }),
});
