/**
 * Gradient-boosted trees (Friedman, 2001) on histograms (LightGBM: Ke et al., 2017): each tree is grown on the derivatives of the
 * loss at the scores of those before it.
 *
 *     const model = await boostedTrees([{ kind: 'number', values: age }, { kind: 'category', codes: city, categories: 12 }],
 *       { values: left }, { loss: 'logistic' });
 *     predictTrees(model, columns);   // probabilities
 *
 * The same data, options and seed give the same trees to the last bit, on any number of threads.
 */
import { availableParallelism } from 'node:os';
import { checkOptions, Random, UserError } from '@gradus/base';
import { BinnedRows } from './binned-rows.ts';
import { type Bins, binsOf } from './bins.ts';
import { rowsOf, type TreeColumn } from './columns.ts';
import { type GrownLeaf, type GrownTree, TreeGrower } from './grow.ts';
import type { Derivatives, TreeLoss, TreeTarget } from './loss.ts';
import { type LossName, lossOf } from './losses.ts';
import { leafValue } from './splits.ts';
import type { Tree } from './tree.ts';
import { quantileOf } from './weighted-quantile.ts';
import { WorkerPool } from './worker-pool.ts';

export interface BoostedTreesOptions {
  readonly loss: LossName;
  /** Trees for each output at most. Default 100. */
  readonly rounds?: number;
  /** How far each tree steps. Default 0.1. */
  readonly learningRate?: number;
  /** Leaves of a tree at most. Default 31. */
  readonly leaves?: number;
  /** Splits on the way to a leaf at most. Default: no bound. */
  readonly depth?: number;
  /** Which leaf is split next: the one that gains most, or level by level. Default leaf. */
  readonly growth?: Growth;
  /** Rows of a leaf at least. Default 20. */
  readonly minRows?: number;
  /** Sum of second derivatives of a leaf at least. Default 1e-3. */
  readonly minHessian?: number;
  /** By how much a split lowers the loss at least. Default 0. */
  readonly minGain?: number;
  /** Penalty on the size of what leaves answer. Default 0. */
  readonly l1?: number;
  /** Penalty on its square. Default 0. */
  readonly l2?: number;
  /** Share of the rows that each tree sees, drawn anew. Default 1. */
  readonly rowShare?: number;
  /** Share of the columns that each tree sees, drawn anew. Default 1. */
  readonly columnShare?: number;
  /** Ranges of numbers, and categories of their own, at most. Default 254, the most there are. */
  readonly bins?: number;
  /** Columns, by number from 0, that may act on each other; a column in no group acts alone. Default: all of them. */
  readonly interactions?: readonly (readonly number[])[];
  /** Rows that are not learnt from, by which training stops and the number of trees is chosen. */
  readonly validation?: { readonly columns: readonly TreeColumn[]; readonly target: TreeTarget };
  /** Rounds without a lower validation loss after which training stops. Default 50. */
  readonly patience?: number;
  /** Which rounds are kept where there are validation rows: those up to the best, or all that were trained. Default best. */
  readonly keep?: 'best' | 'all';
  /** Default: one a core, where there is enough to do. */
  readonly threads?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Called after each round. */
  readonly onRound?: (round: Round) => void;
}

export interface Round {
  /** From 1. */
  readonly round: number;
  /** The mean loss over the validation rows. */
  readonly validation: number | undefined;
}

export interface BoostedTrees {
  readonly loss: LossName;
  /** Scores before the first tree, by output. */
  readonly constant: Float64Array;
  /** [rounds, outputs] */
  readonly trees: readonly (readonly Tree[])[];
  /** Of the columns that it takes, in their order. */
  readonly bins: readonly Bins[];
  /** By round, where there were validation rows: also of the rounds that were taken back. */
  readonly validation: readonly number[];
}

type Growth = 'leaf' | 'level';

const DEFAULTS = {
  rounds: 100,
  learningRate: 0.1,
  leaves: 31,
  depth: Number.POSITIVE_INFINITY,
  growth: 'leaf' as Growth,
  minRows: 20,
  minHessian: 1e-3,
  minGain: 0,
  l1: 0,
  l2: 0,
  rowShare: 1,
  columnShare: 1,
  bins: 254,
  patience: 50,
  keep: 'best' as 'best' | 'all',
  threads: 0,
  seed: 0,
};
const KNOWN = { ...DEFAULTS, loss: 0, interactions: 0, validation: 0, signal: 0, onRound: 0 };

