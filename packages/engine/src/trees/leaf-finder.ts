/**
 * The leaves that many rows end in, as WebAssembly: all questions of a tree are put to a block of rows at once, and from the last
 * node up to the root each row gets the leaf of the child that it goes to. Sixteen rows fit into a vector, so that 30 questions
 * cost less than the five jumps of a row through a tree, none of which the processor can guess.
 *
 * Bins are bytes. A number goes right where its bin is in a range of `width` bins from `low`, which is one subtraction and one
 * comparison, what is missing included; a category goes left where its bin is in a set of 256 bits.
 */
import { type SharedMemory, WebAssembly, wasm, wasmModule } from '@gradus/base';

/** Leaves of a tree at most: their numbers are bytes. */
export const MOST_LEAVES = 256;
/** Rows of a block. */
export const LEAF_BLOCK = 64;
/** A node: places of its column, its children's leaves, its own leaves and its set, then `low` and `width`, and the set. */
const [COLUMN, LEFT, RIGHT, OWN, SET, LOW, WIDTH, BITS, NODE_BYTES] = [
  0, 4, 8, 12, 16, 20, 21, 32, 64,
] as const;
/** Signed bytes are compared. */
const SIGN = 128;

/** Of the nodes of a tree, the leaves of a block at each of them, and the numbers of the leaves. */
const [NODES, OWN_LEAVES, LEAF_NUMBERS] = [
  0,
  MOST_LEAVES * NODE_BYTES,
  MOST_LEAVES * (NODE_BYTES + LEAF_BLOCK),
];
/** What finding leaves takes beside the rows. */
export const FINDER_BYTES = MOST_LEAVES * (NODE_BYTES + 2 * LEAF_BLOCK);

const { get, set, loop, ifElse, i32, f64, v128 } = wasm;
type Code = readonly number[];

const FIND = (() => {
  const [nodes, last, columns, end, leaves] = [0, 1, 2, 3, 4] as const;
  const [node, column, left, right, own, bits] = [5, 6, 7, 8, 9, 10] as const;
  const [low, width, firstSet, secondSet, powers, bins, bit] = [11, 12, 13, 14, 15, 16, 17] as const;
  const read = (offset: number, into: number): Code => [...get(node), ...i32.load(offset), ...set(into)];
  const splat = (byte: number): Code => [...i32.const(byte), ...v128.i8x16Splat];
  /** Vectors of the block: where a mask is set, the row goes to the first child. */
  const block = (first: number, second: number, mask: (i: number) => Code): Code =>
    Array.from({ length: LEAF_BLOCK / 16 }, (_, i) => [
      ...get(own),
      ...[...get(first), ...v128.load(16 * i), ...get(second), ...v128.load(16 * i), ...mask(16 * i)],
      ...[...v128.bitselect, ...v128.store(16 * i)],
    ]).flat();
  const number: Code = [
    ...[...get(node), ...v128.load8Splat(LOW), ...set(low)],
    ...[...get(node), ...v128.load8Splat(WIDTH), ...set(width)],
    ...block(right, left, (at) => [
      ...[...get(width), ...get(column), ...v128.load(at), ...get(low), ...v128.i8x16Sub, ...v128.i8x16GtS],
    ]),
  ];
  const category: Code = [
    ...[...get(bits), ...v128.load(), ...set(firstSet), ...get(bits), ...v128.load(16), ...set(secondSet)],
    ...block(left, right, (at) => [
      ...[...get(powers), ...get(column), ...v128.load(at), ...set(bins)],
      ...[...get(bins), ...splat(7), ...v128.and, ...v128.i8x16Swizzle, ...set(bit)],
      ...[...get(bins), ...i32.const(3), ...v128.i8x16ShrU, ...set(bins)],
      ...[...get(firstSet), ...get(bins), ...v128.i8x16Swizzle],
      ...[...get(secondSet), ...get(bins), ...splat(16), ...v128.i8x16Sub, ...v128.i8x16Swizzle],
      ...[...v128.or, ...get(bit), ...v128.and, ...get(bit), ...v128.i8x16Eq],
    ]),
  ];
  const step = (local: number, bytes: number): Code => [
    ...[...get(local), ...i32.const(bytes), ...i32.add, ...set(local)],
  ];
  return {
    name: 'find',
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
    locals: [...Array(6).fill('i32'), ...Array(7).fill('v128')] as ('i32' | 'v128')[],
    code: [
      ...[...v128.i32x4Const(0x08040201, 0x80402010 | 0, 0, 0), ...set(powers)],
      ...loop([
        // The root's leaves are the answer.
        ...[...get(nodes), ...get(leaves), ...i32.store(OWN)],
        ...[...get(last), ...set(node)],
        ...loop([
          ...[...get(node), ...i32.load(COLUMN), ...get(columns), ...i32.add, ...set(column)],
          ...[...read(LEFT, left), ...read(RIGHT, right), ...read(OWN, own), ...read(SET, bits)],
          ...ifElse(get(bits), category, number),
          ...step(node, -NODE_BYTES),
          ...[...get(nodes), ...i32.const(1), ...i32.sub, ...get(node), ...i32.ltU],
        ]),
        ...[...step(columns, LEAF_BLOCK), ...step(leaves, LEAF_BLOCK)],
        ...[...get(columns), ...get(end), ...i32.ltU],
      ]),
    ],
  } as const;
})();

