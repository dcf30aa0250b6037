/** Drawings of pieces in a folder: rings on a grey ground, a dent where one is bad. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Random } from '@gradus/base';

const random = new Random(12);
const between = (low: number, high: number) => low + (high - low) * random.uniform();

export function drawPieces(folder: string, count: number, isDented: boolean, first = 0): void {
  for (let i = first; i < first + count; i++) {
    const path = join(folder, `${i}.svg`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, pieceSvg(isDented));
  }
}

export function pieceSvg(isDented: boolean): string {
  const [grey, x, y, r] = [between(150, 200), between(29, 35), between(29, 35), between(18, 21)];
  const turn = between(0, 360);
  const spots = Array.from(
    { length: 12 },
    () =>
      `<circle cx="${between(0, 64)}" cy="${between(0, 64)}" r="${between(0.5, 1.5)}" fill="rgb(${grey - 12},${grey - 12},${grey - 12})"/>`,
  );
  const dent = isDented
    ? `<ellipse cx="${between(20, 44)}" cy="${between(20, 44)}" rx="7" ry="3.5" fill="#181818" transform="rotate(${turn} 32 32)"/>`
    : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><rect width="64" height="64" fill="rgb(${grey},${grey},${grey})"/>${spots.join('')}<circle cx="${x}" cy="${y}" r="${r}" fill="none" stroke="#555" stroke-width="${between(3, 5)}"/>${dent}</svg>`;
}
