/**
 * Levels: grids of tiles in text files, with a legend beside them that says what tiles mean. They are read by columns, as a player comes
 * past them. Sokoban is known by its tiles and solved; other games are crossed or collected by the physics that their own levels need; of a game
 * without a legend only what all levels share is kept, and that is said.
 */
import { type Localized, plural, type Random, UserError } from '@gradus/base';
import { gridText } from '@gradus/tasks';
import { repairCollected } from './collect-repair.ts';
import type { Askable, Corpus, DesignKind, MadeFile, SetAside, Wants } from './kind.ts';
import { nearestByColumns, nearestBySize, symmetriesOf } from './level-copies.ts';
import { levelDrafting } from './level-drafts.ts';
import { Aside, blocksOf, gridsAmong, legendAmong } from './level-files.ts';
import { chooseGame, FEWEST, playable } from './level-game.ts';
import { leastReached, settling } from './level-objects.ts';
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

export const levels: DesignKind<LevelRules> = {
  name: 'levels',
  title: { en: 'levels', zh: '关卡' },

  is: (files) => files.some(({ text }) => blocksOf(text)),

  read: (files) => {
    const aside = new Aside();
    const { known, attributes } = legendAmong(files, aside);
    const { places, size, isTurned, notes } = gridsAmong(files, attributes, aside);
    const grids = [...places.keys()];
    const tiles = new Set(grids.flatMap(({ rows }) => rows.flatMap((row) => [...row])));
    const { game, guessed, isTooStrict } = chooseGame(grids, tiles, known, attributes);
    const kept = playable(grids, game);
    for (const grid of grids) {
      if (kept.includes(grid)) continue;
      // Of Sokoban the rules are known, of other games they are what most of the levels follow.
      const reason = game.kind === 'sokoban' ? judgeGrid(grid, game).reason! : UNPLAYABLE;
      aside.leave(reason, places.get(grid)!);
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
        reached: leastReached(kept, game) ?? 0,
      },
      setAside: aside.all(),
      notes: [
        ...notes,
        ...(isTooStrict ? [TOO_STRICT] : notesOf(game)),
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
      isTiled: !isPlaced(rules),
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

  settle: (rules, { characters }) => settling(rules, characters),

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

const UNPLAYABLE: Localized = {
  en: 'cannot be played by the rules that the others follow, so it would teach what does not work',
  zh: '按其他关卡遵循的规则无法通关，学习它会学到错误的设计',
};
const TOO_STRICT: Localized = {
  en: `By the legend fewer than ${FEWEST} levels can be played as players walk, jump, climb and fall here, so the game has ways that it does not say (moving platforms, doors): nothing is proved.`,
  zh: `按图例，以这里的行走、跳跃、攀爬和下落规则，可通关的关卡不足 ${FEWEST} 个，说明游戏还有图例未描述的通路（移动平台、门等）：因此不作证明。`,
};

const tooFew = (count: number, height: number, setAside: readonly SetAside[]): UserError =>
  new UserError({
    en: `${plural(count, 'level')} of ${height} rows or columns can be learnt from; at least ${FEWEST} are needed${setAside.map(({ reason, count: others }) => `; set aside: ${others}: ${reason.en}`).join('')}`,
    zh: `可供学习的 ${height} 行（列）关卡只有 ${count} 个；至少需要 ${FEWEST} 个${setAside.map(({ reason, count: others }) => `；搁置 ${others} 个：${reason.zh}`).join('')}`,
  });
