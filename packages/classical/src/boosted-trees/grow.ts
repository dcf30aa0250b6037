/**
 * Grows one tree on gradients: the leaf whose best split lowers the loss most is split first (leaf-wise: Shi, 2007; LightGBM), or
 * level by level. The rows of the smaller child make its histograms, and the larger one has its parent's less these.
 */

import { BinnedRows, type BinnedTree } from './binned-rows.ts';
import { binnedTable, type TableLayout } from './binned-table.ts';
import type { Bins } from './bins.ts';
import { rowsOf, type TreeColumn } from './columns.ts';
import { type Kernels, kernels } from './kernels.ts';
import { FROM_PARENT, FROM_ROWS, type Mail, newMail, readAnswer, writeTasks } from './leaf-search.ts';
import { type RowKernels, rowKernels, SUM_BYTES } from './row-kernels.ts';
import { type Bounds, type LeafSums, leafValue, less, type Split, type SplitOptions } from './splits.ts';
import { hasBin, type Tree } from './tree.ts';
import type { WorkerPool } from './worker-pool.ts';

export interface GrowOptions extends SplitOptions {
  /** Leaves of a tree at most. */
  readonly leaves: number;
  /** Splits on the way to a leaf at most. */
  readonly depth: number;
  readonly growth: 'leaf' | 'level';
  /** Columns that may be on one way together; a column in none of them stands alone. Undefined: all of them. */
  readonly interactions: readonly (readonly number[])[] | undefined;
}

/** Rows that ended in a leaf. */
export interface GrownLeaf {
  readonly node: number;
  readonly rows: Int32Array;
  /** Of its derivatives, not quantized. */
  readonly sums: LeafSums;
  readonly bounds: Bounds | undefined;
}

/** Its values and covers are still to be filled in. */
export interface GrownTree extends BinnedTree {
  readonly leaves: readonly GrownLeaf[];
}

interface OpenLeaf {
  readonly node: number;
  readonly depth: number;
  readonly from: number;
  readonly to: number;
  readonly sums: LeafSums;
  readonly bounds: Bounds | undefined;
  /** Of its histograms; undefined where they were not kept. */
  readonly slot: number | undefined;
  /** Columns that are asked on the way to it. */
  readonly asked: readonly number[];
  split: Split | undefined;
}

/** Whole numbers that stand for gradients add up to so much at most, in size: an int32 with room for roundings. */
const MOST = 2 ** 30;

export class TreeGrower {
  /** Those that it learns from. */
  readonly rows: BinnedRows;
  readonly #table: TableLayout;
  readonly #options: GrowOptions;
  readonly #monotone: readonly number[];
  readonly #kernels: Kernels;
  readonly #mail: Mail;
  readonly #pool: WorkerPool;
  readonly #order: Int32Array;
  readonly #rowKernels: RowKernels;
  readonly #goesLeft: Uint8Array;
  /** What the kernel of sums writes. */
  readonly #sums: Float64Array;
  #free: number[] = [];

