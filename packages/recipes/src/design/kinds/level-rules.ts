/** What levels have to obey: the game that their tiles tell, and what all originals share. */
import { type Localized, UserError } from '@gradus/base';
import {
  isSokobanTile,
  type Legend,
  type PlatformRules,
  playability,
  rulesOf,
  type SokobanLevel,
  sokobanLevel,
  solveSokoban,
  type TileAttributes,
  type TileGrid,
} from '@gradus/tasks';
import type { Judged } from './kind.ts';

export type Game =
  | { readonly kind: 'sokoban' }
  | { readonly kind: 'platformer'; readonly rules: PlatformRules }
  | { readonly kind: 'unknown' };

export interface LevelRules {
  readonly game: Game;
  readonly height: number;
  /** All that are in the originals. */
  readonly tiles: readonly string[];
  /** Of the originals, ascending. */
  readonly widths: readonly number[];
  /** How often each tile is in a level, at least and at most; where all levels are of one size. */
  readonly counts: ReadonlyMap<string, readonly [number, number]>;
  /** By columns: the tile that all levels have there, or null where they differ; where all are of one size. */
  readonly fixed: readonly (string | null)[] | null;
  /** By tile, words that people ask for it by. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** Levels are of one width and of several heights: they are kept with rows as columns, the lowest first, as a player climbs past them. */
  readonly isTurned: boolean;
  /** What tiles mean, where some of it is a guess: for people to confirm. */
  readonly guessed: TileAttributes | null;
  /** Of levels that are crossed, the usual column to stand in; of those that are climbed, a row of nothing. */
  readonly ground?: string | null;
  /** Of levels in which everything is collected, the least share of cells that the player of an original gets to. */
  readonly reached?: number;
}

/** A tile that is in a level more often than this is not counted: there is always room for another. */
export const MOST_COUNTED = 8;
/** States that the solver looks at, for a level that was made. */
const STATES = 100_000;

export const gridOf = (item: string): TileGrid => {
  const rows = item.split('\n');
  return { width: rows[0]!.length, height: rows.length, rows };
};

export const columnsOf = (item: string): string[] => {
  const rows = item.split('\n');
  return Array.from({ length: rows[0]!.length }, (_, x) => rows.map((row) => row[x]).join(''));
};

/** As its file has it. */
export const upright = (item: string, { isTurned }: Pick<LevelRules, 'isTurned'>): string =>
  isTurned ? columnsOf(item).reverse().join('\n') : item;

/** As it is kept. */
export const asKept = (level: string, { isTurned }: Pick<LevelRules, 'isTurned'>): string =>
  isTurned ? columnsOf(level.split('\n').reverse().join('\n')).join('\n') : level;

export const byColumns = (item: string): string => columnsOf(item).join('');

export function gameOf(
  grids: readonly TileGrid[],
  tiles: ReadonlySet<string>,
  legend: Legend | undefined,
): Game {
  if (['$', '.', '@'].every((tile) => tiles.has(tile)) && [...tiles].every(isSokobanTile))
    return { kind: 'sokoban' };
  if (!legend) return { kind: 'unknown' };
  return { kind: 'platformer', rules: rulesOf(grids, legend) };
}

export function judgeGrid(grid: TileGrid, game: Game): Judged {
  switch (game.kind) {
    case 'sokoban':
      return solved(grid);
    case 'platformer': {
      const judged = playability(grid, game.rules);
      if (judged.kind === 'unplayable') return { isValid: false, reason: judged.reason };
      return { isValid: true, proof: judged.path.map(({ x, y }) => `${x + 1},${y + 1}`).join(' ') };
    }
    case 'unknown':
      return { isValid: true };
  }
}

function solved(grid: TileGrid): Judged {
  let level: SokobanLevel;
  try {
    level = sokobanLevel(grid);
  } catch (error) {
    if (error instanceof UserError) return { isValid: false, reason: error.localized };
    throw error;
  }
  const verdict = solveSokoban(level, STATES);
  if (verdict.kind === 'solved') return { isValid: true, proof: verdict.moves };
  return {
    isValid: false,
    reason:
      verdict.kind === 'unsolvable'
        ? { en: 'cannot be solved: every push was looked at', zh: '无解：已检查所有推法' }
        : { en: 'no solution was found within the limit', zh: '在限定的搜索范围内未找到解' },
  };
}

export function rulesFrom(
  grids: readonly TileGrid[],
  game: Game,
  {
    words,
    isTurned,
    guessed,
  }: {
    readonly words: ReadonlyMap<string, readonly string[]> | undefined;
  } & Pick<LevelRules, 'isTurned' | 'guessed'>,
): LevelRules {
  const widths = [...new Set(grids.map(({ width }) => width))].sort((a, b) => a - b);
  const sequences = grids.map(({ rows }) => byColumns(rows.join('\n')));
  const isOneSize = widths.length === 1;
  const tiles = new Set(sequences.flatMap((sequence) => [...sequence]));
  const counts = new Map<string, readonly [number, number]>();
  if (isOneSize) {
    for (const tile of tiles) {
      const own = sequences.map((sequence) => sequence.split(tile).length - 1);
      counts.set(tile, [Math.min(...own), Math.max(...own)]);
    }
  }
  const fixed = isOneSize
    ? Array.from(sequences[0]!, (tile, at) => (sequences.every((other) => other[at] === tile) ? tile : null))
    : null;
  return {
    game,
    height: grids[0]!.height,
    tiles: [...tiles].sort(),
    widths,
    counts,
    fixed,
    words: words ?? SOKOBAN_WORDS,
    isTurned,
    guessed,
  };
}

