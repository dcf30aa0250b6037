/**
 * Whether a level seen from the side can be played, with the way that shows it. What a player has to do is one of three things that
 * hold for most games: get from the left edge to the right one, from the bottom to the top, or to everything that is to be collected.
 * How high a jump rises is what the game's own levels need.
 */
import type { Localized } from '@gradus/base';
import type { TileGrid } from './grid.ts';
import type { Legend } from './legend.ts';
import { canStand, type Physics, type Place, reachableFrom } from './platformer.ts';

export type Task = 'right' | 'top' | 'collect';

export interface PlatformRules {
  readonly legend: Legend;
  readonly task: Task;
  /** Tiles that a jump rises; 0 where nobody jumps. */
  readonly jump: number;
  /** Whoever leaves at one side comes in at the other. */
  readonly wraps?: boolean;
}

export type Playability =
  | {
      readonly kind: 'playable';
      readonly path: readonly Place[];
      /** Of the cells of the level, those that a player gets to. */
      readonly reached: number;
    }
  | { readonly kind: 'unplayable'; readonly reason: Localized };

/** Higher jumps than this reach everything in most games. */
const HIGHEST_JUMP = 8;
const MOSTLY = 0.8;
/** Of the levels: one without a start says that it is broken, not that the game is another one. */
const COLLECTED = 0.9;
const TOP_ROWS = 8;

/** @throws UserError where a tile is not in the legend */
export function playability(
  grid: TileGrid,
  { legend, task, jump, wraps = false }: PlatformRules,
): Playability {
  return TASKS[task](grid, legend, { jump, wraps });
}

const TASKS: Readonly<Record<Task, (grid: TileGrid, legend: Legend, physics: Physics) => Playability>> = {
  right: (grid, legend, physics) => {
    const ends = column(grid, grid.width - 1);
    const name = { en: 'the right edge', zh: '右边界' };
    const begins = column(grid, 0);
    const stood = begins.filter(({ x, y }) => canStand(legend, grid.rows[y]![x]!, grid.rows[y + 1]?.[x]));
    const starts = stood.length > 0 ? stood : begins;
    return crossing(grid, legend, physics, starts, ends, name, (a, b) => a.x > b.x);
  },
  top: (grid, legend, physics) => {
    // Below the lowest open row there is only ground.
    const isOpen = ({ x, y }: Place) => !legend.get(grid.rows[y]![x]!)?.isSolid;
    const lowest = placesOf(grid).findLast(isOpen)?.y ?? grid.height - 1;
    const starts = [...row(grid, lowest), ...(lowest > 0 ? row(grid, lowest - 1) : [])];
    const name = { en: 'the top', zh: '顶部' };
    // A door just below the top is the end as well.
    const [door] = tilesOf(grid, legend, 'isExit').filter(({ y }) => y < TOP_ROWS);
    const ends = [...row(grid, 0), ...(door ? around(grid, door) : [])];
    return crossing(grid, legend, physics, starts, ends, name, (a, b) => a.y < b.y);
  },
  collect: (grid, legend, physics) => {
    const starts = tilesOf(grid, legend, 'isStart');
    if (starts.length === 0) {
      return unplayable({ en: 'no tile is the start of the player', zh: '没有玩家起点图块' });
    }
    const { cells, path } = reachableFrom(grid, legend, physics, starts);
    const goals = tilesOf(grid, legend, 'isCollectable');
    if (goals.length === 0) return unplayable({ en: 'nothing is to be collected', zh: '没有可收集的物品' });
    const missed = goals.find(({ x, y }) => !cells[y * grid.width + x]);
    if (missed) {
      const { x, y } = missed;
      return unplayable({
        en: `what lies in row ${y + 1}, column ${x + 1} cannot be reached`,
        zh: `无法到达第 ${y + 1} 行第 ${x + 1} 列的物品`,
      });
    }
    return { kind: 'playable', path: goals.flatMap((goal) => path(goal)), reached: shareOf(cells) };
  },
};

