/**
 * Assembles modules of WebAssembly (W3C, WebAssembly Core Specification 2.0): loops over shared memory that run at the speed of
 * compiled code, where JavaScript's typed arrays check every access.
 *
 * Instructions are lists of bytes that are put one after another; `wasm` names them as the specification does. A module has one
 * memory, which it imports as host.memory and shares with other threads.
 */

/** The parts of the WebAssembly API that Gradus uses: Node's types have none of it. */
export interface SharedMemory {
  /** Another object after every growth. */
  readonly buffer: SharedArrayBuffer;
  /** @throws RangeError where there is no room */
  grow(pages: number): number;
}

interface WebAssemblyApi {
  readonly Memory: new (size: { initial: number; maximum: number; shared: true }) => SharedMemory;
  readonly Module: new (bytes: Uint8Array<ArrayBuffer>) => object;
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

export const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };

/** Bytes of a page of memory. */
export const WASM_PAGE = 65536;
/** Pages at most: what 32 bits can address. */
export const MOST_WASM_PAGES = 65536;

const TYPES = { i32: 0x7f, f32: 0x7d, f64: 0x7c, v128: 0x7b };
export type WasmType = keyof typeof TYPES;

export interface WasmFunction {
  readonly name: string;
  readonly parameters: readonly WasmType[];
  readonly result?: WasmType;
  /** Numbered after the parameters. */
  readonly locals: readonly WasmType[];
  readonly code: readonly number[];
}

/** Unsigned, in LEB128. */
function leb128(value: number): number[] {
  const bytes: number[] = [];
  let rest = value >>> 0;
  do {
    bytes.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>>= 7;
  } while (rest > 0);
  return bytes;
}

/** Signed, in LEB128. */
function signedLeb128(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value | 0; ; ) {
    const byte = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && !(byte & 0x40)) || (rest === -1 && byte & 0x40)) return [...bytes, byte];
    bytes.push(byte | 0x80);
  }
}

/** An access of memory: its opcode and alignment (as a power of two), then the offset that is added to the address. */
const access =
  (opcode: readonly number[], alignment: number) =>
  (offset = 0): number[] => [...opcode, alignment, ...leb128(offset)];
const VOID = 0x40;