const SOKOBAN_WORDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['$', ['boxes', 'box', '箱子']],
  ['#', ['walls', 'wall', '墙']],
]);

/** By tile, its attributes in the legend, singular and plural. */
export function wordsOf(tiles: TileAttributes): ReadonlyMap<string, readonly string[]> {
  return new Map(
    Object.entries(tiles).map(([tile, attributes]) => [
      tile,
      attributes.flatMap((attribute) => [attribute.toLowerCase(), pluralOf(attribute.toLowerCase())]),
    ]),
  );
}

const pluralOf = (word: string): string => (word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`);

/** A tile that there are too few or too many of, where all originals have about as many. */
export function miscounted({ rows }: TileGrid, { counts }: LevelRules): Localized | undefined {
  const text = rows.join('');
  for (const [tile, [least, most]] of counts) {
    if (most > MOST_COUNTED) continue;
    const count = text.split(tile).length - 1;
    if (count >= least && count <= most) continue;
    const range = least === most ? `${least}` : `${least} – ${most}`;
    return {
      en: `${count} of the tile ${tile}; originals have ${range}`,
      zh: `图块 ${tile} 有 ${count} 个；原有关卡为 ${range} 个`,
    };
  }
  return undefined;
}

const TASKS: Readonly<Record<PlatformRules['task'], Localized>> = {
  right: { en: 'a way from the left edge to the right one', zh: '从左边界到右边界有路可走' },
  top: { en: 'a way from the bottom to the top', zh: '从底部到顶部有路可走' },
  collect: { en: 'a way to everything that is to be collected', zh: '所有可收集物都能到达' },
};

export function notesOf(game: Game): Localized[] {
  if (game.kind === 'sokoban') {
    return [
      {
        en: 'Taken for Sokoban; valid is what a solver solves.',
        zh: '识别为推箱子；求解器能解出的才算有效。',
      },
    ];
  }
  if (game.kind === 'unknown') {
    return [
      {
        en: 'What the tiles mean is not known, so nothing proves that a level can be played. Put a legend beside the levels: {"tiles": {"X": ["solid"], "-": ["passable"]}}.',
        zh: '不知道图块的含义，因此无法证明关卡可玩。请在关卡旁放一个图例：{"tiles": {"X": ["solid"], "-": ["passable"]}}。',
      },
    ];
  }
  const { task, jump, wraps } = game.rules;
  return [
    {
      en: `Valid is ${TASKS[task].en}, with jumps that rise ${jump} tiles: the height that explains best that the originals can be played.${wraps ? ' Whoever leaves at one side comes in at the other.' : ''}`,
      zh: `有效指：${TASKS[task].zh}；跳跃高度为 ${jump} 格，即最能解释原有关卡可玩的高度。${wraps ? '从一侧离开会从另一侧进入。' : ''}`,
    },
  ];
}

const MEANINGS: Readonly<Record<string, Localized>> = {
  solid: { en: 'solid', zh: '实心' },
  diggable: { en: 'solid, can be dug away', zh: '实心，可挖开' },
  platform: { en: 'platform', zh: '平台' },
  ladder: { en: 'ladder', zh: '梯子' },
  rope: { en: 'rope', zh: '绳索' },
  enemy: { en: 'enemy', zh: '敌人' },
  collectable: { en: 'to be collected', zh: '收集物' },
  damaging: { en: 'deadly', zh: '致命' },
  start: { en: 'where the player starts', zh: '玩家起点' },
  exit: { en: 'exit', zh: '出口' },
  passable: { en: 'nothing', zh: '空' },
};
/** What else tiles are comes after these. */
const TELLING = ['diggable', 'ladder', 'rope', ...Object.keys(MEANINGS)];

/** What was guessed of tiles, as a question. */
export function guessNote(guessed: TileAttributes): Localized {
  const shown = (tile: string, language: keyof Localized) =>
    tile === ' ' ? { en: '(space)', zh: '（空格）' }[language] : tile;
  const tiles = Object.keys(guessed);
  const isUnknown = (tile: string) => guessed[tile]!.includes('unknown');
  const known = (language: keyof Localized) =>
    tiles
      .filter((tile) => !isUnknown(tile))
      .map((tile) => {
        const meaning = TELLING.find((word) => guessed[tile]!.includes(word));
        return `${shown(tile, language)} ${meaning ? MEANINGS[meaning]![language] : guessed[tile]![0]}`;
      });
  const unknown = tiles.filter(isUnknown);
  const isAvoided = unknown.some((tile) => guessed[tile]!.includes('damaging'));
  const asked = (language: keyof Localized) => unknown.map((tile) => shown(tile, language)).join(' ');
  return {
    en: `Guessed from how tiles stand and are called, is it so? ${known('en').join('; ')}.${unknown.length === 0 ? '' : ` What is ${asked('en')}? Nothing tells, so the ways through levels ${isAvoided ? 'keep away from it' : 'take it for nothing'}.`} designs/legend.json holds it: correct it there, put it beside your levels, and run again.`,
    zh: `以下根据图块的字符与摆放方式猜测，请确认：${known('zh').join('；')}。${unknown.length === 0 ? '' : `${asked('zh')} 是什么？无从判断，${isAvoided ? '通关路线避开这些图块' : '暂按空处理'}。`}已写入 designs/legend.json：请更正后与关卡放在一起，再次运行。`,
  };
}
