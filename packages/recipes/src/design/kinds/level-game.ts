/**
 * Which game a folder of levels is of: by the legend that comes with them, and where tiles are left that it does not name, by the guess of
 * them that lets the levels be played.
 */
import { guessesOfTiles, type Legend, legendOf, type TileAttributes, type TileGrid } from '@gradus/tasks';
import { type Game, gameOf, judgeGrid } from './level-rules.ts';

/** Levels to learn from, at least. */
export const FEWEST = 4;
/** The share of levels that a guess of their tiles lets be played. */
const PLAYED = 0.7;

export interface ChosenGame {
  readonly game: Game;
  /** What tiles were taken for; null where the legend names them all, or Sokoban is known by them. */
  readonly guessed: TileAttributes | null;
  /** Whether the legend leaves too few levels that can be played, so that nothing is proved by it. */
  readonly isTooStrict: boolean;
}

export const playable = (grids: readonly TileGrid[], game: Game): readonly TileGrid[] =>
  grids.filter((grid) => judgeGrid(grid, game).isValid);

/** @param attributes What the legend's file says of tiles, under the names that it gives */
export function chooseGame(
  grids: readonly TileGrid[],
  tiles: ReadonlySet<string>,
  known: Legend | undefined,
  attributes: TileAttributes,
): ChosenGame {
  const guess = guessGame(grids, tiles, known, attributes);
  const own = guess?.game ?? gameOf(grids, tiles, known);
  const isPlatformer = own.kind === 'platformer';
  const isDoubtful = isPlatformer && guess !== undefined && guess.played < PLAYED * grids.length;
  // By a legend that leaves too few, levels have ways that it cannot say: they are learnt from, and nothing is proved.
  const isTooStrict = isPlatformer && grids.length >= FEWEST && playable(grids, own).length < FEWEST;
  const game: Game = (isDoubtful && !known) || isTooStrict ? { kind: 'unknown' } : own;
  return {
    game,
    guessed: game.kind === 'sokoban' ? null : (guess?.attributes ?? null),
    isTooStrict: isTooStrict && known !== undefined,
  };
}

/** Levels that mostly cannot be played by a guess say that the guess is wrong; then the next one is tried. */
function guessGame(
  grids: readonly TileGrid[],
  tiles: ReadonlySet<string>,
  known: Legend | undefined,
  attributes: TileAttributes,
): { attributes: TileAttributes; game: Game; played: number } | undefined {
  const unknown = new Set([...tiles].filter((tile) => !known?.has(tile)));
  if (unknown.size === 0) return undefined;
  const tried = guessesOfTiles(grids, unknown).map((guess) => {
    const all = { ...attributes, ...guess };
    const game = gameOf(grids, tiles, legendOf(all));
    return { attributes: all, game, played: playable(grids, game).length };
  });
  const played = tried.filter((one) => one.played >= PLAYED * grids.length);
  return played.toSorted((a, b) => collectingJump(a.game) - collectingJump(b.game))[0] ?? tried[0];
}

/** Who jumps high enough gets everywhere: where all is to be collected, the guess is better that needs lower jumps. */
const collectingJump = (game: Game): number =>
  game.kind === 'platformer' && game.rules.task === 'collect' ? game.rules.jump : 0;