const ADD_VALUES = (() => {
  const [leaves, end, values, scores, width] = [0, 1, 2, 3, 4] as const;
  return {
    name: 'addValues',
    parameters: ['i32', 'i32', 'i32', 'i32', 'i32'],
    locals: [],
    code: loop([
      ...[...get(scores), ...get(scores), ...f64.load()],
      ...[
        ...get(leaves),
        ...i32.load8u(),
        ...i32.const(3),
        ...i32.shl,
        ...get(values),
        ...i32.add,
        ...f64.load(),
      ],
      ...[...f64.add, ...f64.store()],
      ...[...get(scores), ...get(width), ...i32.add, ...set(scores)],
      ...[...get(leaves), ...i32.const(1), ...i32.add, ...set(leaves)],
      ...[...get(leaves), ...get(end), ...i32.ltU],
    ]),
  } as const;
})();

/** Places are byte offsets in the memory. */
interface LeafKernels {
  find(nodes: number, last: number, columns: number, end: number, leaves: number): void;
  addValues(leaves: number, end: number, values: number, scores: number, width: number): void;
}

/** By node; node 0 is the root, and children stand behind their parent. */
export interface AskingTree {
  /** The column that is asked; −1 for a leaf. */
  readonly column: ArrayLike<number>;
  /** Of a category: the bins that go left, as 256 bits. Undefined for numbers and leaves. */
  readonly bins: ArrayLike<Uint32Array | undefined>;
  /** 1 where a missing number goes left. */
  readonly missingLeft: ArrayLike<number>;
  readonly left: ArrayLike<number>;
  readonly right: ArrayLike<number>;
  /** What the node adds to the score: for leaves. */
  readonly value: ArrayLike<number>;
}

/** What a node asks: of numbers the bins up to `lastBin` go left, and what is missing as the tree has it. */
export interface BinQuestions {
  lastBin(node: number): number;
  /** The bin of what is missing, behind those of all numbers. */
  missing(column: number): number;
}

/** A tree as the kernel reads it. */
export interface LeafTree {
  /** How many nodes ask; none where the tree is a leaf. */
  readonly asking: number;
  readonly nodes: Uint8Array;
  /** By leaf. */
  readonly values: Float64Array;
}

export class LeafFinder {
  readonly #kernels: LeafKernels;
  readonly #memory: SharedMemory;
  readonly #place: number;

  /** @param place of FINDER_BYTES */
  constructor(memory: SharedMemory, place: number) {
    const module = new WebAssembly.Module(wasmModule([FIND, ADD_VALUES]));
    this.#kernels = new WebAssembly.Instance(module, { host: { memory } }).exports as unknown as LeafKernels;
    this.#memory = memory;
    this.#place = place;
    const numbers = new Uint8Array(memory.buffer, place + LEAF_NUMBERS, MOST_LEAVES * LEAF_BLOCK);
    for (let i = 0; i < numbers.length; i++) numbers[i] = i / LEAF_BLOCK;
  }

  /**
   * @param stride bytes from a column of bins to the next
   * @returns undefined where the tree has more than MOST_LEAVES
   */
  encode(tree: AskingTree, stride: number, questions: BinQuestions): LeafTree | undefined {
    const size = tree.column.length;
    const asking = (size - 1) / 2;
    if (asking + 1 > MOST_LEAVES) return undefined;
    const nodes = new Uint8Array(asking * NODE_BYTES);
    const fields = new DataView(nodes.buffer);
    const values = new Float64Array(asking + 1);
    // Those that ask are numbered from the root on, and the leaves for themselves.
    const numbers = new Int32Array(size);
    let [node, leaf] = [0, 0];
    for (let i = 0; i < size; i++) {
      if (tree.column[i]! >= 0) numbers[i] = node++;
      else {
        values[leaf] = tree.value[i]!;
        numbers[i] = leaf++;
      }
    }
    const leavesOf = (child: number) =>
      this.#place + (tree.column[child]! < 0 ? LEAF_NUMBERS : OWN_LEAVES) + numbers[child]! * LEAF_BLOCK;
    for (let i = 0; i < size; i++) {
      const column = tree.column[i]!;
      if (column < 0) continue;
      const at = numbers[i]! * NODE_BYTES;
      const word = (offset: number, value: number) => fields.setInt32(at + offset, value, true);
      word(COLUMN, column * stride);
      word(LEFT, leavesOf(tree.left[i]!));
      word(RIGHT, leavesOf(tree.right[i]!));
      word(OWN, leavesOf(i));
      const bits = tree.bins[i];
      if (bits) {
        word(SET, this.#place + NODES + at + BITS);
        for (const [k, bytes] of bits.entries()) word(BITS + 4 * k, bytes);
        continue;
      }
      const low = questions.lastBin(i) + 1;
      const high = tree.missingLeft[i] === 1 ? questions.missing(column) : 256;
      nodes[at + LOW] = low + SIGN;
      nodes[at + WIDTH] = high - low + SIGN;
    }
    return { asking, nodes, values };
  }

  /**
   * Writes the number of each row's leaf.
   *
   * @param columns place of the bins, column by column @param leaves place of a byte a row, in whole blocks
   */
  find({ asking, nodes }: LeafTree, columns: number, rows: number, leaves: number): void {
    const bytes = new Uint8Array(this.#memory.buffer);
    if (asking === 0) {
      bytes.fill(0, leaves, leaves + rows);
      return;
    }
    const place = this.#place + NODES;
    bytes.set(nodes, place);
    this.#kernels.find(place, place + (asking - 1) * NODE_BYTES, columns, columns + rows, leaves);
  }

  /**
   * Adds what the leaves answer to the scores of the rows.
   *
   * @param values place of the leaves' answers, float64 @param scores place, float64 @param width bytes from a row's score to the next
   */
  addValues(leaves: number, rows: number, values: number, scores: number, width: number): void {
    this.#kernels.addValues(leaves, leaves + rows, values, scores, width);
  }
}
