/**
 * The loops in which boosting spends its time, as WebAssembly.
 *
 * A histogram has four whole numbers a bin: the sums of the quantized gradients and second derivatives of the rows in it, how
 * many they are, and nothing; one vector instruction adds a row. Sums of whole numbers are exact, so they are the same in any
 * order and on any number of threads, and one child's histogram is its parent's less the other child's (Ke et al., LightGBM, 2017;
 * quantized gradients: Shi et al., 2022).
 */
import { type SharedMemory, WebAssembly, wasm, wasmModule } from '@gradus/base';

/** Bytes of a bin of a histogram: gradient, second derivative, rows, unused; int32 each. */
export const BIN_BYTES = 16;
/** Bytes of a row's quantized gradient and second derivative, int32 each. */
export const ROW_BYTES = 8;
/** Places are byte offsets in the memory, rows are int32. */
export interface Kernels {
  /** Writes a column into a table of rows: byte i goes to `table + i · width`. */
  scatter(column: number, count: number, table: number, width: number): void;
  /** Writes 0. */
  clear(place: number, bytes: number): void;
  /** Histogram a ← a − b. */
  subtract(a: number, b: number, bytes: number): void;
  /**
   * Moves rows whose bin goes left to the front, both sides in their order.
   *
   * @param column One byte a row of the table @param goesLeft 256 bytes, 1 for each bin that goes left
   * @param spare Room for as many rows
   * @returns how many go left
   */
  partition(rows: number, count: number, column: number, goesLeft: number, spare: number): number;
}

/** Adds rows to the histograms of some columns, whose bins lie beside each other in `table`. */
export type AddRows = (
  rows: number,
  end: number,
  gradients: number,
  table: number,
  histograms: number,
) => void;

const { get, set, tee, loop, ifElse, i32, v128, select } = wasm;

const next = (local: number, step: number) => [...get(local), ...i32.const(step), ...i32.add, ...set(local)];

const SCATTER = {
  name: 'scatter',
  parameters: ['i32', 'i32', 'i32', 'i32'],
  locals: ['i32'],
  code: [
    ...get(0),
    ...get(1),
    ...i32.add,
    ...set(4),
    ...loop([
      ...get(2),
      ...get(0),
      ...i32.load8u(),
      ...i32.store8(),
      ...get(2),
      ...get(3),
      ...i32.add,
      ...set(2),
      ...next(0, 1),
      ...get(0),
      ...get(4),
      ...i32.ltU,
    ]),
  ],
} as const;

const CLEAR = {
  name: 'clear',
  parameters: ['i32', 'i32'],
  locals: [],
  code: [...get(0), ...i32.const(0), ...get(1), ...wasm.fillMemory],
} as const;

const SUBTRACT = {
  name: 'subtract',
  parameters: ['i32', 'i32', 'i32'],
  locals: ['i32'],
  code: [
    ...get(0),
    ...get(2),
    ...i32.add,
    ...set(3),
    ...loop([
      ...get(0),
      ...get(0),
      ...v128.load(),
      ...get(1),
      ...v128.load(),
      ...v128.i32x4Sub,
      ...v128.store(),
      ...next(1, 16),
      ...next(0, 16),
      ...get(0),
      ...get(3),
      ...i32.ltU,
    ]),
  ],
} as const;

const PARTITION = (() => {
  const [rows, count, column, goesLeft, spare] = [0, 1, 2, 3, 4] as const;
  const [end, left, right, row, side, start] = [5, 6, 7, 8, 9, 10] as const;
  return {
    name: 'partition',
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
    result: 'i32',
    locals: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    code: [
      ...get(rows),
      ...tee(left),
      ...tee(start),
      ...get(count),
      ...i32.const(2),
      ...i32.shl,
      ...i32.add,
      ...set(end),
      ...get(spare),
      ...set(right),
      // Each row is written to both sides, and one side moves on: no jump that the processor would have to guess.
      ...loop([
        ...get(left),
        ...get(rows),
        ...i32.load(),
        ...tee(row),
        ...i32.store(),
        ...get(right),
        ...get(row),
        ...i32.store(),
        ...get(column),
        ...get(row),
        ...i32.add,
        ...i32.load8u(),
        ...get(goesLeft),
        ...i32.add,
        ...i32.load8u(),
        ...i32.const(2),
        ...i32.shl,
        ...tee(side),
        ...get(left),
        ...i32.add,
        ...set(left),
        ...get(right),
        ...i32.const(4),
        ...i32.add,
        ...get(side),
        ...i32.sub,
        ...set(right),
        ...next(rows, 4),
        ...get(rows),
        ...get(end),
        ...i32.ltU,
      ]),
      ...get(left),
      ...get(spare),
      ...get(right),
      ...get(spare),
      ...i32.sub,
      ...wasm.copyMemory,
      ...get(left),
      ...get(start),
      ...i32.sub,
      ...i32.const(2),
      ...i32.shrU,
    ],
  } as const;
})();

