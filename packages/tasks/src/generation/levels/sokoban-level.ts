/**
 * Sokoban: a player pushes boxes, one at a time and never pulling, until all stand on goals. Tiles as its collections write them
 * (sokobano.de, "Level format"): `#` wall, `@` player, `+` player on a goal, `$` box, `*` box on a goal, `.` goal, space or `-` floor.
 *
 * Cells are numbered along the rows of a grid that has a wall all round, so that every step from a floor stays inside.
 */
import { UserError } from '@gradus/base';
import type { TileGrid } from './grid.ts';

export interface SokobanLevel {
  /** With the wall round it. */
  readonly width: number;
  readonly height: number;
  /** 1 where nothing can stand. */
  readonly walls: Uint8Array;
  readonly goals: readonly number[];
  readonly boxes: readonly number[];
  readonly player: number;
}

interface Tile {
  readonly wall?: true;
  readonly goal?: true;
  readonly box?: true;
  readonly player?: true;
}
const TILES: Readonly<Record<string, Tile>> = {
  '#': { wall: true },
  '@': { player: true },
  '+': { player: true, goal: true },
  $: { box: true },
  '*': { box: true, goal: true },
  '.': { goal: true },
  ' ': {},
  '-': {},
  _: {},
};

export const isSokobanTile = (character: string): boolean => Object.hasOwn(TILES, character);

/** @throws UserError naming the row and column of what is no Sokoban */
export function sokobanLevel({ width, height, rows }: TileGrid): SokobanLevel {
  const [outerWidth, outerHeight] = [width + 2, height + 2];
  const walls = new Uint8Array(outerWidth * outerHeight).fill(1);
  const [goals, boxes, players]: number[][] = [[], [], []];
  for (const [y, row] of rows.entries()) {
    for (const [x, character] of [...row].entries()) {
      const tile = TILES[character];
      if (!tile) throw unknownTile(character, y, x);
      const cell = (y + 1) * outerWidth + x + 1;
      if (!tile.wall) walls[cell] = 0;
      if (tile.goal) goals!.push(cell);
      if (tile.box) boxes!.push(cell);
      if (tile.player) players!.push(cell);
    }
  }
  if (players!.length !== 1) {
    throw new UserError({
      en: `a Sokoban level has one player (@ or +); this one has ${players!.length}`,
      zh: `推箱子关卡应有一个玩家（@ 或 +）；此关卡有 ${players!.length} 个`,
    });
  }
  if (boxes!.length === 0 || boxes!.length > goals!.length) {
    throw new UserError({
      en: `a Sokoban level has boxes ($ or *), and a goal (. or *) for each; this one has ${boxes!.length} boxes and ${goals!.length} goals`,
      zh: `推箱子关卡应有箱子（$ 或 *），且每个箱子都有目标点（. 或 *）；此关卡有 ${boxes!.length} 个箱子、${goals!.length} 个目标点`,
    });
  }
  return {
    width: outerWidth,
    height: outerHeight,
    walls,
    goals: goals!,
    boxes: boxes!,
    player: players![0]!,
  };
}

/** Walls with the wall round them. @param walls By cell along the rows of the level */
export function outlined(
  width: number,
  height: number,
  walls: ArrayLike<number>,
): Pick<SokobanLevel, 'width' | 'height' | 'walls'> {
  const outer = new Uint8Array((width + 2) * (height + 2)).fill(1);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) outer[(y + 1) * (width + 2) + x + 1] = walls[y * width + x]!;
  }
  return { width: width + 2, height: height + 2, walls: outer };
}

const unknownTile = (character: string, y: number, x: number): UserError =>
  new UserError({
    en: `row ${y + 1}, column ${x + 1}: ${JSON.stringify(character)} is no tile of Sokoban; expected one of ${Object.keys(TILES).join(' ')}`,
    zh: `第 ${y + 1} 行第 ${x + 1} 列：${JSON.stringify(character)} 不是推箱子的图块；应为 ${Object.keys(TILES).join(' ')} 之一`,
  });
