/** Rows as bins, a byte each, column by column in memory, and the trees that are added to their scores. */
import { MOST_WASM_PAGES, type SharedMemory, WASM_PAGE, WebAssembly } from '@gradus/base';
import { FINDER_BYTES, LEAF_BLOCK, LeafFinder } from '@gradus/engine';
import { BINNER_BYTES, Binner } from './binner.ts';
import type { Bins } from './bins.ts';
import { rowsOf, type TreeColumn } from './columns.ts';
import { hasBin, type Tree } from './tree.ts';

export interface BinnedTree {
  readonly tree: Tree;
  /** By node: numbers of bins up to this one go left; −1 for categories and leaves. */
  readonly lastBin: Int32Array;
}

/** Byte offsets in a memory. */
export interface BinnedRowsLayout {
  readonly memory: SharedMemory;
  readonly rows: number;
  readonly bins: readonly Bins[];
  /** [columns, rows], bytes, and room for a block of leaves behind them */
  readonly columns: number;
  /** FINDER_BYTES */
  readonly finder: number;
  /** [rows], bytes, in whole blocks of leaves */
  readonly leaves: number;
}

export class BinnedRows {
  readonly #layout: BinnedRowsLayout;
  readonly #finder: LeafFinder;

  constructor(layout: BinnedRowsLayout) {
    this.#layout = layout;
    this.#finder = new LeafFinder(layout.memory, layout.finder);
  }

  /** Rows in a memory of their own. */
  static of(columns: readonly TreeColumn[], bins: readonly Bins[]): BinnedRows {
    const rows = rowsOf(columns);
    const finder = LEAF_BLOCK; // No place is 0.
    const binner = finder + FINDER_BYTES;
    const leaves = binner + BINNER_BYTES;
    const place = leaves + rows + LEAF_BLOCK;
    const bytes = place + columns.length * rows + LEAF_BLOCK;
    const size = { initial: Math.ceil(bytes / WASM_PAGE), maximum: MOST_WASM_PAGES, shared: true } as const;
    const memory = new WebAssembly.Memory(size);
    const into = new Binner(memory, binner);
    for (const [i, column] of columns.entries()) into.fill(column, bins[i]!, 0, rows, place + i * rows);
    return new BinnedRows({ memory, rows, bins, columns: place, finder, leaves });
  }

  /** Adds a tree to the scores of one output. @param scores [rows, outputs] */
  add({ tree, lastBin }: BinnedTree, scores: Float64Array, outputs: number, output: number): void {
    const { memory, rows, bins, columns, leaves } = this.#layout;
    const encoded = this.#finder.encode(tree, rows, {
      lastBin: (node) => lastBin[node]!,
      missing: (column) => bins[column]!.count - 1,
    });
    if (!encoded) {
      this.#walk({ tree, lastBin }, scores, outputs, output);
      return;
    }
    this.#finder.find(encoded, columns, rows, leaves);
    const leafOf = new Uint8Array(memory.buffer, leaves, rows);
    const { values } = encoded;
    for (let row = 0; row < rows; row++) scores[row * outputs + output]! += values[leafOf[row]!]!;
  }

  /** The same, row by row. */
  #walk({ tree, lastBin }: BinnedTree, scores: Float64Array, outputs: number, output: number): void {
    const { memory, rows, bins, columns } = this.#layout;
    const goesLeft = Array.from(tree.column, (asked, node) => {
      if (asked < 0) return undefined;
      const set = tree.bins[node];
      const of = bins[asked]!;
      return Uint8Array.from({ length: 256 }, (_, bin) => {
        if (set) return hasBin(set, bin) ? 1 : 0;
        if (of.kind === 'number' && bin === of.missing) return tree.missingLeft[node]!;
        return bin <= lastBin[node]! ? 1 : 0;
      });
    });
    const asked = Array.from(tree.column, (at) =>
      at < 0 ? undefined : new Uint8Array(memory.buffer, columns + at * rows, rows),
    );
    for (let row = 0; row < rows; row++) {
      let node = 0;
      for (let bytes = asked[0]; bytes; bytes = asked[node]) {
        node = goesLeft[node]![bytes[row]!] === 1 ? tree.left[node]! : tree.right[node]!;
      }
      scores[row * outputs + output]! += tree.value[node]!;
    }
  }
}
