/**
 * Levels: grids of tiles in text files, with a legend beside them that says what tiles mean. They are read by columns, as a player comes
 * past them. Sokoban is known by its tiles and solved; other games are crossed or collected by the physics that their own levels need; of a game
 * without a legend only what all levels share is kept, and that is said.
 */
import { type Localized, plural, type Random, UserError } from '@gradus/base';
import {
  gridText,
  isLegend,
  type Legend,
  readLegend,
  readLevels,
  type TileAttributes,
  type TileGrid,
} from '@gradus/tasks';
import { repairCollected } from './collect-repair.ts';
import type { Askable, Corpus, DesignFile, DesignKind, MadeFile, SetAside, Wants } from './kind.ts';
import { nearestByColumns, nearestBySize, symmetriesOf } from './level-copies.ts';
import { levelDrafting } from './level-drafts.ts';
import { chooseGame, FEWEST, playable } from './level-game.ts';
import {
  asKept,
  byColumns,
  columnsOf,
  gridOf,
  guessNote,
  judgeGrid,
  type LevelRules,
  miscounted,
  notesOf,
  rulesFrom,
  upright,
  wordsOf,
} from './level-rules.ts';
import { airOf, groundOf, wayIsOpen } from './level-way.ts';
import { levelWeights, limitOf } from './level-weights.ts';
import { repairSokoban } from './sokoban-repair.ts';
import { isPlaced, placedIsOpen, placedSequence, placedTiles, placedWeights } from './sokoban-sequence.ts';
import { tileColour } from './tile-colours.ts';
import { tiledImage, tiledMap, tiledSet, tileNumbers } from './tiled.ts';

/** Tokens that the transformer sees at once, unless a whole level is hardly more. */
const WINDOW = 224;
const WHOLE = 256;
const LEGEND_FILE = /\.json$/i;
const TEXT_FILE = /\.(txt|xsb|sok|lvl)$/i;

