/**
 * Sorts numbers into bins, as WebAssembly: a number's bin is how many thresholds are below it. It is first compared with each
 * sixteenth of them, then with the sixteen among which it lies, four at a time.
 */
import { type SharedMemory, WebAssembly, wasm, wasmModule } from '@gradus/base';

/** Thresholds at most: bins are bytes, and one may be for what is missing. */
export const MOST_THRESHOLDS = 255;
/** As the kernel takes them: filled up with infinity, then each sixteenth. */
const [PADDED_THRESHOLDS, THRESHOLD_GROUP] = [256, 16] as const;
/** Values that are sorted at a time. */
const CHUNK = 4096;
const THRESHOLDS = 4 * CHUNK;
/** What sorting takes of a memory. */
export const THRESHOLD_BINS_BYTES =
  THRESHOLDS + 4 * (PADDED_THRESHOLDS + PADDED_THRESHOLDS / THRESHOLD_GROUP);

const { get, set, loop, i32, f32, v128 } = wasm;

const BIN = (() => {
  const [values, count, thresholds, missing, bins, end, group] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [value, ...lasts] = [7, 8, 9, 10, 11] as const;
  /** How many of sixteen numbers are below the value. */
  const below = (number: (i: number) => readonly number[]) => {
    const compared = [0, 1, 2, 3].map((i) => [...get(value), ...number(i), ...v128.f32x4Gt]);
    return [
      ...[...compared[0]!, ...compared[1]!, ...v128.i16x8NarrowI32x4S],
      ...[...compared[2]!, ...compared[3]!, ...v128.i16x8NarrowI32x4S],
      ...[...v128.i8x16NarrowI16x8S, ...v128.i8x16Bitmask, ...i32.popcnt],
    ];
  };
  return {
    name: 'bin',
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
    locals: ['i32', 'i32', 'v128', 'v128', 'v128', 'v128', 'v128'],
    code: [
      ...[...get(values), ...get(count), ...i32.const(2), ...i32.shl, ...i32.add, ...set(end)],
      ...lasts.flatMap((last, i) => [
        ...[...get(thresholds), ...v128.load(4 * PADDED_THRESHOLDS + 16 * i), ...set(last)],
      ]),
      ...loop([
        ...[...get(values), ...v128.load32Splat(), ...set(value)],
        ...[...below((i) => get(lasts[i]!)), ...i32.const(4), ...i32.shl, ...set(group)],
        ...get(bins),
        ...get(missing),
        ...below((i) => [
          ...[...get(thresholds), ...get(group), ...i32.const(2), ...i32.shl, ...i32.add],
          ...v128.load(16 * i),
        ]),
        ...[...get(group), ...i32.add],
        ...[...get(values), ...f32.load(), ...get(values), ...f32.load(), ...f32.ne],
        ...[...wasm.select, ...i32.store8()],
        ...[...get(bins), ...i32.const(1), ...i32.add, ...set(bins)],
        ...[...get(values), ...i32.const(4), ...i32.add, ...set(values)],
        ...[...get(values), ...get(end), ...i32.ltU],
      ]),
    ],
  } as const;
})();

type Bin = (values: number, count: number, thresholds: number, missing: number, bins: number) => void;

export class ThresholdBins {
  readonly #place: number;
  readonly #bin: Bin;
  readonly #chunk: Float32Array;
  readonly #thresholds: Float32Array;
  readonly #sixteenths: Float32Array;

  /** @param place of THRESHOLD_BINS_BYTES */
  constructor(memory: SharedMemory, place: number) {
    const module = new WebAssembly.Module(wasmModule([BIN]));
    this.#bin = (new WebAssembly.Instance(module, { host: { memory } }).exports as { bin: Bin }).bin;
    this.#place = place;
    this.#chunk = new Float32Array(memory.buffer, place, CHUNK);
    const thresholds = place + THRESHOLDS;
    this.#thresholds = new Float32Array(memory.buffer, thresholds, PADDED_THRESHOLDS);
    this.#sixteenths = new Float32Array(
      memory.buffer,
      thresholds + 4 * PADDED_THRESHOLDS,
      PADDED_THRESHOLDS / THRESHOLD_GROUP,
    );
  }

  /**
   * Writes the bins of some numbers, a byte each.
   *
   * @param values in steps of `stride` from `from` on, `count` of them; compared as float32
   * @param thresholds ascending, at most MOST_THRESHOLDS
   * @param missing the bin of NaN
   * @param into place of the bytes
   */
  write(
    values: ArrayLike<number>,
    from: number,
    stride: number,
    count: number,
    thresholds: Float32Array,
    missing: number,
    into: number,
  ): void {
    this.#thresholds.fill(Number.POSITIVE_INFINITY).set(thresholds);
    for (let i = 0; i < this.#sixteenths.length; i++) {
      this.#sixteenths[i] = this.#thresholds[(i + 1) * THRESHOLD_GROUP - 1]!;
    }
    for (let at = 0; at < count; at += CHUNK) {
      const size = Math.min(CHUNK, count - at);
      const first = from + at * stride;
      if (stride === 1 && values instanceof Float32Array)
        this.#chunk.set(values.subarray(first, first + size));
      else for (let i = 0; i < size; i++) this.#chunk[i] = values[first + i * stride]!;
      this.#bin(this.#place, size, this.#place + THRESHOLDS, missing, into + at);
    }
  }
}
