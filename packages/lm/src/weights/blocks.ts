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
  const [middle, top] = bits === 4 ? [8, 15] : [128, 255];
  for (let b = 0; b < count; b++) {
    const from = b * block;
    let extreme = 0;
    for (let i = from; i < from + block; i++)
      if (Math.abs(values[i]!) > Math.abs(extreme)) extreme = values[i]!;
    // The largest takes the end of the range that reaches one further.
    const scale = extreme / -middle;
    scales[b] = scale;
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = from; i < from + block; i++) {
      const code = Math.min(top, Math.floor(values[i]! * inverse + middle + 0.5));
      if (bits === 8) codes[i] = code;
      else codes[i >> 1]! |= (i & 1) === 0 ? code : code << 4;
    }
  }
  return { codes, scales };
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
