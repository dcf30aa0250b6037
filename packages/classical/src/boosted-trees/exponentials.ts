/**
 * e to many numbers at once, as WebAssembly: two at a time, by the power of two next to the number and the Taylor series of what
 * is left (Cody and Waite, 1980). Within two units in the last place of float64, and the same on every machine.
 */
import { WASM_PAGE, WebAssembly, wasm, wasmModule } from '@gradus/base';

/** Numbers that are taken at a time. */
export const EXPONENTIALS = WASM_PAGE / 8;

/** Numbers beyond which e to them is no normal float64. */
const [LOWEST, HIGHEST] = [-708, 709];
/** ln 2 in two parts: multiples of the first are exact. */
const [LN2_HIGH, LN2_LOW] = [0.6931471803691238, 1.9082149292705877e-10];
const DEGREE = 13;
/** 2^52, to which whole numbers are added to stand in the lowest bits, and the bias of a float64's exponent. */
const [INTO_BITS, BIAS, MANTISSA_BITS] = [2 ** 52, 1023, 52];

const { get, set, tee, loop, i32, f64, v128 } = wasm;
/** 1 / 0!, 1 / 1!, … */
const SERIES = Array.from({ length: DEGREE + 1 }, () => 1);
for (let i = 1; i <= DEGREE; i++) SERIES[i] = SERIES[i - 1]! / i;
const CONSTANTS = [LOWEST, HIGHEST, Math.LOG2E, LN2_HIGH, LN2_LOW, INTO_BITS + BIAS, ...SERIES];

const EXPONENTIATE = (() => {
  const [place, end, x, power, constants] = [0, 1, 2, 3, 4] as const;
  const constant = (value: number) => get(constants + CONSTANTS.indexOf(value));
  // Horner's scheme.
  const series = SERIES.toReversed().flatMap((factor, i) =>
    i === 0 ? constant(factor) : [...get(x), ...v128.f64x2Mul, ...constant(factor), ...v128.f64x2Add],
  );
  return {
    name: 'exponentiate',
    parameters: ['i32', 'i32'],
    locals: ['v128', 'v128', ...CONSTANTS.map(() => 'v128' as const)],
    code: [
      ...CONSTANTS.flatMap((value, i) => [...f64.const(value), ...v128.f64x2Splat, ...set(constants + i)]),
      ...loop([
        ...[...get(place), ...v128.load(), ...constant(LOWEST), ...v128.f64x2Max],
        ...[...constant(HIGHEST), ...v128.f64x2Min, ...tee(x)],
        ...[...get(x), ...constant(Math.LOG2E), ...v128.f64x2Mul, ...v128.f64x2Nearest, ...tee(power)],
        ...[...constant(LN2_HIGH), ...v128.f64x2Mul, ...v128.f64x2Sub],
        ...[...get(power), ...constant(LN2_LOW), ...v128.f64x2Mul, ...v128.f64x2Sub, ...set(x)],
        ...[...get(place), ...series],
        ...[...get(power), ...constant(INTO_BITS + BIAS), ...v128.f64x2Add],
        ...[...i32.const(MANTISSA_BITS), ...v128.i64x2Shl, ...v128.f64x2Mul, ...v128.store()],
        ...[...get(place), ...i32.const(16), ...i32.add, ...tee(place), ...get(end), ...i32.ltU],
      ]),
    ],
  } as const;
})();

interface Exponentials {
  /** Room for EXPONENTIALS numbers. */
  readonly values: Float64Array;
  /** Replaces the first numbers by e to them; beyond float64, by the least or the largest there is of it. */
  exponentiate(count: number): void;
}

let instance: Exponentials | undefined;

/** One for the thread: what is in it is gone with the next who takes it. */
export function exponentials(): Exponentials {
  if (instance) return instance;
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 65536, shared: true });
  const module = new WebAssembly.Module(wasmModule([EXPONENTIATE]));
  const { exponentiate } = new WebAssembly.Instance(module, { host: { memory } }).exports as {
    exponentiate(place: number, end: number): void;
  };
  instance = {
    values: new Float64Array(memory.buffer, 0, EXPONENTIALS),
    exponentiate: (count) => exponentiate(0, 8 * count),
  };
  return instance;
}
