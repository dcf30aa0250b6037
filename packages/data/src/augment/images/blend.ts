/** The blend of two images. */

/** weight × a + (1 − weight) × b, rounded; a weight outside 0 to 1 extrapolates. */
export function blended(a: Uint8Array, b: Uint8Array, weight: number): Uint8Array {
  const result = new Uint8ClampedArray(a.length);
  for (let i = 0; i < a.length; i++) result[i] = weight * a[i]! + (1 - weight) * b[i]!;
  return new Uint8Array(result.buffer);
}
