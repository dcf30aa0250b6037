/** Made-up pictures for tests: discs or stripes of any colour on a ground of any other. */
import type { Random } from '@gradus/base';

export const KINDS = ['disc', 'stripes'] as const;
export type Kind = (typeof KINDS)[number];

/** @returns [3, size, size], 0 to 255 */
export function drawPicture(kind: Kind, random: Random, size = 64): Uint8Array {
  const between = (low: number, high: number) => low + (high - low) * random.uniform();
  const [x0, y0] = [between(0.3, 0.7) * size, between(0.3, 0.7) * size];
  const radius = between(0.15, 0.25) * size;
  const [ink, ground] = [0, 1].map(() => Array.from({ length: 3 }, () => between(30, 225)));
  const pixels = new Uint8Array(3 * size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [dx, dy] = [x - x0, y - y0];
      const isInk =
        kind === 'disc'
          ? dx * dx + dy * dy < radius * radius
          : Math.abs(dx) < radius && Math.abs(dy) < radius && Math.floor(x / 3) % 2 === 0;
      for (let c = 0; c < 3; c++)
        pixels[(c * size + y) * size + x] = (isInk ? ink : ground)![c]! + between(-6, 6);
    }
  }
  return pixels;
}
