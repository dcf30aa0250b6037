/**
 * Matrices in few bits, as ONNX Runtime's MatMulNBits takes them: each row in blocks, of each block a scale and whole numbers around
 * the middle of their range. Rounding is that of GGUF's Q4_0 and Q8_0 (symmetric, to the nearest), with scales in float32.
 */

export type FewBits = 4 | 8;

export interface Blocks {
  /** [rows, columns / block, block × bits / 8]; of two in a byte the first is in the low half. */
  readonly codes: Uint8Array;
  /** [rows × columns / block] */
  readonly scales: Float32Array;
}

/** @param columns a multiple of `block` */
export function blocksOf(values: Float32Array, bits: FewBits, block: number): Blocks {
  const count = values.length / block;
  const codes = new Uint8Array((values.length * bits) / 8);
  const scales = new Float32Array(count);
  const middle = bits === 4 ? 8 : 128;
  for (let b = 0; b < count; b++) {
    const from = b * block;
    let [most, least] = [0, 0];
    for (let i = from; i < from + block; i++) {
      const value = values[i]!;
      if (value > most) most = value;
      else if (value < least) least = value;
    }
    let extreme = most > -least ? most : least;
    if (most === -least && most > 0) extreme = firstOfSize(most, values, from);
    // The largest takes the end of the range that reaches one further.
    const scale = extreme / -middle;
    scales[b] = scale;
    writeCodes(values, from, block, bits, scale === 0 ? 0 : 1 / scale, codes);
  }
  return { codes, scales };
}

function firstOfSize(size: number, values: Float32Array, from: number): number {
  let i = from;
  while (Math.abs(values[i]!) !== size) i++;
  return values[i]!;
}

/** Of one block; what is cut off by `| 0` is never below zero. */
function writeCodes(
  values: Float32Array,
  from: number,
  block: number,
  bits: FewBits,
  inverse: number,
  codes: Uint8Array,
): void {
  if (bits === 8) {
    for (let i = from; i < from + block; i++) {
      const code = (values[i]! * inverse + 128.5) | 0;
      codes[i] = code > 255 ? 255 : code;
    }
    return;
  }
  for (let i = from; i < from + block; i += 2) {
    const low = (values[i]! * inverse + 8.5) | 0;
    const high = (values[i + 1]! * inverse + 8.5) | 0;
    codes[i >> 1] = (low > 15 ? 15 : low) | ((high > 15 ? 15 : high) << 4);
  }
}

/** The numbers that blocks stand for. */
export function valuesOf({ codes, scales }: Blocks, bits: FewBits, block: number): Float32Array<ArrayBuffer> {
  const out = new Float32Array(scales.length * block);
  for (let i = 0; i < out.length; i++) {
    const code = bits === 8 ? codes[i]! - 128 : ((codes[i >> 1]! >> (4 * (i & 1))) & 15) - 8;
    out[i] = code * scales[Math.floor(i / block)]!;
  }
  return out;
}
