/** How tiles stand in levels: what they have beside, above and below them, and how many a level has. It tells roles that no name tells. */
import type { TileGrid } from './grid.ts';

/** Of one tile, over all levels; shares are of its cells. */
export interface Stand {
  /** Cells. */
  readonly count: number;
  /** The same tile above or below it; beside it. */
  readonly upright: number;
  readonly along: number;
  /** By tile, how often that stands below; what lies at the bottom edge has nothing below. */
  readonly below: ReadonlyMap<string, number>;
  /** The share of its cells that have one and the same other tile to the right, or to the left: which is most. */
  readonly paired: number;
  /** By level. */
  readonly counts: readonly number[];
}

/** Each tile with how many cells are of it, the commonest first. */
export function tilesByCount(grids: readonly TileGrid[]): [tile: string, count: number][] {
  const counts = new Map<string, number>();
  for (const { rows } of grids) {
    for (const row of rows) for (const tile of row) counts.set(tile, (counts.get(tile) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a);
}

/** @param nothing The tile that most of a level is */
export function standsOf(grids: readonly TileGrid[], nothing: string): Map<string, Stand> {
  const found = new Map<
    string,
    {
      upright: number;
      along: number;
      below: Map<string, number>;
      left: Map<string, number>;
      right: Map<string, number>;
      counts: number[];
    }
  >();
  for (const [level, { rows }] of grids.entries()) {
    for (const [y, row] of rows.entries()) {
      for (const [x, tile] of [...row].entries()) {
        const own = found.get(tile) ?? {
          upright: 0,
          along: 0,
          below: new Map<string, number>(),
          left: new Map<string, number>(),
          right: new Map<string, number>(),
          counts: Array<number>(grids.length).fill(0),
        };
        found.set(tile, own);
        const [above, below] = [rows[y - 1]?.[x], rows[y + 1]?.[x]];
        own.counts[level]!++;
        own.upright += Number(above === tile || below === tile);
        own.along += Number(row[x - 1] === tile || row[x + 1] === tile);
        for (const [counts, other] of [
          [own.below, below],
          [own.left, row[x - 1]],
          [own.right, row[x + 1]],
        ] as const)
          if (other !== undefined) counts.set(other, (counts.get(other) ?? 0) + 1);
      }
    }
  }
  return new Map(
    [...found].map(([tile, { upright, along, below, left, right, counts }]) => {
      const count = counts.reduce((a, b) => a + b, 0);
      const shares = [...below].map(([other, times]): [string, number] => [other, times / count]);
      const others = [...left, ...right].filter(([other]) => other !== tile && other !== nothing);
      const paired = Math.max(0, ...others.map(([, times]) => times / count));
      return [
        tile,
        { count, upright: upright / count, along: along / count, below: new Map(shares), paired, counts },
      ];
    }),
  );
}

/** Below this a tile is too rare to be told by how it stands. */
const FEWEST = 3;
const MOSTLY = 0.6;
const HARDLY = 0.35;

/** Upright, not as wide as walls are, and not one half of a pipe. */
export const isLadder = ({ count, upright, along, paired }: Stand): boolean =>
  count >= FEWEST && upright >= MOSTLY && along <= HARDLY && paired < MOSTLY;

/** Along, with nothing below it. */
export const isRope = ({ count, upright, along, below }: Stand, nothing: string): boolean =>
  count >= FEWEST && along >= MOSTLY && upright <= HARDLY && (below.get(nothing) ?? 0) >= MOSTLY;

/** Of the levels. */
const EVERY = 0.9;
const MOST_THINGS = 60;
const BESIDE = 0.5;

/** A few in each level, mostly alone: what a player is, meets or collects. */
export function isThing({ upright, along, counts }: Stand): boolean {
  const some = counts.filter((count) => count > 0).length;
  return (
    upright <= HARDLY &&
    along <= BESIDE &&
    some >= EVERY * counts.length &&
    Math.max(...counts) <= MOST_THINGS
  );
}

/** Exactly one in each level. */
export const isOnly = ({ counts }: Stand): boolean =>
  counts.filter((count) => count === 1).length >= EVERY * counts.length;
