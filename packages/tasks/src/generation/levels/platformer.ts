/**
 * Where a player gets who walks, jumps, climbs and falls through a level seen from the side, a tile at a time, and the way that proves it:
 * breadth-first search over place and what is left of a jump, as in the path finding of level corpora (Snodgrass and Ontañón, "Learning to
 * generate video game maps using Markov models", 2017). In the air a player moves sideways by at most a tile for each tile up or down, so a
 * jump of height h clears gaps of about 2h tiles.
 *
 * Enemies stand for nothing: they move, and can be jumped over or on. What falls out of the level at the bottom is lost.
 */
import type { TileGrid } from './grid.ts';
import { type Legend, requireKnown, type TileMeaning } from './legend.ts';

export interface Physics {
  /** Tiles that a jump rises. */
  readonly jump: number;
  /** Whoever leaves at one side comes in at the other. */
  readonly wraps?: boolean;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Reachable {
  /** By cell, along the rows: whether the player gets there. */
  readonly cells: Uint8Array;
  /** The way to a cell that is reached, its ends included. */
  readonly path: (to: Place) => Place[];
}

const NOTHING: TileMeaning = {
  isSolid: false,
  isPlatform: false,
  isClimbable: false,
  isRope: false,
  isDiggable: false,
  isDeadly: false,
  isCollectable: false,
  isStart: false,
  isExit: false,
};

/** @throws UserError where a tile is not in the legend */
export function reachableFrom(
  grid: TileGrid,
  legend: Legend,
  { jump, wraps = false }: Physics,
  starts: readonly Place[],
): Reachable {
  requireKnown(grid, legend);
  const { width, height, rows } = grid;
  const across = (x: number): number => (wraps ? (x + width) % width : x);
  const tile = (x: number, y: number): TileMeaning =>
    (y >= 0 && y < height && legend.get(rows[y]![across(x)]!)) || NOTHING;
  // Above the level there is air to jump through, but what reaches the top goes on there; beside the level are walls, below it nothing.
  const isFree = (x: number, y: number): boolean =>
    (wraps || (x >= 0 && x < width)) &&
    y >= -jump &&
    y < height &&
    !tile(x, y).isSolid &&
    !tile(x, y).isDeadly &&
    (y >= 0 || !tile(x, 0).isSolid);
  const stands = (x: number, y: number): boolean =>
    tile(x, y).isClimbable || (y + 1 < height && holds(tile(x, y + 1)));
  const levels = jump + 1;
  const numberOf = (x: number, y: number, left: number): number => ((y + jump) * width + x) * levels + left;
  const placeOf = (state: number): Place => {
    const cell = Math.floor(state / levels);
    return { x: cell % width, y: Math.floor(cell / width) - jump };
  };
  /** By state, the one before it; itself where the way begins, −1 where no way leads. */
  const before = new Int32Array((height + jump) * width * levels).fill(-1);
  const queue: number[] = [];
  const add = (x: number, y: number, left: number, from: number): void => {
    if (!isFree(x, y)) return;
    const state = numberOf(across(x), y, left);
    if (before[state] !== -1) return;
    before[state] = from === -1 ? state : from;
    queue.push(state);
  };
  // Solid ground that is dug away is entered all the same.
  const dig = (x: number, y: number, from: number): void => {
    const state = numberOf(across(x), y, 0);
    if (before[state] !== -1) return;
    before[state] = from;
    queue.push(state);
  };
  // Of ground that is two tiles thick the upper one is dug away as wide as it takes to dig on from there.
  const canOpen = (x: number, y: number): boolean => isFree(x, y) || tile(x, y).isDiggable;
  const isOpened = (x: number, y: number, dx: number): boolean =>
    isFree(x + dx, y) || (tile(x, y).isDiggable && canOpen(x + dx, y) && canOpen(x + dx, y - 1));
  const cells = new Uint8Array(width * height);
  const stateOf = new Int32Array(width * height);
  for (const { x, y } of starts) add(x, y, 0, -1);
  for (const state of queue) {
    const left = state % levels;
    const place = placeOf(state);
    const { x, y } = place;
    if (y >= 0 && cells[y * width + x] === 0) {
      cells[y * width + x] = 1;
      stateOf[y * width + x] = state;
    }
    const go = (dx: number, dy: number, then: number): void => add(x + dx, y + dy, then, state);
    // Sideways and up or down at once: not past a corner that is solid on both sides.
    const goAcross = (dy: number, then: number): void => {
      go(0, dy, then);
      for (const dx of [1, -1]) if (isFree(x + dx, y) || isFree(x, y + dy)) go(dx, dy, then);
    };
    if (left > 0) {
      goAcross(-1, left - 1);
      go(0, 0, 0);
    } else if (stands(x, y)) {
      for (const dx of [1, -1]) {
        go(dx, 0, 0);
        if (tile(x + dx, y + 1).isDiggable && isOpened(x, y, dx)) dig(x + dx, y + 1, state);
      }
      if (jump > 0) go(0, 0, jump);
      if (tile(x, y).isClimbable && !tile(x, y).isRope) go(0, -1, 0);
      go(0, 1, 0);
    } else if (jump > 0) {
      goAcross(1, 0);
    } else {
      // Who cannot jump does not steer in the air either: whoever walks over an edge falls straight down.
      go(0, 1, 0);
    }
  }
  return {
    cells,
    path: ({ x, y }) => {
      const way: Place[] = [];
      let state = stateOf[y * width + x]!;
      for (;;) {
        const place = placeOf(state);
        const last = way.at(-1);
        if (last?.x !== place.x || last.y !== place.y) way.push(place);
        if (before[state] === state) return way.reverse();
        state = before[state]!;
      }
    },
  };
}

/** Whether a player stays where they are: on something, or where they can hold on. @param below The tile below; undefined at the edge */
export function canStand(legend: Legend, tile: string, below: string | undefined): boolean {
  const [own, under] = [legend.get(tile), legend.get(below ?? '')];
  if (!own || own.isSolid || own.isDeadly) return false;
  return own.isClimbable || (under !== undefined && holds(under));
}

const holds = ({ isSolid, isPlatform, isClimbable, isRope }: TileMeaning): boolean =>
  isSolid || isPlatform || (isClimbable && !isRope);
