/**
 * Exact Shapley values of trees (Lundberg et al., "From local explanations to global understanding with explainable AI for trees",
 * 2020, algorithm 2): how much each column moves the score of a row away from the mean score. A column that is not known is
 * averaged over by the training rows that went each way.
 *
 * All subsets of the columns on a path are followed at once: the path holds, for each number of known columns, the weight of the
 * subsets of that size, and a split extends it; O(leaves · depth²) a row and tree in place of O(2^columns).
 */
import type { BoostedTrees } from './boosted-trees.ts';
import { rowsOf, type TreeColumn, valuesOf } from './columns.ts';
import { goesLeft, type Tree } from './tree.ts';

export interface ShapleyValues {
  /** [rows, columns]: what each column adds to the row's score. */
  readonly values: Float64Array;
  /** The mean score: what a row has of which nothing is known. With the row's values it adds up to its score. */
  readonly expected: number;
}

/**
 * @param columns as the model was trained on
 * @param output whose score is explained: 0, or the class of `softmax`
 */
export function treeShapley(model: BoostedTrees, columns: readonly TreeColumn[], output = 0): ShapleyValues {
  const rows = rowsOf(columns);
  const given = columns.map(valuesOf);
  const values = new Float64Array(rows * columns.length);
  let expected = model.constant[output]!;
  for (const group of model.trees) {
    const tree = group[output]!;
    const walk = shapleyWalk(tree);
    expected += meanOf(tree, 0);
    for (let row = 0; row < rows; row++) {
      const into = values.subarray(row * columns.length, (row + 1) * columns.length);
      walk((node) => {
        const column = tree.column[node]!;
        return goesLeft(tree, node, model.bins[column]!, given[column]![row]!);
      }, into);
    }
  }
  return { values, expected };
}

/** The share of a node's training rows that a child has. */
function share(tree: Tree, node: number, child: number): number {
  const cover = tree.cover[node]!;
  return cover > 0 ? tree.cover[child]! / cover : 0.5;
}

function meanOf(tree: Tree, node: number): number {
  if (tree.column[node]! < 0) return tree.value[node]!;
  const [left, right] = [tree.left[node]!, tree.right[node]!];
  return share(tree, node, left) * meanOf(tree, left) + share(tree, node, right) * meanOf(tree, right);
}

function depthOf(tree: Tree, node = 0): number {
  if (tree.column[node]! < 0) return 0;
  return 1 + Math.max(depthOf(tree, tree.left[node]!), depthOf(tree, tree.right[node]!));
}

/** @returns a function that adds the values of one row; it is told by `goes` whether the row goes left at a node */
function shapleyWalk(tree: Tree): (goes: (node: number) => boolean, into: Float64Array) => void {
  const longest = depthOf(tree) + 2;
  // A path for each depth: the column, the shares of unknown and of known columns that go on, and the weight of the subsets.
  const size = (longest * (longest + 1)) / 2;
  const columns = new Int32Array(size);
  const [unknown, known, weights] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  let goes: (node: number) => boolean = () => true;
  let into: Float64Array = new Float64Array(0);

  const extend = (at: number, length: number, zero: number, one: number, column: number): void => {
    columns[at + length] = column;
    unknown[at + length] = zero;
    known[at + length] = one;
    weights[at + length] = length === 0 ? 1 : 0;
    for (let i = length - 1; i >= 0; i--) {
      weights[at + i + 1]! += (one * weights[at + i]! * (i + 1)) / (length + 1);
      weights[at + i] = (zero * weights[at + i]! * (length - i)) / (length + 1);
    }
  };
  /** Takes a column out of the path again. */
  const unwind = (at: number, length: number, index: number): void => {
    const [one, zero] = [known[at + index]!, unknown[at + index]!];
    let next = weights[at + length]!;
    for (let i = length - 1; i >= 0; i--) {
      if (one !== 0) {
        const held = weights[at + i]!;
        weights[at + i] = (next * (length + 1)) / ((i + 1) * one);
        next = held - (weights[at + i]! * zero * (length - i)) / (length + 1);
      } else weights[at + i] = (weights[at + i]! * (length + 1)) / (zero * (length - i));
    }
    for (let i = index; i < length; i++) {
      columns[at + i] = columns[at + i + 1]!;
      unknown[at + i] = unknown[at + i + 1]!;
      known[at + i] = known[at + i + 1]!;
    }
  };
  /** The weight of all subsets without a column. */
  const sumWithout = (at: number, length: number, index: number): number => {
    const [one, zero] = [known[at + index]!, unknown[at + index]!];
    let next = weights[at + length]!;
    let total = 0;
    for (let i = length - 1; i >= 0; i--) {
      if (one !== 0) {
        const weight = (next * (length + 1)) / ((i + 1) * one);
        total += weight;
        next = weights[at + i]! - (weight * zero * (length - i)) / (length + 1);
      } else total += (weights[at + i]! * (length + 1)) / (zero * (length - i));
    }
    return total;
  };

  const visit = (
    node: number,
    parent: number,
    length: number,
    zero: number,
    one: number,
    column: number,
  ): void => {
    // A path of its own, since the other branch goes on from the parent's.
    const at = parent + length;
    for (const array of [columns, unknown, known, weights]) array.copyWithin(at, parent, parent + length);
    extend(at, length, zero, one, column);
    const asked = tree.column[node]!;
    if (asked < 0) {
      for (let i = 1; i <= length; i++) {
        into[columns[at + i]!]! +=
          sumWithout(at, length, i) * (known[at + i]! - unknown[at + i]!) * tree.value[node]!;
      }
      return;
    }
    const left = goes(node);
    const [hot, cold] = left ? [tree.left[node]!, tree.right[node]!] : [tree.right[node]!, tree.left[node]!];
    let [zeroBefore, oneBefore, end] = [1, 1, length];
    // A column that was asked before is asked once in all.
    for (let i = 1; i <= length; i++) {
      if (columns[at + i] !== asked) continue;
      [zeroBefore, oneBefore] = [unknown[at + i]!, known[at + i]!];
      unwind(at, length, i);
      end--;
      break;
    }
    visit(hot, at, end + 1, zeroBefore * share(tree, node, hot), oneBefore, asked);
    visit(cold, at, end + 1, zeroBefore * share(tree, node, cold), 0, asked);
  };
  return (way, sums) => {
    goes = way;
    into = sums;
    visit(0, 0, 0, 1, 1, -1);
  };
}
