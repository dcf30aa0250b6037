/** A regression tree, and the way of a row through it. */
import { type Bins, binOf } from './bins.ts';

/** By node; node 0 is the root. */
export interface Tree {
  /** The column that is asked; −1 for a leaf. */
  readonly column: Int32Array;
  /** Of a number: left where it is at most this. */
  readonly threshold: Float32Array;
  /** Of a category: the bins that go left, as 256 bits. Undefined for numbers and leaves. */
  readonly bins: readonly (Uint32Array | undefined)[];
  /** 1 where a missing number goes left. */
  readonly missingLeft: Uint8Array;
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** What the node adds to the score: for leaves. */
  readonly value: Float64Array;
  /** By how much the split lowered the loss; 0 for leaves. */
  readonly gain: Float64Array;
  /** Training rows that came by, by weight. */
  readonly cover: Float64Array;
}

export const hasBin = (set: Uint32Array, bin: number): boolean => ((set[bin >> 5]! >>> (bin & 31)) & 1) === 1;

/** Whether a value of a node's column goes left. */
export function goesLeft(tree: Tree, node: number, bins: Bins, value: number): boolean {
  const set = tree.bins[node];
  if (set) return hasBin(set, binOf(bins, value));
  if (Number.isNaN(value)) return tree.missingLeft[node] === 1;
  return Math.fround(value) <= tree.threshold[node]!;
}

/** The leaf that a row ends in. @param at the row's value in a column */
export function leafOf(tree: Tree, bins: readonly Bins[], at: (column: number) => number): number {
  let node = 0;
  for (let column = tree.column[0]!; column >= 0; column = tree.column[node]!) {
    node = goesLeft(tree, node, bins[column]!, at(column)) ? tree.left[node]! : tree.right[node]!;
  }
  return node;
}
