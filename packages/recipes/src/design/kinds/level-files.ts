/**
 * Files of levels: which text files are grids of tiles, what fills up their short rows, the legend among them, and the levels of one size.
 */
import { type Localized, plural, UserError } from '@gradus/base';
import {
  gridText,
  isLegend,
  isSokobanTile,
  type Legend,
  readLegend,
  readLevels,
  type TileAttributes,
  type TileGrid,
  tilesByCount,
} from '@gradus/tasks';
import type { DesignFile, SetAside } from './kind.ts';
import { broughtToHeight } from './level-heights.ts';
import { type RoomSize, sizeOfRooms, walledTo } from './sokoban-sizes.ts';

const LEGEND_FILE = /\.json$/i;
const TEXT_FILE = /\.(txt|xsb|sok|lvl)$/i;

/** A file that is no JSON is a legend gone wrong; one that speaks of other things is not ours. */
export function legendAmong(
  files: readonly DesignFile[],
  aside: Aside,
): { known: Legend | undefined; attributes: TileAttributes } {
  const legends = files.filter(({ name }) => LEGEND_FILE.test(name));
  const file = legends.find(({ text }) => isLegend(text)) ?? legends.find(({ text }) => !isJson(text));
  for (const other of legends) if (other !== file) aside.leave(NO_LEGEND, other.name);
  return file
    ? { known: readLegend(file.text, file.name), attributes: attributesOf(file.text) }
    : { known: undefined, attributes: {} };
}

/** The levels of one size, each once, with where they stand. They are turned where they are of one width rather than of one height: they are climbed. */
export function gridsAmong(
  files: readonly DesignFile[],
  attributes: TileAttributes,
  aside: Aside,
): { places: ReadonlyMap<TileGrid, string>; size: number; isTurned: boolean; notes: Localized[] } {
  const read: FoundGrid[] = [];
  for (const file of files.filter(({ name }) => TEXT_FILE.test(name))) {
    if (blocksOf(file.text)) read.push(...gridsOf(file, attributes));
    else aside.leave(NO_GRID, file.name);
  }
  if (read.length === 0) throw noLevels();
  const tiles = new Set(read.flatMap(({ grid }) => [...grid.rows.join('')]));
  const areSokobans = [...tiles].every(isSokobanTile);
  const room =
    areSokobans && SOKOBAN.every((tile) => tiles.has(tile))
      ? sizeOfRooms(read.map(({ grid }) => grid))
      : undefined;
  const found = room ? roomsOf(read, room, aside) : read;
  const heights = found.map(({ grid }) => grid.height);
  const widths = found.map(({ grid }) => grid.width);
  const isTurned = shareOfMost(widths) > shareOfMost(heights);
  const sizes = isTurned ? widths : heights;
  const size = mostCommon(sizes);
  const all = found.map(({ grid }) => grid);
  const nothing = nothingOf(attributes) ?? tilesByCount(all)[0]![0];
  const isAir = !isTurned && !areSokobans;
  const seen = new Set<string>();
  const places = new Map<TileGrid, string>();
  let filled = 0;
  for (const [i, { grid, where }] of found.entries()) {
    const brought = isAir ? broughtToHeight(grid, size, nothing) : grid;
    const text = brought && gridText(brought);
    if (text === undefined || (!isAir && sizes[i] !== size))
      aside.leave(isTurned ? otherWidth(size) : otherHeight(size), where);
    else if (seen.has(text)) aside.leave(REPEATED, where);
    else {
      seen.add(text);
      places.set(brought!, where);
      filled += Number(brought !== grid);
    }
  }
  const ragged = isAir ? found.filter(({ isRagged }) => isRagged).length : 0;
  const notes = [
    ...(room ? [roomsNote(room)] : []),
    ...(filled === 0 ? [] : [filledNote(filled, size)]),
    ...(ragged === 0 ? [] : [raggedNote(ragged, nothing)]),
  ];
  return { places, size, isTurned, notes };
}

/** What no room is without. */
const SOKOBAN = ['@', '$', '.'];

interface FoundGrid {
  readonly grid: TileGrid;
  readonly where: string;
  readonly isRagged: boolean;
}

function roomsOf(found: readonly FoundGrid[], size: RoomSize, aside: Aside): FoundGrid[] {
  return found.flatMap((each) => {
    const grid = walledTo(size, each.grid);
    if (!grid) aside.leave(tooLarge(size), each.where);
    return grid ? [{ ...each, grid }] : [];
  });
}

const nothingOf = (attributes: TileAttributes): string | undefined =>
  Object.keys(attributes).find((tile) => attributes[tile]!.includes('empty'));

/** Whether lines are rows of a grid: equally long, or cut off at their right end and of tiles that go on. Letters alone may be names of one length. */
export function blocksOf(text: string): boolean {
  const rows = text.split(/\r\n?|\n/).filter((row) => row !== '' && !row.startsWith(';'));
  const lengths = rows.map((row) => [...row].length);
  const common = lengths.filter((length) => length === lengths[0]).length;
  const tiles = new Set(rows.flatMap((row) => [...row]));
  if (rows.length < 3 || Math.max(...lengths) < 3 || tiles.size > 40) return false;
  const areLetters = rows.every((row) => NAME.test(row));
  return (common > 0.8 * rows.length && !areLetters) || runsOf(rows) > RUNS;
}