/** Rows that are read ahead where their bins are so many bytes apart. */
const [AHEAD, FAR] = [64, 128] as const;

/**
 * @param offsets Of the columns' histograms, in bytes from the start of the leaf's, in the order of the columns in the table
 * @returns the bytes of a module that exports `addRows`
 */
function addRowsFunction(offsets: readonly number[]) {
  const [rows, end, gradients, table, histograms, row, bins, place, block, ahead, touched, sums] = [
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  ] as const;
  const width = offsets.length;
  const binsOf = [...i32.const(width), ...i32.mul, ...get(table), ...i32.add];
  const gradientsOf = [...i32.const(Math.log2(ROW_BYTES)), ...i32.shl, ...get(gradients), ...i32.add];
  const touch = (last: number) => [...i32.load8u(last), ...get(touched), ...i32.add, ...set(touched)];
  return {
    name: 'addRows',
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
    locals: ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'v128'],
    code: loop([
      ...[...get(rows), ...i32.const(4 * AHEAD), ...i32.add, ...tee(block)],
      ...[...get(end), ...get(block), ...get(end), ...i32.ltU, ...select, ...set(block)],
      // Reads of rows that lie far apart overlap here, where nothing else stands between them; the processor guesses others.
      ...ifElse(
        [
          ...[
            ...i32.const(Math.ceil(FAR / width) * AHEAD),
            ...get(block),
            ...i32.const(4),
            ...i32.sub,
            ...i32.load(),
          ],
          ...[...get(rows), ...i32.load(), ...i32.sub, ...i32.ltU],
        ],
        [
          ...[...get(rows), ...set(ahead)],
          ...loop([
            ...[...get(ahead), ...i32.load(), ...tee(row), ...gradientsOf, ...touch(0)],
            ...[...get(row), ...binsOf, ...tee(bins), ...touch(0), ...get(bins), ...touch(width - 1)],
            ...[...next(ahead, 4), ...get(ahead), ...get(block), ...i32.ltU],
          ]),
          ...[...i32.const(0), ...get(touched), ...i32.store()],
        ],
        [],
      ),
      ...loop([
        ...[...get(rows), ...i32.load(), ...tee(row), ...binsOf, ...set(bins)],
        ...[...get(row), ...gradientsOf, ...v128.load64Zero()],
        ...[...v128.i32x4Const(0, 0, 1, 0), ...v128.i32x4Add, ...set(sums)],
        ...offsets.flatMap((offset, i) => [
          ...[...get(bins), ...i32.load8u(i), ...i32.const(Math.log2(BIN_BYTES)), ...i32.shl],
          ...[...get(histograms), ...i32.add, ...tee(place)],
          ...[...get(place), ...v128.load(offset), ...get(sums), ...v128.i32x4Add, ...v128.store(offset)],
        ]),
        ...[...next(rows, 4), ...get(rows), ...get(block), ...i32.ltU],
      ]),
      ...[...get(rows), ...get(end), ...i32.ltU],
    ]),
  } as const;
}

const instantiate = <T>(bytes: Uint8Array<ArrayBuffer>, memory: SharedMemory): T =>
  new WebAssembly.Instance(new WebAssembly.Module(bytes), { host: { memory } }).exports as T;

export const kernels = (memory: SharedMemory): Kernels =>
  instantiate(wasmModule([SCATTER, CLEAR, SUBTRACT, PARTITION]), memory);

/** The loop for columns whose histograms lie at these offsets; compiled once for each table. */
export const addRows = (memory: SharedMemory, offsets: readonly number[]): AddRows =>
  instantiate<{ addRows: AddRows }>(wasmModule([addRowsFunction(offsets)]), memory).addRows;
