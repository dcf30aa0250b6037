/** What boosting does to the derivatives of all rows for each tree, as WebAssembly. */
import { type SharedMemory, WebAssembly, wasm, wasmModule } from '@gradus/base';
import { ROW_BYTES } from './kernels.ts';

/** Places are byte offsets in the memory; rows are int32, derivatives float32, and all have room for a row more. */
export interface RowKernels {
  /** Writes the numbers from 0 up. @param count at least 1 */
  enumerate(rows: number, count: number): void;
  /**
   * Writes whole numbers for derivatives, rounded up or down by chance so that sums have no bias.
   *
   * @param quantized [count, 2] @param seed of the chance
   * @param perGradient whole numbers a unit
   */
  quantize(
    gradients: number,
    hessians: number,
    count: number,
    quantized: number,
    seed: number,
    perGradient: number,
    perHessian: number,
  ): void;
  /** Writes the sums over some rows: of the gradients' sizes, the gradients and the second derivatives; float64. */
  sum(rows: number, count: number, gradients: number, hessians: number, into: number): void;
  /** Writes the sums of the quantized ones, int32. */
  sumQuantized(rows: number, count: number, quantized: number, into: number): void;
}

/** What `sum` writes. */
export const SUM_BYTES = 3 * 8;

const { get, set, tee, loop, i32, f32, f64, v128 } = wasm;
type Code = readonly number[];

const step = (local: number, bytes: number): Code => [
  ...get(local),
  ...i32.const(bytes),
  ...i32.add,
  ...set(local),
];
/** The end of an array of int32. */
const endOf = (place: number, count: number): Code => [
  ...[...get(place), ...get(count), ...i32.const(2), ...i32.shl, ...i32.add],
];
const below = (a: number, b: number): Code => [...get(a), ...get(b), ...i32.ltU];
/** For each row: its number times the bytes of a row stands in a local. */
const eachRow = (rows: number, end: number, offset: number, shift: number, body: Code): Code =>
  loop([
    ...[...get(rows), ...i32.load(), ...i32.const(shift), ...i32.shl, ...set(offset)],
    ...body,
    ...step(rows, 4),
    ...below(rows, end),
  ]);

const ENUMERATE = (() => {
  const [rows, count, end, numbers] = [0, 1, 2, 3] as const;
  return {
    name: 'enumerate',
    parameters: ['i32', 'i32'],
    locals: ['i32', 'v128'],
    code: [
      ...[...endOf(rows, count), ...set(end)],
      ...[...v128.i32x4Const(0, 1, 2, 3), ...set(numbers)],
      ...loop([
        ...[...get(rows), ...get(numbers), ...v128.store()],
        ...[...get(numbers), ...v128.i32x4Const(4, 4, 4, 4), ...v128.i32x4Add, ...set(numbers)],
        ...step(rows, 16),
        ...below(rows, end),
      ]),
    ],
  } as const;
})();

/** Two rows at once. */
const QUANTIZE = (() => {
  const [gradients, hessians, count, quantized, seed, perGradient, perHessian] = [
    0, 1, 2, 3, 4, 5, 6,
  ] as const;
  const [end, numbers, chance] = [7, 8, 9] as const;
  const mixed = (shift: number): Code => [
    ...tee(chance),
    ...[...get(chance), ...i32.const(shift), ...v128.i32x4ShrU, ...v128.xor],
  ];
  const times = (factor: number): Code => [
    ...v128.i32x4Const(factor, factor, factor, factor),
    ...v128.i32x4Mul,
  ];
  const whole = (place: number, per: number, bits: Code): Code => [
    ...[...get(place), ...v128.load64Zero(), ...v128.f64x2PromoteF32x4],
    ...[...get(per), ...v128.f64x2Splat, ...v128.f64x2Mul],
    ...[...get(chance), ...bits, ...v128.f64x2ConvertI32x4U],
    ...[...f64.const(2 ** -16), ...v128.f64x2Splat, ...v128.f64x2Mul],
    ...[...v128.f64x2Add, ...v128.f64x2Floor, ...v128.i32x4TruncF64x2],
  ];
  return {
    name: 'quantize',
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32', 'f64', 'f64'],
    locals: ['i32', 'v128', 'v128'],
    code: [
      ...[...endOf(gradients, count), ...set(end)],
      ...[...v128.i32x4Const(0, 1, 0, 0), ...set(numbers)],
      ...loop([
        // The row's number and the seed, mixed (the finalizer of MurmurHash3, Austin Appleby).
        ...[...get(numbers), ...get(seed), ...v128.i32x4Splat, ...v128.xor],
        ...[...mixed(16), ...times(0x85ebca6b | 0), ...mixed(13), ...times(0xc2b2ae35 | 0), ...mixed(16)],
        ...set(chance),
        ...get(quantized),
        ...whole(gradients, perGradient, [...v128.i32x4Const(0xffff, 0xffff, 0, 0), ...v128.and]),
        ...whole(hessians, perHessian, [...i32.const(16), ...v128.i32x4ShrU]),
        ...[...v128.i32x4Shuffle(0, 4, 1, 5), ...v128.store()],
        ...[...get(numbers), ...v128.i32x4Const(2, 2, 0, 0), ...v128.i32x4Add, ...set(numbers)],
        ...[...step(quantized, 2 * ROW_BYTES), ...step(hessians, 8), ...step(gradients, 8)],
        ...below(gradients, end),
      ]),
    ],
  } as const;
})();

const SUM = (() => {
  const [rows, count, gradients, hessians, into, end, offset, gradient] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const [sizes, sum, hessian] = [8, 9, 10] as const;
  const at = (place: number): Code => [
    ...get(place),
    ...get(offset),
    ...i32.add,
    ...f32.load(),
    ...f64.promote,
  ];
  return {
    name: 'sum',
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
    locals: ['i32', 'i32', 'f64', 'f64', 'f64', 'f64'],
    code: [
      ...[...endOf(rows, count), ...set(end)],
      ...eachRow(rows, end, offset, 2, [
        ...[...at(gradients), ...tee(gradient), ...get(sum), ...f64.add, ...set(sum)],
        ...[...get(gradient), ...f64.abs, ...get(sizes), ...f64.add, ...set(sizes)],
        ...[...at(hessians), ...get(hessian), ...f64.add, ...set(hessian)],
      ]),
      ...[sizes, sum, hessian].flatMap((value, i) => [...get(into), ...get(value), ...f64.store(8 * i)]),
    ],
  } as const;
})();

const SUM_QUANTIZED = (() => {
  const [rows, count, quantized, into, end, offset, sums] = [0, 1, 2, 3, 4, 5, 6] as const;
  return {
    name: 'sumQuantized',
    parameters: ['i32', 'i32', 'i32', 'i32'],
    locals: ['i32', 'i32', 'v128'],
    code: [
      ...[...endOf(rows, count), ...set(end)],
      ...eachRow(rows, end, offset, Math.log2(ROW_BYTES), [
        ...[...get(quantized), ...get(offset), ...i32.add, ...v128.load64Zero()],
        ...[...get(sums), ...v128.i32x4Add, ...set(sums)],
      ]),
      ...[...get(into), ...get(sums), ...v128.store()],
    ],
  } as const;
})();

export function rowKernels(memory: SharedMemory): RowKernels {
  const module = new WebAssembly.Module(wasmModule([ENUMERATE, QUANTIZE, SUM, SUM_QUANTIZED]));
  return new WebAssembly.Instance(module, { host: { memory } }).exports as unknown as RowKernels;
}
