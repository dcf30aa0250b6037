/**
 * Half-precision numbers (IEEE 754 binary16: 1 sign, 5 exponent and 10 fraction bits), stored as bits because not every
 * JavaScript runtime has a Float16Array. bfloat16 is the upper half of a float32.
 */
const scratch = new DataView(new ArrayBuffer(4));

/** The bits of the float16 nearest to `value`; ties go to the even one. */
export function halfBits(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = Math.abs(value);
  if (Number.isNaN(value)) return sign | 0x7e00;
  // 65520 is halfway between the largest float16 and the next power of two.
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(((bits >>> 23) & 0xff) - 127, -14);
  // The unit in the last place at this exponent; below 2^-14 it is the same for all.
  const units = magnitude / 2 ** (exponent - 10);
  const rest = units - Math.floor(units);
  const even = Math.floor(units) % 2 === 0;
  const rounded = Math.floor(units) + (rest > 0.5 || (rest === 0.5 && !even) ? 1 : 0);
  // A rounding up to the next power of two carries into the exponent by itself.
  return sign | (((exponent + 14) << 10) + rounded);
}

/** The number with these bits in float16. */
export function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(bits >>> 10) & 0x1f, bits & 0x3ff];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** The number with these bits in bfloat16. */
export function bfloatValue(bits: number): number {
  scratch.setUint32(0, bits << 16);
  return scratch.getFloat32(0);
}
