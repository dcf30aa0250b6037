/**
 * Whether a level that is being drawn can still be crossed: where its player gets to so far, carried on from column to column, and whether
 * ground that came now would still catch them. What no column can save is so drawn again while it is one column old.
 */
import { canStand, type Legend, type PlatformRules, reachableFrom } from '@gradus/tasks';
import { gridOf, type LevelRules, upright } from './level-rules.ts';

/** Columns before the last that are looked at again: a later one may open a way back. */
const SEEN_COLUMNS = 20;
const BEGIN_ROWS = 8;
/** Farther back than this the player stood somewhere. */
const MOST_COLUMNS = 60;
/** Columns of ground that the player has to come down on, or rows of air to rise through above a row of platforms. */
const GROUND_COLUMNS = 2;

/** By column (of levels that are climbed, by row from the bottom), the places in which the player gets to stand. */
type Standing = readonly (readonly number[])[];

/** @returns undefined where nothing is crossed or climbed */
export function wayIsOpen(
  rules: LevelRules,
  characters: readonly string[],
): ((before: readonly number[]) => boolean) | undefined {
  const { game, height, isTurned, ground } = rules;
  if (game.kind !== 'platformer' || game.rules.task !== (isTurned ? 'top' : 'right')) return undefined;
  const ways = new WeakMap<readonly number[], Standing>();
  return (before) => {
    const columns = Math.floor(before.length / height);
    if (columns === 0) return true;
    const known = (ways.get(before) ?? []).slice(0, columns - 1);
    // Of levels that are climbed with the row below, which the player stands on.
    const from = Math.max(0, firstSeen(known, columns) - Number(isTurned));
    const drawn = columnsOf(before, from, columns, height, characters);
    const coming = ground ? Array<string>(GROUND_COLUMNS).fill(ground) : [];
    // Whoever climbs may have jumped over one row; of rows farther up it shows later whether what came above them let the player through.
    const begin = from === 0 ? undefined : known.slice(from, from + (isTurned ? BEGIN_ROWS : 1));
    const standing = standingIn([...drawn, ...coming], rules, game.rules, begin);
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

/**
 * @param begin By column from the first, where the player is known to stand; undefined: anywhere where a level begins
 * @returns undefined where no way leads to the last column
 */
function standingIn(
  columns: readonly string[],
  { height, isTurned }: LevelRules,
  { legend, jump, wraps = false }: PlatformRules,
  begin: Standing | undefined,
): Standing | undefined {
  const kept = Array.from({ length: height }, (_, y) => columns.map((column) => column[y]!).join(''));
  const grid = gridOf(upright(kept.join('\n'), { isTurned }));
  const { width, rows } = grid;
  const placeOf = (x: number, y: number) => (isTurned ? { x: y, y: grid.height - 1 - x } : { x, y });
  const everywhere = Array.from({ length: height }, (_, y) => y);
  const isSolid = (column: string) => [...column].every((tile) => legend.get(tile)?.isSolid);
  // Below the lowest open row of a level that is climbed there is only ground.
  const lowest = columns.findIndex((column) => !isSolid(column));
  const first = columns[0]!;
  const stood = everywhere.filter((y) => canStand(legend, first[y]!, first[y + 1]));
  const anywhere = isTurned
    ? [...columns.slice(0, lowest).map(() => []), everywhere, everywhere]
    : [stood.length > 0 ? stood : everywhere];
  const starts = (begin ?? anywhere).flatMap((own, x) => own.map((y) => placeOf(x, y)));
  const { cells } = reachableFrom(grid, legend, { jump, wraps }, starts);
  const isReached = (column: number, place: number) => {
    const { x, y } = placeOf(column, place);
    return cells[y * width + x] === 1;
  };
  if (!everywhere.some((y) => isReached(columns.length - 1, y))) return undefined;
  const stands = (column: number, place: number) => {
    const { x, y } = placeOf(column, place);
    return canStand(legend, rows[y]![x]!, rows[y + 1]?.[x]);
  };
  return columns.map((_, x) => everywhere.filter((y) => isReached(x, y) && stands(x, y)));
}

/** Of levels that are crossed, the column that they have most often of those that one can stand in; null where there is none. */
export function groundOf(columns: readonly string[], legend: Legend): string | null {
  const usual = commonest(columns);
  return (
    usual.find((column) => Array.from(column).some((tile, y) => canStand(legend, tile, column[y + 1]))) ??
    null
  );
}

/** Of levels that are climbed, a row of nothing: it lets a jump rise from what was drawn, to ground that the next row may have. */
export function airOf(columns: readonly string[], legend: Legend): string | null {
  const tiles = commonest(columns.flatMap((column) => [...column]));
  const air = tiles.find((tile) => legend.has(tile) && !Object.values(legend.get(tile)!).includes(true));
  return air === undefined ? null : air.repeat(columns[0]!.length);
}

function commonest(values: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([, a], [, b]) => b - a).map(([value]) => value);
}
