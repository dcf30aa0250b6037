/**
 * A table of bins in memory that threads share, with the room that growing a tree takes.
 *
 * Bins stand there twice: column by column, for sending rows left or right, and row by row within groups of columns, for adding
 * rows to histograms. A group's histograms stay in the processor's second cache, and one thread at a time has it.
 */
import { MOST_WASM_PAGES, UserError, WASM_PAGE, WebAssembly } from '@gradus/base';
import { FINDER_BYTES, LEAF_BLOCK } from '@gradus/engine';
import type { BinnedRowsLayout } from './binned-rows.ts';
import { BINNER_BYTES, Binner } from './binner.ts';
import type { Bins } from './bins.ts';
import type { TreeColumn } from './columns.ts';
import { BIN_BYTES, kernels, ROW_BYTES } from './kernels.ts';
import { SCAN_BYTES } from './promising-bins.ts';
import { SUM_BYTES } from './row-kernels.ts';

/** Neighbouring columns, whose histograms one thread makes. */
export interface ColumnGroup {
  readonly first: number;
  readonly count: number;
  /** Of the bins, row by row. */
  readonly place: number;
}

/** Where everything lies: byte offsets in the memory. */
export interface TableLayout extends BinnedRowsLayout {
  readonly groups: readonly ColumnGroup[];
  /** [rows] each, float32: the derivatives of the output that a tree is grown for */
  readonly gradients: number;
  readonly hessians: number;
  /** Room for the sums of some. */
  readonly sums: number;
  /** [rows, 2], int32: both, quantized */
  readonly quantized: number;
  /** [rows], int32: the rows of each leaf beside each other */
  readonly order: number;
  /** As many again, for moving them. */
  readonly spare: number;
  /** 256 bytes: the bins that go left in the split that is being made */
  readonly goesLeft: number;
  /** SCAN_BYTES a thread */
  readonly scans: number;
  /** Of histograms, `leafBytes` each. */
  readonly histograms: number;
  readonly slots: number;
  /** Bytes of the histograms of one leaf. */
  readonly leafBytes: number;
  /** By column, from the start of the leaf's. */
  readonly histogramOf: readonly number[];
}

/** Columns whose histograms are made together at most: 32 × 255 bins of 16 bytes are 128 kB. */
const WIDEST_GROUP = 32;
/** Histograms are kept up to so many bytes; beyond them, some are made twice. */
const HISTOGRAM_BYTES = 2 ** 29;
/** Histograms that a split needs at once, whether they are kept or not. */
const FEWEST_SLOTS = 3;
const CACHE_LINE = 64;

/**
 * @param leaves that a tree has at most
 * @param threads which share the columns
 * @throws UserError where the table needs more than 4 GiB
 */
export function binnedTable(
  columns: readonly TreeColumn[],
  bins: readonly Bins[],
  rows: number,
  leaves: number,
  threads: number,
): TableLayout {
  let end = WASM_PAGE; // The first page stays empty, so that no place is 0.
  const reserve = (bytes: number): number => {
    const place = end;
    end = place + Math.ceil(bytes / CACHE_LINE) * CACHE_LINE;
    return place;
  };
  const histogramOf: number[] = [];
  let leafBytes = 0;
  for (const { count } of bins) {
    histogramOf.push(leafBytes);
    leafBytes += count * BIN_BYTES;
  }
  const slots = Math.max(FEWEST_SLOTS, Math.min(leaves + 1, Math.floor(HISTOGRAM_BYTES / leafBytes)));
  const layout = {
    rows,
    bins,
    columns: reserve(columns.length * rows),
    groups: groupsOf(columns.length, threads).map((group) => ({
      ...group,
      place: reserve(group.count * rows),
    })),
    gradients: reserve((rows + 1) * 4),
    hessians: reserve((rows + 1) * 4),
    sums: reserve(SUM_BYTES),
    quantized: reserve((rows + 1) * ROW_BYTES),
    order: reserve(rows * 4),
    spare: reserve(rows * 4 + 4),
    goesLeft: reserve(256),
    finder: reserve(FINDER_BYTES),
    leaves: reserve(rows + LEAF_BLOCK),
    scans: reserve(threads * SCAN_BYTES),
    histograms: reserve(slots * leafBytes),
    slots,
    leafBytes,
    histogramOf,
  };
  const binner = reserve(BINNER_BYTES);
  const pages = Math.ceil(end / WASM_PAGE);
  if (pages > MOST_WASM_PAGES) throw tooLarge(rows, columns.length);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: MOST_WASM_PAGES, shared: true });
  const table = { ...layout, memory };
  fill(table, columns, binner);
  return table;
}

function groupsOf(columns: number, threads: number): { first: number; count: number }[] {
  const width = Math.min(WIDEST_GROUP, Math.ceil(columns / threads));
  const groups = Math.ceil(columns / width);
  return Array.from({ length: groups }, (_, i) => {
    const first = Math.round((i * columns) / groups);
    return { first, count: Math.round(((i + 1) * columns) / groups) - first };
  });
}

function fill(table: TableLayout, columns: readonly TreeColumn[], binner: number): void {
  const { memory, rows, bins, groups } = table;
  const { scatter } = kernels(memory);
  const into = new Binner(memory, binner);
  for (const [i, column] of columns.entries()) into.fill(column, bins[i]!, 0, rows, table.columns + i * rows);
  for (const { first, count, place } of groups) {
    for (let i = 0; i < count; i++) scatter(table.columns + (first + i) * rows, rows, place + i, count);
  }
}

const tooLarge = (rows: number, columns: number) =>
  new UserError({
    en: `A table of ${rows} rows and ${columns} columns does not fit into the 4 GiB that trees are grown in. Learn from a sample of the rows, or leave columns out.`,
    zh: `${rows} 行 × ${columns} 列的表放不进树模型训练可用的 4 GiB 内存。请抽取部分行，或去掉一些列。`,
  });