type Settings = BoostedTreesOptions & Required<Pick<BoostedTreesOptions, keyof typeof DEFAULTS>>;

/**
 * @param target of the rows of the columns
 * @throws UserError where columns, targets, weights or options do not fit
 */
export async function boostedTrees(
  columns: readonly TreeColumn[],
  target: TreeTarget,
  options: BoostedTreesOptions,
): Promise<BoostedTrees> {
  checkOptions('boostedTrees', options, KNOWN);
  const settings: Settings = { ...DEFAULTS, ...options };
  const loss = lossOf(options.loss);
  const rows = rowsOf(columns);
  checkTarget(loss, target, rows);
  const { validation } = settings;
  if (validation) checkTarget(loss, validation.target, rowsOf(validation.columns));
  const pool = new WorkerPool(workersOf(settings, rows, columns.length, loss.outputs));
  try {
    const bins = columns.map((column) => binsOf(column, settings.bins));
    const growing = { ...settings, interactions: settings.interactions };
    const grower = new TreeGrower(columns, bins, growing, pool);
    return await boost({ columns, target, settings, loss, bins, grower, rows });
  } finally {
    await pool.close();
  }
}

/** Values times trees from which on more threads pay: about a second's work of one, where they take a tenth to start. */
const WORTH_THREADS = 2.5e8;

/** Threads that grow trees, this one included. */
function workersOf({ threads, rounds }: Settings, rows: number, columns: number, outputs: number): number {
  const worth = rows * columns * rounds * outputs >= WORTH_THREADS ? availableParallelism() : 1;
  return Math.max(1, Math.min(threads || worth, columns));
}

interface Boosting {
  readonly columns: readonly TreeColumn[];
  readonly target: TreeTarget;
  readonly settings: Settings;
  readonly loss: TreeLoss;
  readonly bins: readonly Bins[];
  readonly grower: TreeGrower;
  readonly rows: number;
}

async function boost(boosting: Boosting): Promise<BoostedTrees> {
  const { columns, target, settings, loss, bins, grower, rows } = boosting;
  const { rounds, patience, rowShare, columnShare, seed, signal, onRound } = settings;
  const { outputs } = loss;
  const random = new Random(`${seed}/boosted trees`);
  const constant = loss.constant(target);
  const scores = repeated(constant, rows);
  const first = newDerivatives(rows);
  const derivatives = [first, ...Array.from({ length: outputs - 1 }, () => newDerivatives(rows))] as const;
  const validation = settings.validation && validationRows(settings.validation, bins, constant);
  const trees: Tree[][] = [];
  const losses: number[] = [];
  let best = 0;
  for (let round = 1; round <= rounds; round++) {
    signal?.throwIfAborted();
    const seen = rowShare < 1 ? sample(rows, rowShare, random) : undefined;
    const allowed = allowedColumns(columns.length, columnShare, random);
    loss.derivatives(target, scores, derivatives);
    const grown = derivatives.map(({ gradients, hessians }, output) => {
      const tree = grower.grow(gradients, hessians, seen, allowed, random.uint32());
      for (const leaf of tree.leaves) {
        // As the model's file has it.
        tree.tree.value[leaf.node] = Math.fround(answerOf(leaf, output, scores, boosting));
      }
      addCovers(tree, target.weights);
      addTree(tree, scores, outputs, output, seen, grower.rows);
      return tree;
    });
    trees.push(grown.map(({ tree }) => tree));
    if (validation) {
      for (const [output, tree] of grown.entries()) {
        validation.rows.add(tree, validation.scores, outputs, output);
      }
      losses.push(loss.value(validation.target, validation.scores));
      if (losses.at(-1)! < (losses[best - 1] ?? Number.POSITIVE_INFINITY)) best = round;
    }
    onRound?.({ round, validation: losses.at(-1) });
    if (validation && round - best >= patience) break;
    if (grown.every(({ tree }) => tree.column.length === 1) && !seen && columnShare === 1) break;
    // Lets the signal, and whatever else waits, be heard.
    await new Promise(setImmediate);
  }
  return {
    loss: settings.loss,
    constant,
    trees: validation && settings.keep === 'best' ? trees.slice(0, best) : trees,
    bins,
    validation: losses,
  };
}

