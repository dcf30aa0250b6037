/**
 * A level: a grid of tiles, each one character, as level editors and corpora write them (Summerville et al., "The VGLC", 2016). A file
 * holds one level, or many with a line between them that is empty or begins with `;`, as Sokoban's collections have them.
 */
import { UserError } from '@gradus/base';

export interface TileGrid {
  readonly width: number;
  readonly height: number;
  /** Rows from top to bottom, each of `width` characters. */
  readonly rows: readonly string[];
}

export interface ReadLevels {
  readonly levels: readonly TileGrid[];
  /** By the number of the level in the file, from 1: how many of its rows were shorter than the widest and were filled up. */
  readonly filledUp: ReadonlyMap<number, number>;
}

/** Cells of a level at most. */
const MOST_CELLS = 200_000;
const SEPARATOR = /^;/;

/**
 * @param fill What the ends of short rows become: the tile of which there is nothing
 * @throws UserError where there is no level, or one is too large
 */
export function readLevels(text: string, file: string, fill: string): ReadLevels {
  const levels: TileGrid[] = [];
  const filledUp = new Map<number, number>();
  let rows: string[] = [];
  const close = () => {
    if (rows.length === 0) return;
    const width = Math.max(...rows.map((row) => row.length));
    if (width * rows.length > MOST_CELLS) {
      throw new UserError({
        en: `${file}: level ${levels.length + 1} is ${width} × ${rows.length} tiles; at most ${MOST_CELLS} are read. Is it a level?`,
        zh: `${file}：第 ${levels.length + 1} 个关卡为 ${width} × ${rows.length} 格；最多读取 ${MOST_CELLS} 格。它确实是关卡吗？`,
      });
    }
    const short = rows.filter((row) => row.length < width).length;
    levels.push({ width, height: rows.length, rows: rows.map((row) => row.padEnd(width, fill)) });
    if (short > 0) filledUp.set(levels.length, short);
    rows = [];
  };
  for (const line of text.replace(/^\uFEFF/, '').split(/\r\n?|\n/)) {
    if (line === '' || SEPARATOR.test(line)) close();
    else rows.push(line);
  }
  close();
  if (levels.length > 0) return { levels, filledUp };
  throw new UserError({
    en: `${file} holds no level: expected lines of tiles, a character each.`,
    zh: `${file} 中没有关卡：应为由图块字符组成的若干行，每格一个字符。`,
  });
}

export const gridText = ({ rows }: TileGrid): string => rows.join('\n');
