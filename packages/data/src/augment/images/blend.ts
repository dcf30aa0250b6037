/** Two images laid over each other. */

/** share × a + (1 − share) × b, rounded; a share outside 0 to 1 goes on beyond them. */
export function blended(a: Uint8Array, b: Uint8Array, share: number): Uint8Array {
  const result = new Uint8ClampedArray(a.length);
  for (let i = 0; i < a.length; i++) result[i] = share * a[i]! + (1 - share) * b[i]!;
  return new Uint8Array(result.buffer);
}