function crossing(
  grid: TileGrid,
  legend: Legend,
  physics: Physics,
  starts: readonly Place[],
  ends: readonly Place[],
  name: Localized,
  isFurther: (a: Place, b: Place) => boolean,
): Playability {
  const { cells, path } = reachableFrom(grid, legend, physics, starts);
  const isReached = ({ x, y }: Place): boolean => cells[y * grid.width + x] === 1;
  const reachedEnds = ends.filter(isReached);
  const end =
    reachedEnds.find(({ x, y }) => canStand(legend, grid.rows[y]![x]!, grid.rows[y + 1]?.[x])) ??
    reachedEnds[0];
  if (end) return { kind: 'playable', path: path(end), reached: shareOf(cells) };
  const reached = placesOf(grid).filter(isReached);
  const [first, ...others] = reached;
  if (!first) return unplayable({ en: 'there is nowhere to begin', zh: '没有可以开始的位置' });
  const { x, y } = others.reduce((far, place) => (isFurther(place, far) ? place : far), first);
  return unplayable({
    en: `no way leads to ${name.en}; the furthest place is row ${y + 1}, column ${x + 1}`,
    zh: `没有通往${name.zh}的路；最远到第 ${y + 1} 行第 ${x + 1} 列`,
  });
}

/**
 * The rules that a game's own levels follow: everything is to be collected where each level has a start and something to collect, else
 * levels that are wider than high are crossed to the right, others to the top; and the lowest jump with which most levels can be played.
 */
export function rulesOf(levels: readonly TileGrid[], legend: Legend): PlatformRules {
  const collected = levels.filter((grid) =>
    (['isStart', 'isCollectable'] as const).every((meaning) => tilesOf(grid, legend, meaning).length > 0),
  ).length;
  const wide = levels.filter(({ width, height }) => width > height).length;
  const task =
    collected >= COLLECTED * levels.length ? 'collect' : 2 * wide >= levels.length ? 'right' : 'top';
  const playableWith = (wraps: boolean): number[] => {
    const counts: number[] = [];
    // Where all can be played, higher jumps are not looked at.
    while (counts.length <= HIGHEST_JUMP && counts.at(-1) !== levels.length) {
      const rules = { legend, task, jump: counts.length, wraps } as const;
      counts.push(levels.filter((grid) => playability(grid, rules).kind === 'playable').length);
    }
    return counts;
  };
  const playable = playableWith(false);
  const most = Math.max(...playable);
  // Where most levels cannot be played within their sides, they may go on at the other one.
  const wrapped = task === 'right' || most >= MOSTLY * levels.length ? [] : playableWith(true);
  const mostWrapped = Math.max(0, ...wrapped);
  return mostWrapped > most
    ? { legend, task, jump: wrapped.indexOf(mostWrapped), wraps: true }
    : { legend, task, jump: playable.indexOf(most) };
}

const shareOf = (cells: Uint8Array): number => cells.reduce((a, b) => a + b, 0) / cells.length;

const unplayable = (reason: Localized): Playability => ({ kind: 'unplayable', reason });

const column = ({ height }: TileGrid, x: number): Place[] =>
  Array.from({ length: height }, (_, y) => ({ x, y }));
const row = ({ width }: TileGrid, y: number): Place[] => Array.from({ length: width }, (_, x) => ({ x, y }));
/** A place and those beside it: a door may be solid until somebody stands before it. */
const around = ({ width, height }: TileGrid, { x, y }: Place): Place[] =>
  [
    { x, y },
    { x: x - 1, y },
    { x: x + 1, y },
    { x, y: y - 1 },
    { x, y: y + 1 },
  ].filter((place) => place.x >= 0 && place.x < width && place.y >= 0 && place.y < height);
const placesOf = (grid: TileGrid): Place[] =>
  Array.from({ length: grid.height }, (_, y) => row(grid, y)).flat();

const tilesOf = (grid: TileGrid, legend: Legend, meaning: 'isStart' | 'isCollectable' | 'isExit'): Place[] =>
  placesOf(grid).filter(({ x, y }) => legend.get(grid.rows[y]![x]!)?.[meaning]);
