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
  | {
      readonly kind: 'unplayable';
      readonly reason: Localized;
      /** Of what is to be collected, the share that cannot be reached, and the cells that can. */
      readonly missed?: { readonly share: number; readonly reached: number };
    };

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
    const missed = goals.filter(({ x, y }) => !cells[y * grid.width + x]);
    if (missed.length > 0) {
      const { x, y } = missed[0]!;
      const reason = {
        en: `what lies in row ${y + 1}, column ${x + 1} cannot be reached`,
        zh: `无法到达第 ${y + 1} 行第 ${x + 1} 列的物品`,
      };
      const share = missed.length / goals.length;
      return { ...unplayable(reason), missed: { share, reached: shareOf(cells) } };
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
 * levels that are wider than high are crossed to the right, others to the top; and the jump by which it is best explained that they can be played.
 */
export function rulesOf(levels: readonly TileGrid[], legend: Legend): PlatformRules {
  const collected = levels.filter((grid) =>
    (['isStart', 'isCollectable'] as const).every((meaning) => tilesOf(grid, legend, meaning).length > 0),
  ).length;
  const wide = levels.filter(({ width, height }) => width > height).length;
  const task =
    collected >= COLLECTED * levels.length ? 'collect' : 2 * wide >= levels.length ? 'right' : 'top';
  const within = bestJump(levels, { legend, task });
  // Where most levels cannot be played within their sides, they may go on at the other one.
  if (task === 'right' || within.played >= MOSTLY * levels.length) return within.rules;
  const around = bestJump(levels, { legend, task, wraps: true });
  return around.evidence > within.evidence ? around.rules : within.rules;
}

function bestJump(
  levels: readonly TileGrid[],
  rules: Omit<PlatformRules, 'jump'>,
): { readonly rules: PlatformRules; readonly evidence: number; readonly played: number } {
  const tried: ReturnType<typeof bestJump>[] = [];
  // Where all can be played, higher jumps are not looked at: they explain it worse.
  while (tried.length <= HIGHEST_JUMP && tried.at(-1)?.played !== levels.length) {
    const own = { ...rules, jump: tried.length };
    tried.push({ rules: own, ...evidenceFor(levels, own) });
  }
  return tried.toSorted((a, b) => b.evidence - a.evidence)[0]!;
}

/** What counts of a level that cannot be played: all originals can be. */
const UNPLAYED = -4;
/** Things that stand for all that is to be collected in a level: they lie together. */
const THINGS = 3;

/**
 * How much better than chance rules explain that a game's own levels can be played, in nats a level: where a player gets to few places, it is
 * no chance that all that is to be got to lies there. Whoever jumps high enough gets everywhere, which explains nothing.
 *
 * @returns also how many can be played
 */
export function evidenceFor(
  levels: readonly TileGrid[],
  rules: PlatformRules,
): { readonly evidence: number; readonly played: number } {
  const goals = rules.task === 'collect' ? THINGS : 1;
  const verdicts = levels.map((grid) => playability(grid, rules));
  const each = verdicts.map((verdict) => {
    if (verdict.kind === 'playable') return -goals * Math.log(verdict.reached);
    const { share, reached } = verdict.missed ?? { share: 1, reached: 1 };
    return -goals * (1 - share) * Math.log(reached) + UNPLAYED;
  });
  return {
    evidence: each.reduce((a, b) => a + b, 0) / Math.max(1, levels.length),
    played: verdicts.filter(({ kind }) => kind === 'playable').length,
  };
}

const shareOf = (cells: Uint8Array): number => cells.reduce((a, b) => a + b, 0) / cells.length;

const unplayable = (reason: Localized) => ({ kind: 'unplayable', reason }) as const;

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