export const levels: DesignKind<LevelRules> = {
  name: 'levels',
  title: { en: 'levels', zh: '关卡' },

  is: (files) => files.some(({ text }) => blocksOf(text)),

  read: (files) => {
    const aside = new Aside();
    const { known, attributes } = legendAmong(files, aside);
    const { grids, size, isTurned } = gridsAmong(files, attributes, aside);
    const tiles = new Set(grids.flatMap(({ rows }) => rows.flatMap((row) => [...row])));
    const { game, guessed, isTooStrict } = chooseGame(grids, tiles, known, attributes);
    const kept = playable(grids, game);
    for (const grid of grids) {
      if (!kept.includes(grid)) aside.leave(UNPLAYABLE, `${grid.width} × ${grid.height}`);
    }
    if (kept.length < FEWEST) throw tooFew(kept.length, size, aside.all());
    const stored = kept.map((grid) => gridOf(asKept(gridText(grid), { isTurned })));
    const items = stored.map(gridText);
    const words = game.kind === 'sokoban' ? undefined : wordsOf(guessed ?? attributes);
    return {
      kind: 'levels',
      items,
      rules: {
        ...rulesFrom(stored, game, { words, isTurned, guessed }),
        ground:
          game.kind === 'platformer'
            ? (isTurned ? airOf : groundOf)(items.flatMap(columnsOf), game.rules.legend)
            : null,
      },
      setAside: aside.all(),
      notes: [
        ...notesOf(game),
        ...(isTooStrict ? [TOO_STRICT] : []),
        ...(guessed ? [guessNote(guessed)] : []),
      ],
    } satisfies Corpus<LevelRules>;
  },

  askable: ({ words }) => {
    const askable: Record<string, Askable> = { length: { kind: 'number' } };
    for (const [tile, names] of words) {
      for (const name of [tile, ...names]) askable[name] ??= { kind: 'number', as: names[0] ?? tile };
    }
    return askable;
  },

  impossible: ({ length }, { widths, fixed }) => {
    const [least, most] = [fixed ? widths[0]! : 1, widths.at(-1)!];
    if (length === undefined || (Number(length) >= least && Number(length) <= most)) return undefined;
    return {
      en: `levels of a length of ${length} cannot be made: originals have ${least === most ? least : `at most ${most}`}`,
      zh: `无法生成长度为 ${length} 的关卡：原有关卡${least === most ? `为 ${least}` : `最长 ${most}`}`,
    };
  },

  sequenceOf: (item, rules) => (isPlaced(rules) ? placedSequence(byColumns(item)) : byColumns(item)),
  itemOf: (sequence, rules) => {
    const { height, fixed } = rules;
    const letters = [...(isPlaced(rules) ? placedTiles(sequence, fixed!.length) : sequence)];
    const width = Math.floor(letters.length / height);
    return Array.from({ length: height }, (_, y) =>
      Array.from({ length: width }, (_, x) => letters[x * height + y]!).join(''),
    ).join('\n');
  },

  shape: (rules) => {
    const { height, widths } = rules;
    const widest = widths.at(-1)! * height + (isPlaced(rules) ? 2 * boxesOf(rules, {})[1] + 1 : 0);
    const window = widest + 1 <= WHOLE ? widest + 1 : Math.max(2, Math.floor(WINDOW / height)) * height;
    // Above, to the left, above and below to the left, and on from there.
    const beside = [1, height, height + 1, height - 1, 2, 2 * height, 3, height + 2];
    return {
      longest: widest + 1,
      window,
      stride: height,
      contexts: [3, 4, 6, 8].map((length) => ({ offsets: beside.slice(0, length), stride: height })),
    };
  },

  weights: (rules, vocabulary, wants) =>
    isPlaced(rules)
      ? placedWeights(rules, vocabulary, boxesOf(rules, wants))
      : levelWeights(rules, vocabulary, wants),

  isOpen: (rules, { characters }) =>
    isPlaced(rules) ? placedIsOpen(rules, characters) : wayIsOpen(rules, characters),

  strides: (learnt, rules) =>
    isPlaced(rules) ? [] : [...new Set(learnt.flatMap((item) => columnsOf(item)))].sort(),

  // The rules of Sokoban are the same in all directions.
  variants: (item, { game }) => (game.kind === 'sokoban' ? [...new Set(symmetriesOf(item))] : [item]),

  judge: (item, rules) => {
    const wrong = miscounted(gridOf(item), rules);
    return wrong ? { isValid: false, reason: wrong } : judgeGrid(gridOf(upright(item, rules)), rules.game);
  },

  repair: (item, rules, random) => {
    if (rules.game.kind !== 'sokoban') return repairCollected(item, rules, random);
    return miscounted(gridOf(item), rules) ? undefined : repairSokoban(item, random);
  },

  nearest: (item, originals, { fixed }) =>
    fixed ? nearestBySize(item, originals) : nearestByColumns(item, originals),

  recombine: (originals, rules, random: Random) => {
    const draw = () => columnsOf(originals[random.below(originals.length)]!);
    const [a, b] = [draw(), draw()];
    const share = random.uniform();
    const columns = [...a.slice(0, Math.round(share * a.length)), ...b.slice(Math.round(share * b.length))];
    return levels.itemOf(columns.join(''), rules);
  },

  patterns: (item) => {
    const rows = item.split('\n');
    return rows
      .slice(1)
      .flatMap((row, y) =>
        Array.from({ length: row.length - 1 }, (_, x) => rows[y]!.slice(x, x + 2) + row.slice(x, x + 2)),
      );
  },

  distance: (a, b) => {
    const [from, to] = [a.split('\n'), b.split('\n')];
    const width = Math.min(from[0]!.length, to[0]!.length);
    let different = 0;
    for (const [y, row] of from.entries())
      for (let x = 0; x < width; x++) different += Number(row[x] !== to[y]?.[x]);
    return different / (width * from.length);
  },

  properties: (item, { words }) => {
    const rows = item.split('\n');
    const properties: Record<string, number> = { length: rows[0]!.length };
    for (const [tile, names] of words) {
      const count = item.split(tile).length - 1;
      for (const name of [tile, ...names]) properties[name] = (properties[name] ?? 0) + count;
    }
    return properties;
  },

  drafting: levelDrafting,

  files: async (made, rules) => {
    const numbers = tileNumbers(rules.tiles);
    return [
      ...made.flatMap(({ item: kept, proof }, i): MadeFile[] => {
        const item = upright(kept, rules);
        const name = `level-${String(i + 1).padStart(3, '0')}`;
        return [
          { name: `${name}.txt`, content: `${item}\n` },
          { name: `${name}.tmj`, content: tiledMap(item, numbers) },
          ...(proof === null ? [] : [{ name: `${name}.proof.txt`, content: `${proof}\n` }]),
        ];
      }),
      { name: 'tiles.tsj', content: tiledSet(numbers, (tile) => rules.words.get(tile)?.[0] ?? '') },
      { name: 'tiles.png', content: await tiledImage(numbers, (tile) => tileColour(tile, rules)) },
      ...(rules.guessed
        ? [{ name: 'legend.json', content: `${JSON.stringify({ tiles: rules.guessed }, undefined, 2)}\n` }]
        : []),
    ];
  },
};

