/**
 * What tiles may mean that no legend names, guessed from the characters that level files mostly use (the corpora of Summerville et al., 2016,
 * and roguelikes), and from how often each stands: most of a level is nothing. A guess is for people to confirm.
 */
import type { TileGrid } from './grid.ts';

/** Attributes by tile, as in a legend. */
export type TileAttributes = Readonly<Record<string, readonly string[]>>;

const USUAL: readonly (readonly [tiles: string, attributes: readonly string[]])[] = [
  ['#XWB█', ['solid']],
  ['-. _,', ['passable']],
  ['EeF', ['enemy', 'passable']],
  ['oG*c', ['collectable', 'passable']],
  ['H|', ['climbable', 'ladder', 'passable']],
  ['T=', ['platform', 'passable']],
  ['^~', ['damaging']],
  ['@SPM', ['start', 'passable']],
  ['D>', ['exit', 'passable']],
  ['[]<>?QbC', ['solid']],
];

/** @param tiles That nothing is known of */
export function guessTiles(grids: readonly TileGrid[], tiles: ReadonlySet<string>): TileAttributes {
  const counts = new Map<string, number>();
  for (const { rows } of grids)
    for (const row of rows) for (const tile of row) counts.set(tile, (counts.get(tile) ?? 0) + 1);
  const [most] = [...counts].toSorted(([, m], [, n]) => n - m)[0] ?? [''];
  return Object.fromEntries(
    [...tiles].sort().map((tile) => {
      const usual = USUAL.find(([characters]) => characters.includes(tile))?.[1];
      if (usual) return [tile, usual];
      return [tile, tile === most ? ['passable'] : ['passable', 'unknown']];
    }),
  );
}
