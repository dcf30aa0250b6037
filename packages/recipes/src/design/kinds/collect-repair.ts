/**
 * Repairs a level in which not everything can be collected, by as little as it takes: a missing start is set, one too many is taken away, and
 * what cannot be reached moves to a place that can, where a player stands.
 */
import type { Random } from '@gradus/base';
import {
  type Legend,
  type PlatformRules,
  reachableFrom,
  type TileGrid,
  type TileMeaning,
} from '@gradus/tasks';
import { asKept, gridOf, type LevelRules, upright } from './level-rules.ts';

/** @returns undefined where nothing more can be reached, or the game is another one */
export function repairCollected(item: string, rules: LevelRules, random: Random): string | undefined {
  const { game, counts } = rules;
  if (game.kind !== 'platformer' || game.rules.task !== 'collect') return undefined;
  const { legend } = game.rules;
  const rows = upright(item, rules)
    .split('\n')
    .map((row) => [...row]);
  const nothing = emptyTile(rows, legend);
  const start = [...counts.keys(), ...legend.keys()].find((tile) => legend.get(tile)?.isStart);
  if (nothing === undefined || start === undefined) return undefined;
  const cells = rows.flatMap((row, y) => row.map((_, x) => ({ x, y })));
  const where = (is: (meaning: TileMeaning) => boolean) =>
    cells.filter(({ x, y }) => is(legend.get(rows[y]![x]!)!));
  const stands = ({ x, y }: { readonly x: number; readonly y: number }): boolean => {
    const below = rows[y + 1]?.[x];
    return rows[y]![x] === nothing && below !== undefined && legend.get(below)!.isSolid;
  };
  const starts = where(({ isStart }) => isStart);
  if (starts.length === 0) {
    const places = cells.filter(stands);
    if (places.length === 0) return undefined;
    starts.push(places[random.below(places.length)]!);
    rows[starts[0]!.y]![starts[0]!.x] = start;
  }
  const most = counts.get(start)?.[1] ?? 1;
  for (const { x, y } of starts.splice(most)) rows[y]![x] = nothing;
  const reached = reach(rows, game.rules, starts);
  const isReached = ({ x, y }: { readonly x: number; readonly y: number }) =>
    reached[y * rows[0]!.length + x] === 1;
  const places = cells.filter((cell) => stands(cell) && isReached(cell));
  for (const { x, y } of where(({ isCollectable }) => isCollectable).filter((cell) => !isReached(cell))) {
    if (places.length === 0) return undefined;
    const [to] = places.splice(random.below(places.length), 1);
    rows[to!.y]![to!.x] = rows[y]![x]!;
    rows[y]![x] = nothing;
  }
  return asKept(rows.map((row) => row.join('')).join('\n'), rules);
}

function reach(
  rows: readonly (readonly string[])[],
  { legend, jump, wraps = false }: PlatformRules,
  starts: readonly { readonly x: number; readonly y: number }[],
): Uint8Array {
  const grid: TileGrid = gridOf(rows.map((row) => row.join('')).join('\n'));
  return reachableFrom(grid, legend, { jump, wraps }, starts).cells;
}

/** The tile that most of the level is of which nothing is to be said: air. */
export function emptyTile(rows: readonly (readonly string[])[], legend: Legend): string | undefined {
  const counts = new Map<string, number>();
  for (const tile of rows.flat()) {
    const meaning = legend.get(tile);
    if (meaning && !Object.values(meaning).includes(true)) counts.set(tile, (counts.get(tile) ?? 0) + 1);
  }
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}