/** How many boxes a room has, at least and at most: as the originals, or as people want. */
function boxesOf({ counts, words }: LevelRules, wants: Wants): readonly [number, number] {
  return limitOf('$', counts.get('$'), words.get('$'), wants) ?? counts.get('$') ?? [1, 1];
}

/** A file that is no JSON is a legend gone wrong; one that speaks of other things is not ours. */
function legendAmong(
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

/** The levels of one size, each once. They are turned where they are of one width rather than of one height: they are climbed. */
function gridsAmong(
  files: readonly DesignFile[],
  attributes: TileAttributes,
  aside: Aside,
): { grids: TileGrid[]; size: number; isTurned: boolean } {
  const found: { grid: TileGrid; where: string }[] = [];
  for (const file of files.filter(({ name }) => TEXT_FILE.test(name))) {
    if (blocksOf(file.text)) found.push(...gridsOf(file, attributes));
    else aside.leave(NO_GRID, file.name);
  }
  if (found.length === 0) throw noLevels();
  const heights = found.map(({ grid }) => grid.height);
  const widths = found.map(({ grid }) => grid.width);
  const isTurned = shareOfMost(widths) > shareOfMost(heights);
  const sizes = isTurned ? widths : heights;
  const size = mostCommon(sizes);
  const seen = new Map<string, TileGrid>();
  for (const [i, { grid, where }] of found.entries()) {
    const text = gridText(grid);
    if (sizes[i] !== size) aside.leave(isTurned ? otherWidth(size) : otherHeight(size), where);
    else if (seen.has(text)) aside.leave(REPEATED, where);
    else seen.set(text, grid);
  }
  return { grids: [...seen.values()], size, isTurned };
}

/** Whether lines stand together that are equally long, as rows of a grid are; rows may be cut off at their right end. */
function blocksOf(text: string): boolean {
  const rows = text.split(/\r\n?|\n/).filter((row) => row !== '' && !row.startsWith(';'));
  const common = rows.filter((row) => row.length === rows[0]?.length).length;
  const tiles = new Set(rows.flatMap((row) => [...row]));
  return rows.length >= 3 && rows[0]!.length >= 3 && common > 0.8 * rows.length && tiles.size <= 40;
}

function gridsOf(
  { name, text }: DesignFile,
  attributes: TileAttributes,
): { readonly grid: TileGrid; readonly where: string }[] {
  const nothing = Object.keys(attributes).find((tile) => attributes[tile]!.includes('empty'));
  const { levels } = readLevels(text, name, nothing ?? fillOf(text));
  return levels.map((grid, i) => ({ grid, where: levels.length === 1 ? name : `${name}, ${i + 1}` }));
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

class Aside {
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
const UNPLAYABLE: Localized = {
  en: 'cannot be played by the rules that the others follow, so it would teach what does not work',
  zh: '按其他关卡遵循的规则无法通关，学习它会学到错误的设计',
};
const NO_LEGEND: Localized = { en: 'does not say what tiles mean', zh: '未说明图块的含义' };
const TOO_STRICT: Localized = {
  en: `By the legend fewer than ${FEWEST} levels can be played as players walk, jump, climb and fall here, so the game has ways that it does not say (moving platforms, doors): nothing is proved.`,
  zh: `按图例，以这里的行走、跳跃、攀爬和下落规则，可通关的关卡不足 ${FEWEST} 个，说明游戏还有图例未描述的通路（移动平台、门等）：因此不作证明。`,
};
const NO_GRID: Localized = { en: 'no grid of tiles', zh: '不是图块网格' };
const otherWidth = (width: number): Localized => ({
  en: `not ${width} columns wide, as most are`,
  zh: `宽度不是多数关卡的 ${width} 列`,
});
const otherHeight = (height: number): Localized => ({
  en: `not ${height} rows high, as most are`,
  zh: `高度不是多数关卡的 ${height} 行`,
});

const noLevels = (): UserError =>
  new UserError({
    en: 'no levels were found: expected text files (.txt) of rows of tiles, a character each, and if you have one a legend (.json)',
    zh: '没有找到关卡：应为由图块字符组成的文本文件（.txt），每格一个字符；如有图例请一并提供（.json）',
  });

const tooFew = (count: number, height: number, setAside: readonly SetAside[]): UserError =>
  new UserError({
    en: `${plural(count, 'level')} of ${height} rows or columns can be learnt from; at least ${FEWEST} are needed${setAside.map(({ reason, count: others }) => `; set aside: ${others}: ${reason.en}`).join('')}`,
    zh: `可供学习的 ${height} 行（列）关卡只有 ${count} 个；至少需要 ${FEWEST} 个${setAside.map(({ reason, count: others }) => `；搁置 ${others} 个：${reason.zh}`).join('')}`,
  });
