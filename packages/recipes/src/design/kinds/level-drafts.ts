/** Levels that a language model drafts: rows of tiles, of the size and the tiles of the originals. */
import type { Localized } from '@gradus/base';
import type { Drafting } from './kind.ts';
import { asKept, columnsOf, type LevelRules, upright } from './level-rules.ts';

/** Rows of one level are hardly more tokens than tiles, and a model loses count of many. */
const TOKENS_A_TILE = 1.2;
const MOST_TOKENS = 8_000;

export function levelDrafting(rules: LevelRules): Drafting {
  const { height, widths, isTurned, tiles } = rules;
  const [least, most] = [widths[0]!, widths.at(-1)!];
  const range = least === most ? `${least}` : `${least} to ${most}`;
  const size = isTurned ? `${height} wide and ${range} high` : `${range} wide and ${height} high`;
  return {
    task: `Levels of a game as grids of tiles, a character each, ${size}. A design is a list of its rows from top to bottom. Tiles: ${JSON.stringify(tiles)}.`,
    quoted: (item) => JSON.stringify(upright(item, rules).split('\n')),
    atOnce: 1,
    maxTokens: Math.min(MOST_TOKENS, Math.ceil(TOKENS_A_TILE * height * most) + 100),
    itemOf: (draft) => {
      const rows = typeof draft === 'string' ? draft.replace(/\n+$/, '').split('\n') : draft;
      if (!Array.isArray(rows) || rows.length === 0 || !rows.every((row) => typeof row === 'string'))
        return NO_ROWS;
      const wide = rows[0].length;
      if (wide === 0 || rows.some((row) => row.length !== wide)) return RAGGED;
      const level = rows.join('\n');
      const kept = columnsOf(asKept(level, rules));
      if (kept[0]!.length !== height || kept.length < least || kept.length > most) return OTHER_SIZE;
      return [...level].some((tile) => tile !== '\n' && !tiles.includes(tile))
        ? OTHER_TILES
        : asKept(level, rules);
    },
  };
}

const NO_ROWS: Localized = { en: 'a draft that is no list of rows', zh: '草稿不是若干行图块' };
const RAGGED: Localized = { en: 'a draft whose rows are not equally long', zh: '草稿各行长度不一' };
const OTHER_SIZE: Localized = {
  en: 'a draft of a size that no original has',
  zh: '草稿的尺寸与原有关卡不符',
};
const OTHER_TILES: Localized = {
  en: 'a draft with tiles that no original has',
  zh: '草稿含有原有关卡没有的图块',
};
