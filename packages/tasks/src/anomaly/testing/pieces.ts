/** Made-up photographs of pieces for tests: brushed metal, brighter and darker; a bad one has a dent. */
import type { Random } from '@gradus/base';

export interface Dent {
  readonly x: number;
  readonly y: number;
}

/** @returns [3, size, size], 0 to 255 */
export function drawPiece(random: Random, dent?: Dent, size = 64): Uint8Array {
  const [light, slope] = [120 + 60 * random.uniform(), 20 * (random.uniform() - 0.5)];
  const lines = Array.from({ length: size }, () => 8 * random.normal());
  const pixels = new Uint8Array(3 * size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const near = dent ? (x - dent.x) ** 2 + (y - dent.y) ** 2 : Number.POSITIVE_INFINITY;
      const depth = near < 36 ? -70 * (1 - near / 36) : 0;
      const value = light + (slope * x) / size + lines[y]! + 3 * random.normal() + depth;
      for (let c = 0; c < 3; c++) pixels[(c * size + y) * size + x] = Math.max(0, Math.min(255, value));
    }
  }
  return pixels;
}
