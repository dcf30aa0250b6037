/**
 * What tiles mean for a player who walks, jumps, climbs and falls: the attributes that level corpora give them (Summerville et al., "The
 * VGLC", 2016), as JSON: {"tiles": {"X": ["solid", "ground"], "-": ["passable", "empty"]}}.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import type { TileGrid } from './grid.ts';

export interface TileMeaning {
  /** Nothing passes through it, and it can be stood on. */
  readonly isSolid: boolean;
  /** It can be stood on, and passed through from below. */
  readonly isPlatform: boolean;
  /** A ladder, a rope: whoever is there does not fall. */
  readonly isClimbable: boolean;
  /** Held on to, hand over hand: nobody climbs up from it or stands on it. */
  readonly isRope: boolean;
  /** Solid ground that can be dug away from beside and above. */
  readonly isDiggable: boolean;
  /** Touching it ends the game. */
  readonly isDeadly: boolean;
  readonly isCollectable: boolean;
  readonly isStart: boolean;
  readonly isExit: boolean;
}

/** By the tile's character. */
export type Legend = ReadonlyMap<string, TileMeaning>;

const LegendFile = z.object({ tiles: z.record(z.string(), z.array(z.string())) });

/** Words of the attributes, in lower case, that say it. */
const WORDS: Readonly<Record<keyof TileMeaning, readonly string[]>> = {
  isSolid: ['solid', 'wall', 'ground'],
  isPlatform: ['solidtop', 'platform'],
  isClimbable: ['climbable', 'ladder', 'rope'],
  isRope: ['rope'],
  isDiggable: ['diggable'],
  isDeadly: ['damaging', 'lava', 'spike'],
  isCollectable: ['collectable', 'collectible', 'pickupable', 'gold', 'coin'],
  isStart: ['start', 'spawn', 'player'],
  isExit: ['exit', 'goal', 'end', 'door'],
};

/** @throws UserError naming what is no legend */
export function readLegend(text: string, file: string): Legend {
  const expected = '{"tiles": {"X": ["solid"], "-": ["passable"]}}';
  const wrong = (cause?: unknown) =>
    new UserError(
      {
        en: `${file} does not say what tiles mean: expected JSON such as ${expected}, a character and its attributes`,
        zh: `${file} 未说明图块的含义：应为类似 ${expected} 的 JSON，即图块字符及其属性`,
      },
      { cause },
    );
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw wrong(error);
  }
  const parsed = LegendFile.safeParse(json);
  if (!parsed.success) throw wrong(parsed.error);
  const tiles = Object.entries(parsed.data.tiles);
  if (tiles.length === 0 || tiles.some(([tile]) => [...tile].length !== 1)) throw wrong();
  return legendOf(parsed.data.tiles);
}

export const legendOf = (tiles: Readonly<Record<string, readonly string[]>>): Legend =>
  new Map(Object.entries(tiles).map(([tile, attributes]) => [tile, meaningOf(attributes)]));

/** Whether a text is JSON that speaks of tiles at all. */
export function isLegend(text: string): boolean {
  try {
    return LegendFile.loose().safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}

function meaningOf(attributes: readonly string[]): TileMeaning {
  const has = new Set(attributes.map((attribute) => attribute.toLowerCase()));
  const says = (name: keyof TileMeaning) => WORDS[name].some((word) => has.has(word));
  const isPassable = has.has('passable');
  return {
    isSolid: says('isSolid') && !isPassable,
    isPlatform: says('isPlatform'),
    isClimbable: says('isClimbable'),
    isRope: says('isRope') && !has.has('ladder'),
    isDiggable: says('isDiggable'),
    // Enemies move on, and can be got out of the way.
    isDeadly: says('isDeadly') && !says('isSolid') && !has.has('moving') && !has.has('enemy'),
    isCollectable: says('isCollectable'),
    isStart: says('isStart'),
    isExit: says('isExit'),
  };
}

/** @throws UserError naming row and column of a tile that the legend does not know */
export function requireKnown({ rows }: TileGrid, legend: Legend): void {
  for (const [y, row] of rows.entries()) {
    for (const [x, tile] of [...row].entries()) {
      if (legend.has(tile)) continue;
      throw new UserError({
        en: `row ${y + 1}, column ${x + 1}: what ${JSON.stringify(tile)} means is not known; known are ${[...legend.keys()].join(' ')}`,
        zh: `第 ${y + 1} 行第 ${x + 1} 列：不知道 ${JSON.stringify(tile)} 的含义；已知的图块有 ${[...legend.keys()].join(' ')}`,
      });
    }
  }
}
