/** What stands behind a sprite that was drawn without transparency: the colour of its edge, as far as it reaches in from there. */
import type { RgbaImage } from './palette.ts';

/** In each of red, green and blue. */
const ALIKE = 28;
/** Of the pixels along the edge, those that are alike. */
const MOSTLY = 0.6;

export function withoutBackground(image: Omit<RgbaImage, 'name'>): Omit<RgbaImage, 'name'> {
  const { width, height, data } = image;
  const edge = Array.from({ length: width * height }, (_, i) => i).filter((i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    return x === 0 || y === 0 || x === width - 1 || y === height - 1;
  });
  // Something is transparent already.
  if (edge.some((i) => data[4 * i + 3]! < 128)) return image;
  const areAlike = (i: number, j: number) =>
    [0, 1, 2].every((k) => Math.abs(data[4 * i + k]! - data[4 * j + k]!) <= ALIKE);
  const counts = edge.map((i) => edge.filter((j) => areAlike(i, j)).length);
  const most = Math.max(...counts);
  if (most < MOSTLY * edge.length) return image;
  const colour = edge[counts.indexOf(most)]!;
  const cut = data.slice();
  const seen = new Uint8Array(width * height);
  const queue = edge.filter((i) => areAlike(i, colour));
  for (const i of queue) seen[i] = 1;
  for (const i of queue) {
    cut[4 * i + 3] = 0;
    const x = i % width;
    const beside = [x > 0 ? i - 1 : -1, x < width - 1 ? i + 1 : -1, i - width, i + width];
    for (const next of beside) {
      if (next < 0 || next >= width * height || seen[next] || !areAlike(next, colour)) continue;
      seen[next] = 1;
      queue.push(next);
    }
  }
  return { width, height, data: cut };
}
