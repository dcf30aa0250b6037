/**
 * How GGUF holds numbers: each type is a block of so many numbers in so many bytes, and how they are turned into float32.
 *
 * In `Q4_0` and its like a block has a scale (and a least value); in the K types 256 numbers share two scales, and each part of them
 * has scales of six bits by which those are multiplied.
 *
 * Source: https://github.com/ggml-org/llama.cpp/blob/master/ggml/src/ggml-quants.c
 */
import type { Blocks, FewBits } from '../weights/blocks.ts';
import { floatsOfBfloats, floatsOfHalves, halfTable } from '../weights/half.ts';

export interface BlockType {
  readonly title: string;
  readonly code: number;
  /** Numbers of a block, and its bytes. */
  readonly block: number;
  readonly bytes: number;
  /** The numbers of whole blocks. */
  decode(bytes: Uint8Array<ArrayBuffer>): Float32Array<ArrayBuffer>;
  /** Of blocks that MatMulNBits takes as they are: the bits of a number, and what writes the same numbers in its order. */
  readonly few?: { readonly bits: FewBits; readonly repack: Repack };
}

/** @param bytes whole blocks, from an even place of memory on; @param at of which they are the first in `to` */
type Repack = (bytes: Uint8Array, to: Blocks, at: number) => void;
type DecodeBlock = (bytes: Uint8Array, at: number, out: Float32Array, to: number) => void;

function blocks(title: string, code: number, block: number, bytes: number, one: DecodeBlock): BlockType {
  return {
    title,
    code,
    block,
    bytes,
    decode(data) {
      const count = data.length / bytes;
      const out = new Float32Array(count * block);
      for (let i = 0; i < count; i++) one(data, i * bytes, out, i * block);
      return out;
    },
  };
}

const half = (bytes: Uint8Array, at: number): number => halfTable()[bytes[at]! | (bytes[at + 1]! << 8)]!;

/** The scale and the least value of part `j` of a K block, six bits each, in twelve bytes. */
function sixBits(bytes: Uint8Array, at: number, j: number): readonly [scale: number, least: number] {
  if (j < 4) return [bytes[at + j]! & 63, bytes[at + j + 4]! & 63];
  return [
    (bytes[at + j + 4]! & 15) | ((bytes[at + j - 4]! >> 6) << 4),
    (bytes[at + j + 4]! >> 4) | ((bytes[at + j]! >> 6) << 4),
  ];
}

const few = (type: BlockType, bits: FewBits, repack: Repack): BlockType => ({
  ...type,
  few: { bits, repack },
});

