/**
 * The op TreeEnsemble for many rows, by finding the leaves of a block of rows at once (leaf-finder.ts): several times as fast as
 * walking, row by row.
 */
import { MOST_WASM_PAGES, type SharedMemory, WASM_PAGE, WebAssembly } from '@gradus/base';
import { type Attributes, intAttribute, intsAttribute } from '../graph.ts';
import { type AskingTree, FINDER_BYTES, LEAF_BLOCK, LeafFinder, MOST_LEAVES } from './leaf-finder.ts';
import { MOST_THRESHOLDS, THRESHOLD_BINS_BYTES, ThresholdBins } from './threshold-bins.ts';

/** Rows whose bins stay in the processor's first cache. */
const CHUNK = 16 * LEAF_BLOCK;
/** Values of the attributes: `x ≤ threshold` goes left, trees are summed, and nothing is done to the sum. */
const [LEQ, SUM, NONE] = [0, 1, 0];

/** @param features [rows, width] @returns [rows, targets] */
export type EvaluateTrees = (features: Float32Array, rows: number) => Float32Array;

interface NumberTree extends AskingTree {
  readonly threshold: readonly number[];
  readonly target: number;
}

/** @returns undefined where the trees are others than the kernel takes: they ask otherwise, or too much */
export function treeEnsemble(attributes: Attributes, width: number): EvaluateTrees | undefined {
  const trees = treesOf(attributes, width);
  if (!trees) return undefined;
  const targets = intAttribute(attributes, 'n_targets', 1);
  const thresholds = thresholdsOf(trees, width);
  if (thresholds.some(({ length }) => length >= MOST_THRESHOLDS)) return undefined;
  const finderAt = LEAF_BLOCK; // No place is 0.
  const valuesAt = finderAt + FINDER_BYTES;
  const leavesAt = valuesAt + 8 * MOST_LEAVES;
  const sorterAt = leavesAt + CHUNK;
  const scoresAt = sorterAt + THRESHOLD_BINS_BYTES;
  const binsAt = scoresAt + 8 * CHUNK * targets;
  const memory: SharedMemory = new WebAssembly.Memory({
    initial: Math.ceil((binsAt + CHUNK * width) / WASM_PAGE),
    maximum: MOST_WASM_PAGES,
    shared: true,
  });
  const finder = new LeafFinder(memory, finderAt);
  const sorter = new ThresholdBins(memory, sorterAt);
  const encoded = trees.map((tree) =>
    finder.encode(tree, CHUNK, {
      lastBin: (node) => thresholds[tree.column[node]!]!.indexOf(tree.threshold[node]!),
      missing: (column) => thresholds[column]!.length + 1,
    }),
  );
  const values = new Float64Array(memory.buffer, valuesAt, MOST_LEAVES);
  const scores = new Float64Array(memory.buffer, scoresAt, CHUNK * targets);
  return (features, rows) => {
    const out = new Float32Array(rows * targets);
    for (let from = 0; from < rows; from += CHUNK) {
      const count = Math.min(CHUNK, rows - from);
      for (const [column, of] of thresholds.entries()) {
        if (of.length === 0) continue;
        sorter.write(
          features,
          from * width + column,
          width,
          count,
          of,
          of.length + 1,
          binsAt + column * CHUNK,
        );
      }
      scores.fill(0);
      for (const [i, { target }] of trees.entries()) {
        const tree = encoded[i]!;
        finder.find(tree, binsAt, count, leavesAt);
        values.set(tree.values);
        finder.addValues(leavesAt, count, valuesAt, scoresAt + 8 * target, 8 * targets);
      }
      out.set(scores.subarray(0, count * targets), from * targets);
    }
    return out;
  };
}

/** By column, those that trees ask for, ascending. */
function thresholdsOf(trees: readonly NumberTree[], width: number): Float32Array[] {
  const asked = Array.from({ length: width }, () => new Set<number>());
  for (const { column, threshold } of trees) {
    for (let node = 0; node < column.length; node++) {
      if (column[node]! >= 0) asked[column[node]!]!.add(threshold[node]!);
    }
  }
  return asked.map((of) => Float32Array.from(of).sort());
}

function treesOf(attributes: Attributes, width: number): readonly NumberTree[] | undefined {
  const numbers = (name: string): ArrayLike<number> | undefined => {
    const value = attributes[name];
    if (typeof value !== 'object' || !('tensor' in value)) return undefined;
    const { dtype, data } = value.tensor;
    return dtype === 'float32' || dtype === 'uint8' ? (data as Float32Array | Uint8Array) : undefined;
  };
  const [modes, splits, weights] = ['nodes_modes', 'nodes_splits', 'leaf_weights'].map(numbers);
  if (!modes || !splits || !weights || Array.from(modes).some((mode) => mode !== LEQ)) return undefined;
  if (intAttribute(attributes, 'aggregate_function', SUM) !== SUM) return undefined;
  if (intAttribute(attributes, 'post_transform', NONE) !== NONE) return undefined;
  const ints = (name: string) => intsAttribute(attributes, name, []);
  const features = ints('nodes_featureids');
  const missing = ints('nodes_missing_value_tracks_true');
  const targets = ints('leaf_targetids');
  const [whenTrue, trueIsLeaf] = [ints('nodes_truenodeids'), ints('nodes_trueleafs')];
  const [whenFalse, falseIsLeaf] = [ints('nodes_falsenodeids'), ints('nodes_falseleafs')];

  const treeOf = (root: number): NumberTree | undefined => {
    const tree = {
      ...{ column: [] as number[], threshold: [] as number[], bins: [], missingLeft: [] as number[] },
      ...{ left: [] as number[], right: [] as number[], value: [] as number[] },
    };
    let target: number | undefined;
    const waiting = [{ at: root, isLeaf: false, link: (_: number): void => {} }];
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const { at, isLeaf, link } = next;
      const node = tree.column.length;
      // Whatever a file says, no tree is larger.
      if (node >= 2 * MOST_LEAVES) return undefined;
      const [feature, split] = [features[at] ?? -1, splits[at] ?? Number.NaN];
      if (isLeaf ? weights[at] === undefined : feature < 0 || feature >= width || Number.isNaN(split)) {
        return undefined;
      }
      link(node);
      tree.column.push(isLeaf ? -1 : feature);
      tree.threshold.push(isLeaf ? 0 : Math.fround(split));
      tree.missingLeft.push(isLeaf ? 0 : (missing[at] ?? 0));
      tree.value.push(isLeaf ? weights[at]! : 0);
      tree.left.push(-1);
      tree.right.push(-1);
      if (isLeaf) {
        if (target !== undefined && target !== targets[at]) return undefined;
        target = targets[at];
        continue;
      }
      const child = (ids: readonly number[], leaves: readonly number[], into: number[]) => {
        const link = (number: number) => {
          into[node] = number;
        };
        waiting.push({ at: ids[at]!, isLeaf: leaves[at] === 1, link });
      };
      child(whenTrue, trueIsLeaf, tree.left);
      child(whenFalse, falseIsLeaf, tree.right);
    }
    return { ...tree, target: target ?? 0 };
  };
  const trees = ints('tree_roots').map(treeOf);
  return trees.some((tree) => !tree) ? undefined : (trees as readonly NumberTree[]);
}
