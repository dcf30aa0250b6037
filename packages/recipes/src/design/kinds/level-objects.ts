/**
 * Where things stand in a level in which everything is collected: the player where originals let a player get about as much of the level, and what
 * is to be collected where that player gets to, the likelier a place by the table of tiles the sooner. What stands there already stays.
 */
import type { Random } from '@gradus/base';
import {
  canStand,
  type Place,
  type PlatformRules,
  playability,
  reachableFrom,
  type TileGrid,
  type TileMeaning,
} from '@gradus/tasks';
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
  const { game, height, tiles } = rules;
  if (game.kind !== 'platformer' || game.rules.task !== 'collect') return undefined;
  const { legend } = game.rules;
  const start = tiles.find((tile) => legend.get(tile)?.isStart);
  if (start === undefined) return undefined;
  return (sequence, gain, random) => {
    // What broke off is refused.
    if (sequence.length === 0 || sequence.length % height > 0) return sequence;
    const level = new DrawnLevel(sequence, { rules, physics: game.rules, characters, gain, random });
    if (level.nothing === undefined) return sequence;
    const reached = settlePlayer(level, start, rules.reached ?? 0);
    if (!reached) return sequence;
    settleCollectables(level, reached);
    return level.tokens;
  };
}

/** @returns the cells that the player gets to; undefined where there is nowhere to stand */
function settlePlayer(level: DrawnLevel, tile: string, least: number): Uint8Array | undefined {
  const drawn = level.placesOf(({ isStart }) => isStart);
  const cells = level.reachFrom(drawn);
  if (drawn.length > 1 || shareOf(cells) >= least) return cells;
  for (const place of drawn) level.clear(place);
  const tried = [...drawn, ...level.likely(level.standing(), tile, STARTS)];
  if (tried.length === 0) return undefined;
  const reaches = tried.map((place) => level.reachFrom([place]));
  const shares = reaches.map(shareOf);
  const enough = shares.findIndex((share) => share >= least);
  const best = enough >= 0 ? enough : shares.indexOf(Math.max(...shares));
  level.set(tried[best]!, tile);
  return reaches[best];
}

/** @param reached Cells that the player gets to */
function settleCollectables(level: DrawnLevel, reached: Uint8Array): void {
  const isReached = ({ x, y }: Place): boolean => reached[y * level.grid.width + x] === 1;
  const missed = level
    .placesOf(({ isCollectable }) => isCollectable)
    .filter((place) => !isReached(place))
    .map((place) => ({ place, tile: level.tileAt(place) }));
  for (const { place } of missed) level.clear(place);
  for (const kind of new Set(missed.map(({ tile }) => tile))) {
    const count = missed.filter(({ tile }) => tile === kind).length;
    for (const place of level.likely(level.free().filter(isReached), kind, count)) level.set(place, kind);
  }
}

interface DrawnBy {
  readonly rules: LevelRules;
  readonly physics: PlatformRules;
  readonly characters: readonly string[];
  readonly gain: Gain;
  readonly random: Random;
}

/** A level as it was drawn, in which things are set and taken away. */
class DrawnLevel {
  /** As it was drawn. */
  readonly grid: TileGrid;
  /** As it is now. */
  readonly tokens: number[];
  /** The tile of which there is nothing; undefined where there is none. */
  readonly nothing: string | undefined;
  readonly #by: DrawnBy;
  readonly #places: readonly Place[];

  constructor(sequence: readonly number[], by: DrawnBy) {
    this.#by = by;
    this.tokens = [...sequence];
    this.grid = this.#gridNow();
    const { width, height, rows } = this.grid;
    this.#places = Array.from({ length: width * height }, (_, i) => ({
      x: i % width,
      y: Math.floor(i / width),
    }));
    this.nothing = emptyTile(
      rows.map((row) => [...row]),
      by.physics.legend,
    );
  }

  /** As it was drawn. */
  tileAt({ x, y }: Place): string {
    return this.grid.rows[y]![x]!;
  }

  /** As it was drawn. */
  placesOf(is: (meaning: TileMeaning) => boolean): readonly Place[] {
    return this.#places.filter((place) => is(this.#by.physics.legend.get(this.tileAt(place))!));
  }

  set(place: Place, tile: string): void {
    this.tokens[this.#indexOf(place)] = this.#by.characters.indexOf(tile);
  }

  clear(place: Place): void {
    this.set(place, this.nothing!);
  }

  free(): readonly Place[] {
    return this.#places.filter(
      (place) => this.#by.characters[this.tokens[this.#indexOf(place)]!] === this.nothing,
    );
  }

  standing(): readonly Place[] {
    const { legend } = this.#by.physics;
    return this.free().filter(({ x, y }) => canStand(legend, this.nothing!, this.grid.rows[y + 1]?.[x]));
  }

  /** Of some places as many as are asked for, as they would be drawn one after another (Gumbel, 1954). */
  likely(places: readonly Place[], tile: string, count: number): readonly Place[] {
    const { gain, characters, random } = this.#by;
    return places
      .map((place) => {
        const own = gain(this.tokens, this.#indexOf(place), characters.indexOf(tile));
        return { place, key: own - Math.log(-Math.log(random.uniform())) };
      })
      .toSorted((a, b) => b.key - a.key)
      .slice(0, count)
      .map(({ place }) => place);
  }

  /** Cells along the rows, 1 where a player gets to. */
  reachFrom(starts: readonly Place[]): Uint8Array {
    const { legend, jump, wraps = false } = this.#by.physics;
    return reachableFrom(this.#gridNow(), legend, { jump, wraps }, starts).cells;
  }

  #gridNow(): TileGrid {
    const { rules, characters } = this.#by;
    const { height } = rules;
    const kept = Array.from({ length: height }, (_, y) =>
      Array.from(
        { length: this.tokens.length / height },
        (_, x) => characters[this.tokens[x * height + y]!],
      ).join(''),
    );
    return gridOf(upright(kept.join('\n'), rules));
  }

  #indexOf({ x, y }: Place): number {
    const { height, isTurned } = this.#by.rules;
    return isTurned ? (this.grid.height - 1 - y) * height + x : x * height + y;
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

const shareOf = (cells: Uint8Array): number => cells.reduce((a, b) => a + b, 0) / cells.length;
