/**
 * Levels as maps that the editor Tiled opens (doc.mapeditor.org, "JSON Map Format"), with a set of tiles that they share: without one it shows nothing.
 * A tile's number is its character's code point; characters beyond ASCII take the numbers of those that are not written.
 */
import { encodePng } from '@gradus/data';

const SIZE = 16;
const COLUMNS = 16;
const COUNT = 128;
/** Tiles of the set are numbered from here in maps. */
const FIRST = 1;

/** By character, its number in maps. */
export type TileNumbers = ReadonlyMap<string, number>;

export function tileNumbers(tiles: readonly string[]): TileNumbers {
  let unused = FIRST;
  return new Map(
    tiles.map((tile) => {
      const code = tile.codePointAt(0)!;
      return [tile, code < COUNT ? code : unused++];
    }),
  );
}

export function tiledMap(item: string, numbers: TileNumbers): string {
  const rows = item.split('\n');
  const [width, height] = [rows[0]!.length, rows.length];
  return `${JSON.stringify({
    type: 'map',
    version: '1.10',
    orientation: 'orthogonal',
    renderorder: 'right-down',
    infinite: false,
    width,
    height,
    tilewidth: SIZE,
    tileheight: SIZE,
    nextlayerid: 2,
    nextobjectid: 1,
    tilesets: [{ firstgid: FIRST, source: 'tiles.tsj' }],
    layers: [
      {
        id: 1,
        name: 'tiles',
        type: 'tilelayer',
        x: 0,
        y: 0,
        width,
        height,
        opacity: 1,
        visible: true,
        data: rows.flatMap((row) => Array.from(row, (tile) => numbers.get(tile)!)),
      },
    ],
  })}\n`;
}

/** The set of tiles of the maps: each with its character, and its attributes where they are known. */
export const tiledSet = (numbers: TileNumbers, wordsOf: (tile: string) => string): string =>
  `${JSON.stringify({
    type: 'tileset',
    version: '1.10',
    name: 'tiles',
    image: 'tiles.png',
    imagewidth: SIZE * COLUMNS,
    imageheight: (SIZE * COUNT) / COLUMNS,
    tilewidth: SIZE,
    tileheight: SIZE,
    tilecount: COUNT,
    columns: COLUMNS,
    margin: 0,
    spacing: 0,
    tiles: Array.from(numbers, ([tile, number]) => ({
      id: number - FIRST,
      type: wordsOf(tile),
      properties: [{ name: 'character', type: 'string', value: tile }],
    })),
  })}\n`;

/** The image of the set: a square of its colour for each tile. */
export function tiledImage(numbers: TileNumbers, colourOf: (tile: string) => string): Promise<Uint8Array> {
  const [width, height] = [SIZE * COLUMNS, (SIZE * COUNT) / COLUMNS];
  const data = new Uint8Array(4 * width * height);
  for (const [tile, number] of numbers) {
    const id = number - FIRST;
    const colour = Number.parseInt(colourOf(tile).slice(1), 16);
    const rgba = [colour >> 16, (colour >> 8) & 255, colour & 255, 255];
    for (let y = 0; y < SIZE; y++) {
      for (let x = 0; x < SIZE; x++) {
        const at = (Math.floor(id / COLUMNS) * SIZE + y) * width + (id % COLUMNS) * SIZE + x;
        data.set(rgba, 4 * at);
      }
    }
  }
  return encodePng({ width, height, data });
}
