/**
 * Where things stand in a level in which everything is collected: the player where originals let a player get about as much of the level, and what
 * is to be collected where that player gets to, the likelier a place by the table of tiles the sooner. What stands there already stays.
 */
import type { Random } from '@gradus/base';
import { canStand, type Place, playability, reachableFrom, type TileGrid } from '@gradus/tasks';
import { emptyTile } from './collect-repair.ts';
import type { Gain } from './kind.ts';
import { type Game, gridOf, type LevelRules, upright } from './level-rules.ts';

/** Places that the player is tried in. */
const STARTS = 12;

/** @returns undefined where nothing is collected */
export function settling(
  rules: LevelRules,
  characters: readonly string[],
): ((sequence: readonly number[], gain: Gain, random: Random) => readonly number[]) | undefined {
  const { game, height, isTurned, tiles, reached: least = 0 } = rules;
  if (game.kind !== 'platformer' || game.rules.task !== 'collect') return undefined;
  const { legend, jump, wraps = false } = game.rules;
  return (sequence, gain, random) => {
    const width = sequence.length / height;
    // What broke off is refused.
    if (!Number.isInteger(width) || width === 0) return sequence;
    const grid = gridIn(sequence);
    const nothing = emptyTile(
      grid.rows.map((row) => [...row]),
      legend,
    );
    if (nothing === undefined) return sequence;
    const settled = [...sequence];
    const set = (place: Place, tile: string): void => {
      settled[indexOf(place, grid)] = characters.indexOf(tile);
    };
    const all = cellsOf(grid);
    const tileAt = ({ x, y }: Place): string => grid.rows[y]![x]!;
    const isFree = (place: Place): boolean => characters[settled[indexOf(place, grid)]!] === nothing;
    /** Of some places as many as are asked for, as they would be drawn one after another (Gumbel, 1954). */
    const likely = (places: readonly Place[], tile: string, count: number): Place[] =>
      places
        .map((place) => {
          const own = gain(settled, indexOf(place, grid), characters.indexOf(tile));
          return { place, key: own - Math.log(-Math.log(random.uniform())) };
        })
        .toSorted((a, b) => b.key - a.key)
        .slice(0, count)
        .map(({ place }) => place);
    const reachFrom = (starts: readonly Place[]): Uint8Array =>
      reachableFrom(gridIn(settled), legend, { jump, wraps }, starts).cells;
    const starts = all.filter((place) => legend.get(tileAt(place))!.isStart);
    const startTile = tiles.find((tile) => legend.get(tile)?.isStart);
    if (startTile === undefined) return sequence;
    let cells = reachFrom(starts);
    if (starts.length <= 1 && shareOf(cells) < least) {
      for (const start of starts) set(start, nothing);
      const standing = all.filter(
        (place) => isFree(place) && canStand(legend, nothing, grid.rows[place.y + 1]?.[place.x]),
      );
      const tried = [...starts, ...likely(standing, startTile, STARTS)];
      if (tried.length === 0) return sequence;
      const reaches = tried.map((place) => reachFrom([place]));
      const enough = reaches.findIndex((own) => shareOf(own) >= least);
      const shares = reaches.map(shareOf);
      const best = enough >= 0 ? enough : shares.indexOf(Math.max(...shares));
      set(tried[best]!, startTile);
      cells = reaches[best]!;
    }
    const isReached = ({ x, y }: Place): boolean => cells[y * grid.width + x] === 1;
    const missed = all.filter((place) => legend.get(tileAt(place))!.isCollectable && !isReached(place));
    for (const place of missed) set(place, nothing);
    for (const tile of new Set(missed.map(tileAt))) {
      const count = missed.filter((place) => tileAt(place) === tile).length;
      const places = all.filter((place) => isReached(place) && isFree(place));
      for (const place of likely(places, tile, count)) set(place, tile);
    }
    return settled;
  };

  function gridIn(sequence: readonly number[]): TileGrid {
    const kept = Array.from({ length: height }, (_, y) =>
      Array.from({ length: sequence.length / height }, (_, x) => characters[sequence[x * height + y]!]).join(
        '',
      ),
    );
    return gridOf(upright(kept.join('\n'), { isTurned }));
  }

  function indexOf({ x, y }: Place, { height: rows }: TileGrid): number {
    return isTurned ? (rows - 1 - y) * height + x : x * height + y;
  }
}

/** The least share of cells that a player gets to in some levels; undefined where nothing is collected. */
export function leastReached(grids: readonly TileGrid[], game: Game): number | undefined {
  if (game.kind !== 'platformer' || game.rules.task !== 'collect') return undefined;
  const { rules } = game;
  const shares = grids.map((grid) => {
    const judged = playability(grid, rules);
    return judged.kind === 'playable' ? judged.reached : 1;
  });
  return Math.min(1, ...shares);
}

const cellsOf = ({ width, height }: TileGrid): Place[] =>
  Array.from({ length: width * height }, (_, i) => ({ x: i % width, y: Math.floor(i / width) }));
const shareOf = (cells: Uint8Array): number => cells.reduce((a, b) => a + b, 0) / cells.length;