/** Of neighbours in rows of tiles, those that are the same; in words and names hardly any are. */
const RUNS = 0.4;
const NAME = /^[\p{L}\p{M}]+$/u;
const runsOf = (rows: readonly string[]): number => {
  const pairs = rows.reduce((sum, row) => sum + Math.max(0, row.length - 1), 0);
  const same = rows.reduce(
    (sum, row) => sum + [...row].filter((tile, x) => x > 0 && tile === row[x - 1]).length,
    0,
  );
  return same / Math.max(1, pairs);
};

function gridsOf({ name, text }: DesignFile, attributes: TileAttributes): FoundGrid[] {
  const wide = text.split(/\r\n?|\n/).findIndex((row) => WIDE.test(row));
  if (wide >= 0) throw wideTile(name, wide + 1, WIDE.exec(text)![0]);
  const { levels, filledUp } = readLevels(text, name, nothingOf(attributes) ?? fillOf(text));
  return levels.map((grid, i) => ({
    grid,
    where: levels.length === 1 ? name : `${name}, ${i + 1}`,
    isRagged: filledUp.has(i + 1),
  }));
}

/** What short rows are filled up with: nothing, as the file writes it. */
const fillOf = (text: string): string =>
  text.includes('-') ? '-' : text.includes('.') && !text.includes('$') ? '.' : ' ';

function mostCommon(values: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].toSorted(([a, m], [b, n]) => n - m || b - a)[0]![0];
}

function shareOfMost(values: readonly number[]): number {
  const most = mostCommon(values);
  return values.filter((value) => value === most).length / values.length;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Of a legend that has been read. */
const attributesOf = (text: string): TileAttributes => (JSON.parse(text) as { tiles: TileAttributes }).tiles;

export class Aside {
  readonly #by = new Map<string, { readonly reason: Localized; readonly where: string[] }>();

  leave(reason: Localized, where: string): void {
    const known = this.#by.get(reason.en);
    if (known) known.where.push(where);
    else this.#by.set(reason.en, { reason, where: [where] });
  }

  all(): SetAside[] {
    return [...this.#by.values()].map(({ reason, where }) => ({
      reason,
      count: where.length,
      where: where.slice(0, 5),
    }));
  }
}

const REPEATED: Localized = { en: 'the same as a level before', zh: '与前面的关卡相同' };
const NO_LEGEND: Localized = { en: 'does not say what tiles mean', zh: '未说明图块的含义' };
const filledNote = (filled: number, height: number): Localized => ({
  en: `${plural(filled, 'level')} of another height ${filled === 1 ? 'was' : 'were'} brought to the ${height} rows that most have, with air at the top.`,
  zh: `${filled} 个高度不同的关卡在顶部补齐或去除空行，统一为多数关卡的 ${height} 行。`,
});
const raggedNote = (ragged: number, nothing: string): Localized => ({
  en: `${plural(ragged, 'level')} ${ragged === 1 ? 'has' : 'have'} rows that end early: they were filled up with ${JSON.stringify(nothing)} at their right end.`,
  zh: `${ragged} 个关卡有行尾不齐的行：已在右端用 ${JSON.stringify(nothing)} 补齐。`,
});
const roomsNote = ({ width, height }: RoomSize): Localized => ({
  en: `The rooms are of several sizes: they were brought to ${width} × ${height} tiles with walls around them, and what lies outside of them is wall.`,
  zh: `房间大小不一：已在四周补墙，统一为 ${width} × ${height} 格；房间之外均视为墙。`,
});
const tooLarge = ({ width, height }: RoomSize): Localized => ({
  en: `larger than ${width} × ${height} tiles, which nine in ten fit into`,
  zh: `大于 ${width} × ${height} 格（九成的房间都放得下）`,
});
const NO_GRID: Localized = { en: 'no grid of tiles', zh: '不是图块网格' };
const otherWidth = (width: number): Localized => ({
  en: `not ${width} columns wide, as most are`,
  zh: `宽度不是多数关卡的 ${width} 列`,
});
const otherHeight = (height: number): Localized => ({
  en: `not ${height} rows high, as most are, and what stands at the top is not air alone`,
  zh: `高度不是多数关卡的 ${height} 行，且顶部并非全空`,
});

/** Two places of a string, as emoji are. */
const WIDE = /[\u{10000}-\u{10ffff}]/u;
const wideTile = (file: string, row: number, tile: string): UserError =>
  new UserError({
    en: `${file}, row ${row}: the tile ${tile} is an emoji; write a letter for each kind of tile (such as X for ${tile}), and what they mean in a legend beside the levels`,
    zh: `${file} 第 ${row} 行：图块 ${tile} 是表情符号；请为每种图块改用一个字母（例如用 X 代替 ${tile}），并在关卡旁的图例中说明含义`,
  });

const noLevels = (): UserError =>
  new UserError({
    en: 'no levels were found: expected text files (.txt) of rows of tiles, a character each, and if you have one a legend (.json)',
    zh: '没有找到关卡：应为由图块字符组成的文本文件（.txt），每格一个字符；如有图例请一并提供（.json）',
  });