/** Instructions by their names in the specification. */
export const wasm = {
  get: (local: number) => [0x20, ...leb128(local)],
  set: (local: number) => [0x21, ...leb128(local)],
  tee: (local: number) => [0x22, ...leb128(local)],
  /** Runs the body at least once, and again while it leaves a number that is not 0. */
  loop: (body: readonly number[]) => [0x03, VOID, ...body, 0x0d, 0, 0x0b],
  /** Ends the function with what is on the stack where a number is not 0. */
  returnIf: (condition: readonly number[], result: readonly number[]) => [
    ...condition,
    ...[0x04, VOID],
    ...result,
    ...[0x0f, 0x0b],
  ],
  ifElse: (condition: readonly number[], then: readonly number[], otherwise: readonly number[]) => [
    ...condition,
    ...[0x04, VOID],
    ...then,
    ...[0x05],
    ...otherwise,
    ...[0x0b],
  ],
  select: [0x1b],
  copyMemory: [0xfc, 0x0a, 0, 0],
  fillMemory: [0xfc, 0x0b, 0],
  i32: {
    const: (value: number) => [0x41, ...signedLeb128(value)],
    load: access([0x28], 2),
    load8u: access([0x2d], 0),
    store: access([0x36], 2),
    store8: access([0x3a], 0),
    add: [0x6a],
    sub: [0x6b],
    mul: [0x6c],
    shl: [0x74],
    shrU: [0x76],
    popcnt: [0x69],
    ltU: [0x49],
  },
  f64: {
    const: (value: number) => [0x44, ...new Uint8Array(Float64Array.of(value).buffer)],
    load: access([0x2b], 3),
    store: access([0x39], 3),
    abs: [0x99],
    add: [0xa0],
    promote: [0xbb],
  },
  f32: {
    const: (value: number) => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)],
    load: access([0x2a], 2),
    ne: [0x5c],
  },
  v128: {
    load: access([0xfd, 0x00], 4),
    load8Splat: access([0xfd, 0x07], 0),
    load32Splat: access([0xfd, 0x09], 2),
    load64Zero: access([0xfd, 0x5d], 3),
    store: access([0xfd, 0x0b], 4),
    and: [0xfd, 0x4e],
    or: [0xfd, 0x50],
    xor: [0xfd, 0x51],
    /** (yes, no, condition) */
    bitselect: [0xfd, 0x52],
    anyTrue: [0xfd, 0x53],
    /** Lanes 0 to 3 of the first vector, 4 to 7 of the second. */
    i32x4Shuffle: (...lanes: readonly [number, number, number, number]) => [
      ...[0xfd, 0x0d],
      ...lanes.flatMap((lane) => [0, 1, 2, 3].map((byte) => 4 * lane + byte)),
    ],
    /** The bytes of the first vector at the places in the second; 0 beyond 15. */
    i8x16Swizzle: [0xfd, 0x0e],
    i8x16Splat: [0xfd, 0x0f],
    /** Numbers of half as many bits, the largest or least there are where they do not fit. */
    i8x16NarrowI16x8S: [0xfd, 0x65],
    i16x8NarrowI32x4S: [0xfd, 0x85, 1],
    /** The signs of the bytes, as bits. */
    i8x16Bitmask: [0xfd, 0x64],
    i8x16Eq: [0xfd, 0x23],
    i8x16GtS: [0xfd, 0x27],
    i8x16ShrU: [0xfd, 0x6d],
    i8x16Sub: [0xfd, 0x71],
    i32x4Splat: [0xfd, 0x11],
    i32x4Const: (...lanes: readonly [number, number, number, number]) => [
      ...[0xfd, 0x0c],
      ...new Uint8Array(Int32Array.of(...lanes).buffer),
    ],
    i32x4Add: [0xfd, 0xae, 1],
    i32x4Sub: [0xfd, 0xb1, 1],
    i32x4Mul: [0xfd, 0xb5, 1],
    i32x4ShrU: [0xfd, 0xad, 1],
    /** Of the first two lanes; the others become 0. */
    i32x4TruncF64x2: [0xfd, 0xfc, 1],
    i32x4Gt: [0xfd, 0x3b],
    f32x4Splat: [0xfd, 0x13],
    f32x4Gt: [0xfd, 0x44],
    f32x4Add: [0xfd, 0xe4, 1],
    f32x4Mul: [0xfd, 0xe6, 1],
    f32x4ConvertI32x4: [0xfd, 0xfa, 1],
    f64x2Splat: [0xfd, 0x14],
    /** Of the first two lanes. */
    f64x2PromoteF32x4: [0xfd, 0x5f],
    f64x2ConvertI32x4U: [0xfd, 0xff, 1],
    f64x2Floor: [0xfd, 0x75],
    f64x2Nearest: [0xfd, 0x94, 1],
    f64x2Add: [0xfd, 0xf0, 1],
    f64x2Sub: [0xfd, 0xf1, 1],
    f64x2Mul: [0xfd, 0xf2, 1],
    f64x2Min: [0xfd, 0xf4, 1],
    f64x2Max: [0xfd, 0xf5, 1],
    i64x2Shl: [0xfd, 0xcb, 1],
  },
};

const SECTIONS = { types: 1, imports: 2, functions: 3, exports: 7, code: 10 };
const [FUNCTION, MEMORY, SHARED_WITH_MAXIMUM, END] = [0x60, 2, 3, 0x0b];

const list = (items: readonly (readonly number[])[]) => [...leb128(items.length), ...items.flat()];
const sized = (bytes: readonly number[]) => [...leb128(bytes.length), ...bytes];
const section = (id: number, bytes: readonly number[]) => [id, ...sized(bytes)];
const text = (name: string) => sized([...new TextEncoder().encode(name)]);
const types = (names: readonly WasmType[]) => list(names.map((name) => [TYPES[name]]));

/** The bytes of a module that imports the memory host.memory and exports the functions. */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(
      SECTIONS.types,
      list(
        functions.map(({ parameters, result }) => [
          FUNCTION,
          ...types(parameters),
          ...types(result ? [result] : []),
        ]),
      ),
    ),
    ...section(
      SECTIONS.imports,
      list([
        [
          ...text('host'),
          ...text('memory'),
          MEMORY,
          SHARED_WITH_MAXIMUM,
          ...leb128(1),
          ...leb128(MOST_WASM_PAGES),
        ],
      ]),
    ),
    ...section(SECTIONS.functions, list(functions.map((_, i) => leb128(i)))),
    ...section(SECTIONS.exports, list(functions.map(({ name }, i) => [...text(name), 0, ...leb128(i)]))),
    ...section(
      SECTIONS.code,
      list(
        functions.map(({ locals, code }) =>
          sized([...list(locals.map((type) => [1, TYPES[type]])), ...code, END]),
        ),
      ),
    ),
  ]);
}
