/**
 * Whether a level that is being drawn can still be crossed: where its player gets to so far, carried on from column to column, and whether
 * ground that came now would still catch them. What no column can save is so drawn again while it is one column old.
 */
import { type Legend, type PlatformRules, reachableFrom } from '@gradus/tasks';
import { gridOf, type LevelRules, upright } from './level-rules.ts';

/** Columns before the last that are looked at again: a later one may open a way back. */
const SEEN_COLUMNS = 20;
/** Farther back than this the player stood somewhere. */
const MOST_COLUMNS = 60;
/** Columns of ground that the player has to come down on. */
const GROUND_COLUMNS = 2;

/** By column, the rows in which the player gets to stand. */
type Standing = readonly (readonly number[])[];

/** @returns undefined where nothing is crossed */
export function wayIsOpen(
  rules: LevelRules,
  characters: readonly string[],
): ((before: readonly number[]) => boolean) | undefined {
  const { game, height, isTurned } = rules;
  if (game.kind !== 'platformer' || game.rules.task !== (isTurned ? 'top' : 'right')) return undefined;
  const ways = new WeakMap<readonly number[], Standing>();
  return (before) => {
    const columns = Math.floor(before.length / height);
    if (columns === 0) return true;
    // Of levels that are climbed nothing is carried on: whoever falls comes back to what lies below.
    const known = isTurned ? [] : (ways.get(before) ?? []).slice(0, columns - 1);
    const from = firstSeen(known, columns);
    const drawn = columnsOf(before, from, columns, height, characters);
    const ground = isTurned || !rules.ground ? [] : Array<string>(GROUND_COLUMNS).fill(rules.ground);
    const standing = standingIn([...drawn, ...ground], rules, game.rules, known[from]);
    if (!standing) return false;
    ways.set(before, [...known.slice(0, from), ...standing.slice(0, drawn.length)]);
    return true;
  };
}

/** The last column before those that are looked at again in which the player stood. */
function firstSeen(known: Standing, columns: number): number {
  const least = Math.max(0, columns - MOST_COLUMNS);
  for (let from = Math.max(0, columns - SEEN_COLUMNS); from > least; from--) {
    if ((known[from]?.length ?? 0) > 0) return from;
  }
  return known.length === 0 ? Math.max(0, columns - SEEN_COLUMNS) : least;
}

function columnsOf(
  tokens: readonly number[],
  from: number,
  to: number,
  height: number,
  characters: readonly string[],
): string[] {
  return Array.from({ length: to - from }, (_, x) =>
    Array.from({ length: height }, (_, y) => characters[tokens[(from + x) * height + y]!]!).join(''),
  );
}

/** @param begin Rows of the first column that the player comes from; undefined: any. @returns undefined where no way leads to the last column */
function standingIn(
  columns: readonly string[],
  { height, isTurned }: LevelRules,
  { legend, jump, wraps = false }: PlatformRules,
  begin: readonly number[] | undefined,
): Standing | undefined {
  const rows = Array.from({ length: height }, (_, y) => columns.map((column) => column[y]!).join(''));
  const grid = gridOf(upright(rows.join('\n'), { isTurned }));
  const { width } = grid;
  const starts = isTurned
    ? [grid.height - 1, grid.height - 2].flatMap((y) => Array.from({ length: width }, (_, x) => ({ x, y })))
    : (begin ?? Array.from({ length: height }, (_, y) => y)).map((y) => ({ x: 0, y }));
  const { cells } = reachableFrom(grid, legend, { jump, wraps }, starts);
  if (isTurned) return cells.subarray(0, width).includes(1) ? [] : undefined;
  const isReached = (x: number, y: number) => cells[y * width + x] === 1;
  if (!rows.some((_, y) => isReached(width - 1, y))) return undefined;
  return columns.map((column, x) =>
    Array.from(column, (_, y) => y).filter((y) => isReached(x, y) && canStand(column, y, legend)),
  );
}

export function canStand(column: string, y: number, legend: Legend): boolean {
  const [own, below] = [legend.get(column[y]!), legend.get(column[y + 1] ?? '')];
  if (!own || own.isSolid || own.isDeadly) return false;
  return own.isClimbable || Boolean(below && (below.isSolid || below.isPlatform || below.isClimbable));
}

/** The column that levels have most often of those that one can stand in; null where there is none. */
export function groundOf(columns: readonly string[], legend: Legend): string | null {
  const counts = new Map<string, number>();
  for (const column of columns) counts.set(column, (counts.get(column) ?? 0) + 1);
  const usual = [...counts].toSorted(([, a], [, b]) => b - a).map(([column]) => column);
  return (
    usual.find((column) => Array.from(column, (_, y) => y).some((y) => canStand(column, y, legend))) ?? null
  );
}
