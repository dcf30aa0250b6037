/** Many half-precision numbers at once, where one call a number would be most of the time that a model takes to load. */
import { halfValue } from '@gradus/engine';

/** bfloat16 is the upper half of a float32. */
export function floatsOfBfloats(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const words = new Uint32Array(bits.length);
  for (let i = 0; i < bits.length; i++) words[i] = bits[i]! << 16;
  return new Float32Array(words.buffer);
}

let table: Float32Array | undefined;

export function floatsOfHalves(bits: Uint16Array): Float32Array<ArrayBuffer> {
  const values = halfTable();
  const floats = new Float32Array(bits.length);
  for (let i = 0; i < bits.length; i++) floats[i] = values[bits[i]!]!;
  return floats;
}

/** The value of all 65,536 halves. */
export function halfTable(): Float32Array {
  table ??= Float32Array.from({ length: 0x10000 }, (_, bits) => halfValue(bits));
  return table;
}
