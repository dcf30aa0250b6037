/**
 * A level of Sokoban as a sequence: first its walls by columns, then where its goals, its boxes and its player are, a token each. What stands
 * in a room is chosen when all of it is known, and what could be seen at once to have no solution is barred.
 */
import { SokobanPlacement, sokobanLevel, solveSokoban, type Vocabulary } from '@gradus/tasks';
import { gridOf, type LevelRules } from './level-rules.ts';

const GOALS = 0xe000;
const BOXES = 0xe800;
const PLAYERS = 0xf000;
const MOST_CELLS = BOXES - GOALS;
const GOAL_TILES = new Set(['.', '*', '+']);
const BOX_TILES = new Set(['$', '*']);
const PLAYER_TILES = new Set(['@', '+']);
const WALL = '#';
const FLOOR = ' ';

/** Rooms of one size, in which cells can be numbered. */
export const isPlaced = ({ game, fixed }: LevelRules): boolean =>
  game.kind === 'sokoban' && fixed !== null && fixed.length <= MOST_CELLS;

/** @param columns Tiles by columns */
export function placedSequence(columns: string): string {
  const tiles = [...columns];
  const placesOf = (of: ReadonlySet<string>, first: number): string =>
    tiles.flatMap((tile, cell) => (of.has(tile) ? [String.fromCharCode(first + cell)] : [])).join('');
  const walls = tiles.map((tile) => (tile === WALL ? WALL : FLOOR)).join('');
  return walls + placesOf(GOAL_TILES, GOALS) + placesOf(BOX_TILES, BOXES) + placesOf(PLAYER_TILES, PLAYERS);
}

/** @returns tiles by columns */
export function placedTiles(sequence: string, cells: number): string {
  const walls = [...sequence.slice(0, cells).padEnd(cells, WALL)];
  const { goals, boxes, players } = placesIn([...sequence.slice(cells)]);
  const tileAt = (wall: string, cell: number): string => {
    const isGoal = goals.includes(cell);
    if (boxes.includes(cell)) return isGoal ? '*' : '$';
    if (players.includes(cell)) return isGoal ? '+' : '@';
    return isGoal ? '.' : wall;
  };
  return walls.map(tileAt).join('');
}

function placesIn(characters: readonly string[]) {
  const codes = characters.map((character) => character.charCodeAt(0));
  const between = (first: number) =>
    codes.filter((code) => code >= first && code < first + MOST_CELLS).map((code) => code - first);
  return { goals: between(GOALS), boxes: between(BOXES), players: between(PLAYERS) };
}

/** States that are looked at for a level that is being drawn: one that needs more is drawn again rather than waited for. */
const STATES = 3_000;

/** Whether what stands in a room can be solved; open as long as its player does not stand yet. */
export function placedIsOpen(
  { height, fixed }: LevelRules,
  characters: readonly string[],
): (before: readonly number[], hasEnded: boolean) => boolean {
  const cells = fixed!.length;
  return (before, hasEnded) => {
    const sequence = before.map((token) => characters[token]!).join('');
    if (placesIn([...sequence.slice(cells)]).players.length === 0) return !hasEnded;
    const tiles = placedTiles(sequence, cells);
    const rows = Array.from({ length: height }, (_, y) =>
      Array.from({ length: cells / height }, (_, x) => tiles[x * height + y]!).join(''),
    );
    return solveSokoban(sokobanLevel(gridOf(rows.join('\n'))), STATES).kind === 'solved';
  };
}

/** @param boxes How many a level has, at least and at most */
export function placedWeights(
  { height, fixed, counts }: LevelRules,
  { characters }: Vocabulary,
  [fewest, most]: readonly [number, number],
): (before: readonly number[]) => Float64Array {
  const cells = fixed!.length;
  const width = cells / height;
  const only = (isAllowed: (character: string) => boolean) =>
    Float64Array.from(characters, (character) => Number(isAllowed(character)));
  const [wall, either] = [only((tile) => tile === WALL), only((tile) => tile === WALL || tile === FLOOR)];
  const alongRows = (cell: number): number => (cell % height) * width + Math.floor(cell / height);
  return (before) => {
    if (before.length < cells) return fixed![before.length] === WALL ? wall : either;
    const drawn = before.map((token) => characters[token]!);
    const walls = new Uint8Array(cells);
    for (let cell = 0; cell < cells; cell++) walls[alongRows(cell)] = Number(drawn[cell] === WALL);
    const { goals, boxes, players } = placesIn(drawn.slice(cells));
    if (players.length > 0) return only((character) => character === '');
    const placement = new SokobanPlacement({ width, height, walls }).place(
      goals.map(alongRows),
      boxes.map(alongRows),
    );
    const isAllowed = (character: string, isInOrder: boolean): boolean => {
      const code = character === '' ? 0 : character.charCodeAt(0);
      const isAfter = (cell: number, others: readonly number[]) => !isInOrder || cell > (others.at(-1) ?? -1);
      if (code >= PLAYERS) {
        const isFull = boxes.length === goals.length && boxes.length > 0;
        const cell = code - PLAYERS;
        return (
          isFull && (counts.has('+') || !goals.includes(cell)) && placement.allowsPlayer(alongRows(cell))
        );
      }
      if (code >= BOXES) {
        const cell = code - BOXES;
        const isNext = goals.length >= fewest && boxes.length < goals.length && isAfter(cell, boxes);
        // What no original has, no level gets: boxes that stand on goals already.
        return isNext && (counts.has('*') || !goals.includes(cell)) && placement.allowsBox(alongRows(cell));
      }
      if (code < GOALS) return false;
      const cell = code - GOALS;
      const isNext = boxes.length === 0 && goals.length < most && isAfter(cell, goals);
      return isNext && placement.allowsGoal(alongRows(cell), most);
    };
    // In the order of their cells, as they were learnt, as long as there are any.
    const inOrder = only((character) => isAllowed(character, true));
    if (inOrder.includes(1)) return inOrder;
    const any = only((character) => isAllowed(character, false));
    // Where nothing is left, the level ends unfinished and is refused.
    return any.includes(1) ? any : only((character) => character === '');
  };
}
