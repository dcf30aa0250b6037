/** Numbers as blocks of GGUF, rounded as llama.cpp's reference does it. */
import { halfBits } from '@gradus/engine';
import { halfTable } from '../weights/half.ts';
import { encoded } from '../weights/write-safetensors.ts';

export type Bits = 4 | 8 | 16 | 32;

/** The type's name in `blocks.ts`, by how many bits a number takes. */
export const TYPE_OF_BITS: Readonly<Record<Bits, string>> = { 4: 'Q4_0', 8: 'Q8_0', 16: 'F16', 32: 'F32' };

const BLOCK = 32;

export function quantized(values: Float32Array, bits: Bits): Uint8Array {
  if (bits === 32) return encoded(values, 'F32');
  if (bits === 16) return encoded(values, 'F16');
  return bits === 8 ? eight(values) : four(values);
}

/** The scale as it is kept, and as it is read back. */
function kept(scale: number): readonly [bits: number, value: number] {
  const bits = halfBits(scale);
  return [bits, halfTable()[bits]!];
}

function eight(values: Float32Array): Uint8Array {
  const out = new Uint8Array((values.length / BLOCK) * 34);
  for (let b = 0, at = 0; b < values.length; b += BLOCK, at += 34) {
    let most = 0;
    for (let i = 0; i < BLOCK; i++) most = Math.max(most, Math.abs(values[b + i]!));
    const scale = most / 127;
    const [bits] = kept(scale);
    out[at] = bits & 255;
    out[at + 1] = bits >> 8;
    const inverse = scale === 0 ? 0 : 1 / scale;
    for (let i = 0; i < BLOCK; i++) out[at + 2 + i] = away(values[b + i]! * inverse) & 255;
  }
  return out;
}

/** Halves go away from zero, as in C. */
const away = (x: number): number => (x < 0 ? -Math.round(-x) : Math.round(x));

function four(values: Float32Array): Uint8Array {
  const out = new Uint8Array((values.length / BLOCK) * 18);
  for (let b = 0, at = 0; b < values.length; b += BLOCK, at += 18) {
    let extreme = 0;
    for (let i = 0; i < BLOCK; i++)
      if (Math.abs(values[b + i]!) > Math.abs(extreme)) extreme = values[b + i]!;
    const scale = extreme / -8;
    const [bits] = kept(scale);
    out[at] = bits & 255;
    out[at + 1] = bits >> 8;
    const inverse = scale === 0 ? 0 : 1 / scale;
    const code = (x: number) => Math.min(15, Math.trunc(x * inverse + 8.5));
    for (let i = 0; i < BLOCK / 2; i++)
      out[at + 2 + i] = code(values[b + i]!) | (code(values[b + BLOCK / 2 + i]!) << 4);
  }
  return out;
}