  /** @param pool of at most as many workers as there are columns */
  constructor(columns: readonly TreeColumn[], bins: readonly Bins[], options: GrowOptions, pool: WorkerPool) {
    const table = binnedTable(columns, bins, rowsOf(columns), options.leaves, pool.workers);
    const { buffer } = table.memory;
    this.#table = table;
    this.rows = new BinnedRows(table);
    this.#options = options;
    this.#monotone = columns.map((column) => (column.kind === 'number' ? (column.monotone ?? 0) : 0));
    this.#mail = newMail(columns.length, pool.workers);
    this.#pool = pool;
    this.#kernels = kernels(table.memory);
    this.#order = new Int32Array(buffer, table.order, table.rows);
    this.#rowKernels = rowKernels(table.memory);
    this.#goesLeft = new Uint8Array(buffer, table.goesLeft, 256);
    this.#sums = new Float64Array(buffer, table.sums, SUM_BYTES / 8);
    pool.begin({ table, options, monotone: this.#monotone, mail: this.#mail });
  }

  /**
   * @param gradients [rows] @param hessians [rows], none below 0
   * @param rows to learn from, ascending; undefined: all
   * @param allowed 1 for columns that the tree may ask
   * @param seed of the roundings
   */
  grow(
    gradients: Float32Array,
    hessians: Float32Array,
    rows: Int32Array | undefined,
    allowed: Uint8Array,
    seed: number,
  ): GrownTree {
    const { leaves: most, growth, depth } = this.#options;
    const { slots } = this.#table;
    this.#free = Array.from({ length: slots - 2 }, (_, i) => slots - 3 - i);
    const count = this.#reset(rows);
    const units = this.#quantize(gradients, hessians, count, seed);
    const root = this.#root(count, units, allowed);
    const nodes: (OpenLeaf & { left?: number; right?: number })[] = [root];
    const open: OpenLeaf[] = [root];
    const closed: OpenLeaf[] = [];
    while (open.length > 0) {
      const at = next(open, growth);
      const leaf = open[at]!;
      if (!leaf.split || open.length + closed.length >= most) {
        closed.push(...open.splice(at, 1));
        if (leaf.slot !== undefined) this.#free.push(leaf.slot);
        continue;
      }
      open.splice(at, 1);
      const more = open.length + closed.length + 2 < most && leaf.depth + 1 < depth;
      const [left, right] = this.#split(leaf, leaf.split, nodes.length, units, allowed, more);
      Object.assign(leaf, { left: left.node, right: right.node });
      nodes.push(left, right);
      open.push(left, right);
    }
    return {
      tree: treeOf(nodes, this.#table.bins),
      lastBin: Int32Array.from(nodes, ({ left, split }) => (left === undefined ? -1 : split!.bin)),
      leaves: closed.map(({ node, from, to, bounds }) => ({
        node,
        rows: this.#order.subarray(from, to),
        sums: this.#sum(from, to),
        bounds,
      })),
    };
  }

  #reset(rows: Int32Array | undefined): number {
    const { order, rows: all } = this.#table;
    if (rows) this.#order.set(rows);
    else this.#rowKernels.enumerate(order, all);
    return rows?.length ?? all;
  }

  /** @returns the sums over the rows at some places of the order */
  #sum(from: number, to: number): LeafSums & { readonly sizes: number } {
    const { order, gradients, hessians, sums } = this.#table;
    this.#rowKernels.sum(order + 4 * from, to - from, gradients, hessians, sums);
    const [sizes, gradient, hessian] = [this.#sums[0]!, this.#sums[1]!, this.#sums[2]!];
    return { sizes, gradient, hessian, rows: to - from };
  }

  /** Writes whole numbers for the derivatives. @returns what 1 stands for */
  #quantize(gradients: Float32Array, hessians: Float32Array, count: number, seed: number): Units {
    const table = this.#table;
    new Float32Array(table.memory.buffer, table.gradients, table.rows).set(gradients);
    new Float32Array(table.memory.buffer, table.hessians, table.rows).set(hessians);
    const { sizes, hessian } = this.#sum(0, count);
    const units = { gradient: sizes / MOST || 1, hessian: hessian / MOST || 1 };
    this.#rowKernels.quantize(
      table.gradients,
      table.hessians,
      table.rows,
      table.quantized,
      seed,
      1 / units.gradient,
      1 / units.hessian,
    );
    return units;
  }