function checkTarget(loss: TreeLoss, target: TreeTarget, rows: number): void {
  const { values, weights } = target;
  if (values.length !== rows || (weights && weights.length !== rows)) {
    throw new UserError({
      en: `The columns have ${rows} rows, the target ${values.length}${weights ? ` and the weights ${weights.length}` : ''}; expected one each a row.`,
      zh: `各列有 ${rows} 行，目标有 ${values.length} 行${weights ? `，权重有 ${weights.length} 行` : ''}；应当一一对应。`,
    });
  }
  let total = 0;
  for (let row = 0; row < rows && weights; row++) {
    const weight = weights[row]!;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY)) {
      throw new UserError({
        en: `Row ${row + 1} has the weight ${weight}; expected a number from 0 up.`,
        zh: `第 ${row + 1} 行的权重为 ${weight}；应为不小于 0 的数值。`,
      });
    }
    total += weight;
  }
  if (weights && total === 0) throw new UserError({ en: 'All weights are 0.', zh: '所有权重都为 0。' });
  loss.check(target);
}

const newDerivatives = (rows: number): Derivatives => ({
  gradients: new Float32Array(rows),
  hessians: new Float32Array(rows),
});

function repeated(constant: Float64Array, rows: number): Float64Array {
  const scores = new Float64Array(rows * constant.length);
  for (let row = 0; row < rows; row++) scores.set(constant, row * constant.length);
  return scores;
}

/** Rows drawn without replacement, ascending (Knuth's algorithm S). */
function sample(rows: number, share: number, random: Random): Int32Array {
  const drawn = new Int32Array(Math.max(1, Math.round(rows * share)));
  let size = 0;
  for (let row = 0; size < drawn.length; row++) {
    if (random.uniform() * (rows - row) < drawn.length - size) drawn[size++] = row;
  }
  return drawn;
}

function allowedColumns(columns: number, share: number, random: Random): Uint8Array {
  if (share >= 1) return new Uint8Array(columns).fill(1);
  const allowed = new Uint8Array(columns);
  for (const column of random.permutation(columns).subarray(0, Math.max(1, Math.round(columns * share)))) {
    allowed[column] = 1;
  }
  return allowed;
}

/** What a leaf adds to the scores of its rows. */
function answerOf(
  { rows, sums, bounds }: GrownLeaf,
  output: number,
  scores: Float64Array,
  { target, settings, loss }: Boosting,
): number {
  const { learningRate } = settings;
  if (loss.leafQuantile !== undefined) {
    const residuals = Float64Array.from(
      rows,
      (row) => target.values[row]! - scores[row * loss.outputs + output]!,
    );
    const weights = target.weights && Float64Array.from(rows, (row) => target.weights![row]!);
    const value = quantileOf(residuals, weights, loss.leafQuantile);
    return learningRate * (bounds ? Math.min(bounds.high, Math.max(bounds.low, value)) : value);
  }
  return learningRate * leafValue(sums, settings, bounds);
}

function addCovers({ tree, leaves }: GrownTree, weights: ArrayLike<number> | undefined): void {
  for (const { node, rows } of leaves) {
    let cover = rows.length;
    if (weights) {
      cover = 0;
      for (let i = 0; i < rows.length; i++) cover += weights[rows[i]!]!;
    }
    tree.cover[node] = cover;
  }
  // Children stand behind their parent.
  for (let node = tree.column.length - 1; node >= 0; node--) {
    if (tree.column[node]! >= 0)
      tree.cover[node] = tree.cover[tree.left[node]!]! + tree.cover[tree.right[node]!]!;
  }
}

/** Adds a tree to the scores of the rows it was grown in: those that it saw are in its leaves. */
function addTree(
  grown: GrownTree,
  scores: Float64Array,
  outputs: number,
  output: number,
  seen: Int32Array | undefined,
  all: BinnedRows,
): void {
  if (seen) {
    all.add(grown, scores, outputs, output);
    return;
  }
  for (const { node, rows } of grown.leaves) {
    const value = grown.tree.value[node]!;
    for (let i = 0; i < rows.length; i++) scores[rows[i]! * outputs + output]! += value;
  }
}

function validationRows(
  { columns, target }: NonNullable<BoostedTreesOptions['validation']>,
  bins: readonly Bins[],
  constant: Float64Array,
) {
  return { target, rows: BinnedRows.of(columns, bins), scores: repeated(constant, rowsOf(columns)) };
}
