/** Sorting float32 by the digits of their bits (radix sort): several times as fast as comparing them. */

const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;
const PASSES = Math.ceil(32 / DIGIT_BITS);

/** @param values none NaN @returns them in ascending order, in memory of their own; −0 before 0 */
export function sortedFloats(values: Float32Array): Float32Array {
  const size = values.length;
  let from = Uint32Array.from(new Uint32Array(values.buffer, values.byteOffset, size));
  let to = new Uint32Array(size);
  const counts = new Int32Array(PASSES * DIGITS);
  for (let i = 0; i < size; i++) {
    // Whole numbers without a sign that are ordered as the floats are.
    const bits = from[i]!;
    const key = bits ^ ((bits >> 31) | 0x80000000);
    from[i] = key;
    for (let pass = 0; pass < PASSES; pass++) counts[pass * DIGITS + digit(key, pass)]!++;
  }
  for (let pass = 0; pass < PASSES; pass++) {
    const starts = counts.subarray(pass * DIGITS, (pass + 1) * DIGITS);
    for (let i = 0, next = 0; i < DIGITS; i++) {
      const count = starts[i]!;
      starts[i] = next;
      next += count;
    }
    for (let i = 0; i < size; i++) {
      const key = from[i]!;
      to[starts[digit(key, pass)]!++] = key;
    }
    [from, to] = [to, from];
  }
  for (let i = 0; i < size; i++) {
    const key = from[i]!;
    from[i] = key ^ (~(key >> 31) | 0x80000000);
  }
  return new Float32Array(from.buffer);
}

const digit = (key: number, pass: number): number => (key >>> (pass * DIGIT_BITS)) & (DIGITS - 1);
