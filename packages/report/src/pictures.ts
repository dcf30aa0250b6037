/** Pictures of square cells as SVG: a rectangle for each run of one colour, the letters on it, the way over it. */
import type { Picture } from './document.ts';
import { escapeHtml } from './escape.ts';

/** @param scale Screen pixels of a cell @param name What it shows, for those who cannot see it */
export function pictureSvg(
  { width, height, colours, cells, letters, way }: Picture,
  scale: number,
  name: string,
): string {
  const runs = colours.map(() => '');
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; ) {
      const colour = cells[y * width + x] ?? -1;
      let end = x + 1;
      while (end < width && cells[y * width + end] === colour) end++;
      if (runs[colour] !== undefined) runs[colour] += `M${x} ${y}h${end - x}v1h${x - end}z`;
      x = end;
    }
  }
  const paths = runs.map((run, i) => (run === '' ? '' : `<path fill="${colours[i]}" d="${run}"/>`)).join('');
  const written = letters === undefined ? '' : lettersSvg(letters, width);
  const drawn = way?.length ? `<path class="way" d="${lineOf(way)}"/>` : '';
  return `<svg role="img" aria-label="${escapeHtml(name)}" viewBox="0 0 ${width} ${height}" width="${width * scale}" height="${height * scale}">${paths}${written}${drawn}</svg>`;
}

function lettersSvg(letters: string, width: number): string {
  const rows: string[] = [];
  for (let from = 0, y = 0; from < letters.length; from += width, y++) {
    const row = [...letters.slice(from, from + width)];
    const shown = row.flatMap((letter, x) =>
      letter === ' ' ? [] : [`<text x="${x + 0.5}" y="${y + 0.78}">${escapeHtml(letter)}</text>`],
    );
    rows.push(shown.join(''));
  }
  return `<g class="letters">${rows.join('')}</g>`;
}

/** A line through the middles of cells; where the next cell is no neighbour, a way goes on elsewhere: from its start to another end, or round a side. */
function lineOf(way: NonNullable<Picture['way']>): string {
  return way
    .map(([x, y], i) => {
      const [before, above] = way[i - 1] ?? [Number.NaN, Number.NaN];
      const isNext = Math.max(Math.abs(x - before), Math.abs(y - above)) <= 1;
      return `${isNext ? 'L' : 'M'}${x + 0.5} ${y + 0.5}`;
    })
    .join('');
}