const TYPES: readonly BlockType[] = [
  { title: 'F32', code: 0, block: 1, bytes: 4, decode: (data) => new Float32Array(data.buffer) },
  {
    title: 'F16',
    code: 1,
    block: 1,
    bytes: 2,
    decode: (data) => floatsOfHalves(new Uint16Array(data.buffer)),
  },
  {
    title: 'BF16',
    code: 30,
    block: 1,
    bytes: 2,
    decode: (data) => floatsOfBfloats(new Uint16Array(data.buffer)),
  },
  few(
    blocks('Q4_0', 2, 32, 18, (bytes, at, out, to) => {
      const d = half(bytes, at);
      for (let i = 0; i < 16; i++) {
        const byte = bytes[at + 2 + i]!;
        out[to + i] = ((byte & 15) - 8) * d;
        out[to + 16 + i] = ((byte >> 4) - 8) * d;
      }
    }),
    4,
    repackFour,
  ),
  blocks('Q4_1', 3, 32, 20, (bytes, at, out, to) => {
    const [d, m] = [half(bytes, at), half(bytes, at + 2)];
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 4 + i]!;
      out[to + i] = (byte & 15) * d + m;
      out[to + 16 + i] = (byte >> 4) * d + m;
    }
  }),
  blocks('Q5_0', 6, 32, 22, (bytes, at, out, to) => {
    const d = half(bytes, at);
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 6 + i]!;
      out[to + i] = (((byte & 15) | (fifth(bytes, at + 2, i) << 4)) - 16) * d;
      out[to + 16 + i] = (((byte >> 4) | (fifth(bytes, at + 2, i + 16) << 4)) - 16) * d;
    }
  }),
  blocks('Q5_1', 7, 32, 24, (bytes, at, out, to) => {
    const [d, m] = [half(bytes, at), half(bytes, at + 2)];
    for (let i = 0; i < 16; i++) {
      const byte = bytes[at + 8 + i]!;
      out[to + i] = ((byte & 15) | (fifth(bytes, at + 4, i) << 4)) * d + m;
      out[to + 16 + i] = ((byte >> 4) | (fifth(bytes, at + 4, i + 16) << 4)) * d + m;
    }
  }),
  few(
    blocks('Q8_0', 8, 32, 34, (bytes, at, out, to) => {
      const d = half(bytes, at);
      for (let i = 0; i < 32; i++) out[to + i] = ((bytes[at + 2 + i]! << 24) >> 24) * d;
    }),
    8,
    repackEight,
  ),
  blocks('Q4_K', 12, 256, 144, (bytes, at, out, to) => {
    const [d, least] = [half(bytes, at), half(bytes, at + 2)];
    for (let j = 0; j < 8; j++) {
      const [scale, m] = sixBits(bytes, at + 4, j);
      const from = at + 16 + (j >> 1) * 32;
      const shift = (j & 1) * 4;
      for (let i = 0; i < 32; i++)
        out[to + j * 32 + i] = d * scale * ((bytes[from + i]! >> shift) & 15) - least * m;
    }
  }),
  blocks('Q5_K', 13, 256, 176, (bytes, at, out, to) => {
    const [d, least] = [half(bytes, at), half(bytes, at + 2)];
    for (let j = 0; j < 8; j++) {
      const [scale, m] = sixBits(bytes, at + 4, j);
      const from = at + 48 + (j >> 1) * 32;
      const shift = (j & 1) * 4;
      for (let i = 0; i < 32; i++) {
        const high = (bytes[at + 16 + i]! >> j) & 1;
        out[to + j * 32 + i] = d * scale * (((bytes[from + i]! >> shift) & 15) | (high << 4)) - least * m;
      }
    }
  }),
  blocks('Q6_K', 14, 256, 210, (bytes, at, out, to) => {
    const d = half(bytes, at + 208);
    for (let n = 0; n < 2; n++) {
      const [low, high, scales] = [at + 64 * n, at + 128 + 32 * n, at + 192 + 8 * n];
      for (let i = 0; i < 32; i++) {
        for (let part = 0; part < 4; part++) {
          const four = (bytes[low + i + (part & 1) * 32]! >> (part >> 1 ? 4 : 0)) & 15;
          const two = (bytes[high + i]! >> (2 * part)) & 3;
          const scale = (bytes[scales + 2 * part + (i >> 4)]! << 24) >> 24;
          out[to + 128 * n + 32 * part + i] = d * scale * ((four | (two << 4)) - 32);
        }
      }
    }
  }),
];

const words = ({ buffer, byteOffset, length }: Uint8Array): Uint16Array =>
  new Uint16Array(buffer, byteOffset, length / 2);

/** Q4_0 has the numbers of its second half in the high halves of bytes, MatMulNBits every other number. */
function repackFour(bytes: Uint8Array, { codes: to, scales }: Blocks, begin: number): void {
  const [given, codes, halves] = [words(bytes), words(to), halfTable()];
  const end = begin + bytes.length / 18;
  for (let b = begin, at = 0; b < end; b++, at += 9) {
    scales[b] = halves[given[at]!]!;
    for (let i = 0; i < 4; i++) {
      // Four bytes at once: of each two the low halves become one, and the high ones another.
      const four = given[at + 1 + 2 * i]! | (given[at + 2 + 2 * i]! << 16);
      const low = four & 0x0f0f0f0f;
      const high = (four >>> 4) & 0x0f0f0f0f;
      const [first, second] = [low | (low >>> 4), high | (high >>> 4)];
      codes[8 * b + i] = (first & 0xff) | ((first >>> 8) & 0xff00);
      codes[8 * b + 4 + i] = (second & 0xff) | ((second >>> 8) & 0xff00);
    }
  }
}

/** Q8_0 counts from zero, MatMulNBits from the middle. */
function repackEight(bytes: Uint8Array, { codes: to, scales }: Blocks, begin: number): void {
  const [given, codes, halves] = [words(bytes), words(to), halfTable()];
  const end = begin + bytes.length / 34;
  for (let b = begin, at = 0; b < end; b++, at += 17) {
    scales[b] = halves[given[at]!]!;
    for (let i = 0; i < 16; i++) codes[16 * b + i] = given[at + 1 + i]! ^ 0x8080;
  }
}

const fifth = (bytes: Uint8Array, at: number, i: number): number => (bytes[at + (i >> 3)]! >> (i & 7)) & 1;

const BY_CODE = new Map(TYPES.map((type) => [type.code, type]));
export const blockTypeOf = (code: number): BlockType | undefined => BY_CODE.get(code);
export const blockTypeCalled = (title: string): BlockType => TYPES.find((type) => type.title === title)!;
