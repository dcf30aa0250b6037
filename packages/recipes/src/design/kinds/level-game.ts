/**
 * Which game a folder of levels is of: by the legend that comes with them, and where tiles are left that it does not name, by the guess of
 * them that lets the levels be played.
 */
import {
  evidenceFor,
  guessesOfTiles,
  type Legend,
  legendOf,
  type TileAttributes,
  type TileGrid,
} from '@gradus/tasks';
import { type Game, gameOf, judgeGrid } from './level-rules.ts';

/** Levels to learn from, at least. */
export const FEWEST = 4;
/** The share of levels that a guess of their tiles lets be played. */
const PLAYED = 0.5;

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
  const isDoubtful =
    isPlatformer &&
    guess !== undefined &&
    (guess.played < PLAYED * grids.length || getsEverywhere(grids, own));
  // By a legend that leaves too few, levels have ways that it cannot say: they are learnt from, and nothing is proved.
  const isTooStrict = isPlatformer && grids.length >= FEWEST && playable(grids, own).length < FEWEST;
  const game: Game = (isDoubtful && !known) || isTooStrict ? { kind: 'unknown' } : own;
  return {
    game,
    guessed: game.kind === 'sokoban' ? null : (guess?.attributes ?? null),
    isTooStrict: isTooStrict && known !== undefined,
  };
}

/** What a way explains, in nats a level, below which it is no proof: players get to all but one in twenty places by any way. */
const EXPLAINED = 0.05;

function getsEverywhere(grids: readonly TileGrid[], game: Game): boolean {
  return game.kind === 'platformer' && evidenceFor(playable(grids, game), game.rules).evidence < EXPLAINED;
}

/** The guess by which the levels are best explained; of levels that can be played by none, the first one. */
function guessGame(
  grids: readonly TileGrid[],
  tiles: ReadonlySet<string>,
  known: Legend | undefined,
  attributes: TileAttributes,
): { attributes: TileAttributes; game: Game; played: number } | undefined {
  const unknown = new Set([...tiles].filter((tile) => !known?.has(tile)));
  if (unknown.size === 0) return undefined;
  const every = Math.max(1, Math.floor(grids.length / TRIED));
  const some = grids.filter((_, i) => i % every === 0).slice(0, TRIED);
  const tried = guessesOfTiles(grids, unknown).map(({ attributes: guess, doubts }) => {
    const all = { ...attributes, ...guess };
    const game = gameOf(some, tiles, legendOf(all));
    if (game.kind !== 'platformer') return { attributes: all, way: '', evidence: 0, played: 1 };
    const { task, jump } = game.rules;
    const { evidence, played } = evidenceFor(some, game.rules);
    const collected = task === 'collect' ? COLLECTED : 0;
    return {
      attributes: all,
      way: `${task} ${jump}`,
      evidence: evidence + collected - DOUBT * doubts,
      played: played / some.length,
    };
  });
  const [first] = tried.toSorted((a, b) => b.evidence - a.evidence);
  // Of players who move alike, that what they dig away lets more levels be played counts for more; higher jumps would always do so.
  const alike = tried.filter(({ way }) => way === first!.way);
  const [best] = alike.toSorted((a, b) => b.evidence - a.evidence + PLAYED_MORE * (b.played - a.played));
  const game = gameOf(grids, tiles, legendOf(best!.attributes));
  return { attributes: best!.attributes, game, played: playable(grids, game).length };
}

/** Levels that guesses are tried on. */
const TRIED = 8;
/** That each level has one tile to start from and others to collect is hardly chance. */
const COLLECTED = 1;
/** What it counts that all levels can be played rather than none, in nats a level, beside what tells how the player moves. */
const PLAYED_MORE = 2;
/** What a doubt about a tile counts: guesses that say less, or more, let more be played. */
const DOUBT = 0.3;
