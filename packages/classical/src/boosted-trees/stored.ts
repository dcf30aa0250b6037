/**
 * Boosted trees as JSON, and read back: for what a model's file does not hold, such as how many training rows went each way, which
 * reasons need. A file may be damaged or hostile: nothing of it is used before it is checked.
 */
import { UserError } from '@gradus/base';
import type { Bins } from './bins.ts';
import type { BoostedTrees } from './boosted-trees.ts';
import type { LossName } from './losses.ts';
import { lossOf } from './losses.ts';
import type { Tree } from './tree.ts';

/** Plain data that survives JSON. */
export interface StoredTrees {
  readonly loss: LossName;
  readonly constant: readonly number[];
  /** By column: null of numbers; of categories the bin of each code, and that of all others. */
  readonly categories: readonly ({ readonly bins: readonly number[]; readonly other: number } | null)[];
  /** [rounds, outputs] */
  readonly trees: readonly (readonly StoredTree[])[];
}

/** By node. */
export interface StoredTree {
  readonly column: readonly number[];
  /** null is infinity, which JSON has not: only what is missing goes the other way. */
  readonly threshold: readonly (number | null)[];
  /** Bins that go left, as eight words of 32 bits; null where a number is asked, and of leaves. */
  readonly sets: readonly (readonly number[] | null)[];
  readonly missingLeft: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly value: readonly number[];
  readonly cover: readonly number[];
}

export const storedTrees = ({ loss, constant, bins, trees }: BoostedTrees): StoredTrees => ({
  loss,
  constant: Array.from(constant),
  categories: bins.map((of) =>
    of.kind === 'category' ? { bins: Array.from(of.bins), other: of.other } : null,
  ),
  trees: trees.map((group) =>
    group.map(({ column, threshold, bins: sets, missingLeft, left, right, value, cover }) => ({
      column: Array.from(column),
      threshold: Array.from(threshold, (value) => (Number.isFinite(value) ? value : null)),
      sets: Array.from(column, (_, node) => (sets[node] ? Array.from(sets[node]) : null)),
      missingLeft: Array.from(missingLeft),
      left: Array.from(left),
      right: Array.from(right),
      value: Array.from(value),
      cover: Array.from(cover),
    })),
  ),
});

const MOST_NODES = 100_000;
const WORDS = 8;

/** @throws UserError where it is no such model */
export function readTrees(value: unknown): BoostedTrees {
  const stored = value as StoredTrees;
  expect(isObject(stored), 'it is no object');
  const { loss, constant, categories, trees } = stored;
  expect(isLoss(loss), 'its loss is none that there is');
  expect(isNumbers(constant) && constant.length > 0, 'its constant is no list of numbers');
  expect(Array.isArray(categories) && Array.isArray(trees), 'its columns or trees are no list');
  const bins = categories.map((of): Bins => {
    if (of === null) return { kind: 'number', thresholds: new Float32Array(0), missing: 0, count: 1 };
    expect(isObject(of) && isNumbers(of.bins) && isBin(of.other) && of.bins.every(isBin), 'a bin is none');
    return { kind: 'category', bins: Uint8Array.from(of.bins), other: of.other, count: of.other + 1 };
  });
  const read = trees.map((group) => {
    expect(
      Array.isArray(group) && group.length === constant.length,
      'a round has not a tree for each output',
    );
    return group.map((tree) => readTree(tree, bins));
  });
  return {
    loss,
    constant: Float64Array.from(constant),
    bins: withThresholds(bins, read),
    validation: [],
    trees: read,
  };
}

/** Numbers have the ranges that the trees tell apart. */
function withThresholds(bins: readonly Bins[], trees: readonly (readonly Tree[])[]): Bins[] {
  const asked = bins.map(() => new Set<number>());
  for (const { column, threshold } of trees.flat()) {
    for (const [node, at] of column.entries())
      if (at >= 0 && Number.isFinite(threshold[node]!)) asked[at]!.add(threshold[node]!);
  }
  return bins.map((of, column): Bins => {
    if (of.kind === 'category') return of;
    const thresholds = Float32Array.from(asked[column]!).sort();
    const missing = thresholds.length + 1;
    return { kind: 'number', thresholds, missing, count: missing + 1 };
  });
}

function readTree(stored: StoredTree, bins: readonly Bins[]): Tree {
  expect(isObject(stored) && isNumbers(stored.column), 'a tree is none');
  const { column, threshold, sets, missingLeft, left, right, value, cover } = stored;
  const nodes = column.length;
  expect(nodes > 0 && nodes <= MOST_NODES, 'a tree has no nodes, or too many');
  const thresholds = Array.isArray(threshold)
    ? threshold.map((value) => value ?? Number.POSITIVE_INFINITY)
    : [];
  expect(
    thresholds.length === nodes &&
      thresholds.every((value) => typeof value === 'number' && !Number.isNaN(value)),
    'a tree lacks nodes',
  );
  for (const list of [missingLeft, left, right, value, cover])
    expect(isNumbers(list) && list.length === nodes, 'a tree lacks nodes');
  expect(Array.isArray(sets) && sets.length === nodes, 'a tree lacks nodes');
  for (let node = 0; node < nodes; node++) {
    const asked = column[node]!;
    expect(Number.isInteger(asked) && asked >= -1 && asked < bins.length, 'a node asks for no column');
    if (asked < 0) continue;
    // Children stand behind their parent, so that every way ends.
    for (const child of [left[node]!, right[node]!])
      expect(Number.isInteger(child) && child > node && child < nodes, 'a node has no children');
    const set = sets[node];
    const isCategory = bins[asked]!.kind === 'category';
    expect(isCategory ? isNumbers(set) && set.length === WORDS : set === null, 'a node asks in a wrong way');
  }
  return {
    column: Int32Array.from(column),
    threshold: Float32Array.from(thresholds),
    bins: sets.map((set) => (set ? Uint32Array.from(set) : undefined)),
    missingLeft: Uint8Array.from(missingLeft),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    value: Float64Array.from(value),
    gain: new Float64Array(nodes),
    cover: Float64Array.from(cover),
  };
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;
const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => typeof one === 'number' && Number.isFinite(one));
const isBin = (value: unknown): boolean =>
  Number.isInteger(value) && (value as number) >= 0 && (value as number) < 256;

function isLoss(value: unknown): value is LossName {
  try {
    return typeof lossOf(value as LossName).answer === 'function';
  } catch {
    return false;
  }
}

function expect(holds: boolean, what: string): asserts holds {
  if (holds) return;
  throw new UserError({ en: `These are no stored trees: ${what}.`, zh: `这不是已存储的树模型：${what}。` });
}