  #root(count: number, units: Units, allowed: Uint8Array): OpenLeaf {
    const { memory, order, quantized, sums: place } = this.#table;
    this.#rowKernels.sumQuantized(order, count, quantized, place);
    const [gradient, hessian] = new Int32Array(memory.buffer, place, 2) as unknown as [number, number];
    const sums = { gradient: gradient * units.gradient, hessian: hessian * units.hessian, rows: count };
    const slot = this.#free.pop();
    const root = { node: 0, depth: 0, from: 0, to: count, sums, bounds: undefined, slot, asked: [] };
    this.#mail.allowed.set(this.#mayAsk([], allowed));
    const scratch = this.#table.slots - 1;
    writeTasks(this.#mail, units, [{ ...root, source: FROM_ROWS, slot: slot ?? scratch }]);
    this.#pool.search();
    return { ...root, split: readAnswer(this.#mail, this.#pool.workers, 0) };
  }

  #split(
    leaf: OpenLeaf,
    split: Split,
    node: number,
    units: Units,
    allowed: Uint8Array,
    more: boolean,
  ): [OpenLeaf, OpenLeaf] {
    const table = this.#table;
    const middle = leaf.from + this.#partition(leaf, split);
    const rightSums = less(leaf.sums, split.left);
    const bounds = childBounds(leaf, split, rightSums, this.#options, this.#monotone[split.column]!);
    const asked = [...new Set([...leaf.asked, split.column])];
    const common = { depth: leaf.depth + 1, asked, split: undefined, slot: undefined };
    const left = { ...common, node, from: leaf.from, to: middle, sums: split.left, bounds: bounds.left };
    const right = {
      ...common,
      node: node + 1,
      from: middle,
      to: leaf.to,
      sums: rightSums,
      bounds: bounds.right,
    };
    if (!more) {
      if (leaf.slot !== undefined) this.#free.push(leaf.slot);
      return [left, right];
    }
    const leftIsSmaller = split.left.rows <= rightSums.rows;
    const [small, large] = leftIsSmaller ? [left, right] : [right, left];
    const [spare, otherSpare] = [table.slots - 1, table.slots - 2];
    const smallSlot = this.#free.pop();
    const largeSlot = leaf.slot ?? this.#free.pop();
    const may = this.#mayAsk(asked, allowed);
    this.#mail.allowed.set(may);
    this.#mail.allowed.set(may, may.length);
    writeTasks(this.#mail, units, [
      { ...small, source: FROM_ROWS, slot: smallSlot ?? spare },
      { ...large, source: leaf.slot === undefined ? FROM_ROWS : FROM_PARENT, slot: largeSlot ?? otherSpare },
    ]);
    this.#pool.search();
    const opened = [
      { ...small, slot: smallSlot, split: readAnswer(this.#mail, this.#pool.workers, 0) },
      { ...large, slot: largeSlot, split: readAnswer(this.#mail, this.#pool.workers, 1) },
    ] as [OpenLeaf, OpenLeaf];
    return leftIsSmaller ? opened : [opened[1], opened[0]];
  }

  /** Sends the rows of a leaf to its children. @returns how many go left */
  #partition({ from, to }: OpenLeaf, { column, bin, bins: set, missingLeft }: Split): number {
    const { columns, rows, order, spare, goesLeft, bins } = this.#table;
    const of = bins[column]!;
    for (let b = 0; b < 256; b++) {
      const left = set ? hasBin(set, b) : of.kind === 'number' && b === of.missing ? missingLeft : b <= bin;
      this.#goesLeft[b] = left ? 1 : 0;
    }
    return this.#kernels.partition(order + 4 * from, to - from, columns + column * rows, goesLeft, spare);
  }

  #mayAsk(asked: readonly number[], allowed: Uint8Array): Uint8Array {
    const { interactions } = this.#options;
    if (!interactions || asked.length === 0) return allowed;
    const together = interactions.filter((group) => asked.every((column) => group.includes(column)));
    const may = new Set([...asked, ...together.flat()]);
    return allowed.map((value, column) => (may.has(column) ? value : 0));
  }
}

interface Units {
  readonly gradient: number;
  readonly hessian: number;
}

/** Which open leaf is split next. */
function next(open: readonly OpenLeaf[], growth: GrowOptions['growth']): number {
  let best = 0;
  for (let i = 1; i < open.length; i++) {
    const [a, b] = [open[i]!, open[best]!];
    const deeper = growth === 'level' ? a.depth - b.depth : 0;
    if (deeper < 0 || (deeper === 0 && (a.split?.gain ?? -1) > (b.split?.gain ?? -1))) best = i;
  }
  return best;
}

/** Children of a split by a monotone column answer on their side of the middle, and so does all that grows below them. */
function childBounds(leaf: OpenLeaf, split: Split, right: LeafSums, options: GrowOptions, monotone: number) {
  const { bounds } = leaf;
  if (monotone === 0) return { left: bounds, right: bounds };
  const middle = (leafValue(split.left, options, bounds) + leafValue(right, options, bounds)) / 2;
  const low = bounds?.low ?? Number.NEGATIVE_INFINITY;
  const high = bounds?.high ?? Number.POSITIVE_INFINITY;
  const [below, above] = [
    { low, high: middle },
    { low: middle, high },
  ];
  return monotone > 0 ? { left: below, right: above } : { left: above, right: below };
}

function treeOf(
  nodes: readonly (OpenLeaf & { left?: number; right?: number })[],
  bins: readonly Bins[],
): Tree {
  const size = nodes.length;
  const tree = {
    column: new Int32Array(size).fill(-1),
    threshold: new Float32Array(size),
    bins: new Array<Uint32Array | undefined>(size).fill(undefined),
    missingLeft: new Uint8Array(size),
    left: new Int32Array(size).fill(-1),
    right: new Int32Array(size).fill(-1),
    value: new Float64Array(size),
    gain: new Float64Array(size),
    cover: new Float64Array(size),
  };
  for (let node = 0; node < size; node++) {
    const { left, right, split } = nodes[node]!;
    if (left === undefined || right === undefined || !split) continue;
    const of = bins[split.column]!;
    tree.column[node] = split.column;
    // Beyond the last threshold: all numbers go left.
    if (of.kind === 'number') tree.threshold[node] = of.thresholds[split.bin] ?? Number.POSITIVE_INFINITY;
    tree.bins[node] = split.bins;
    tree.missingLeft[node] = split.missingLeft ? 1 : 0;
    [tree.left[node], tree.right[node]] = [left, right];
    tree.gain[node] = split.gain;
  }
  return tree;
}
