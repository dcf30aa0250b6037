/** Files of levels as people have them: what is missing or wrong is named, never learnt from in silence. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import type { Corpus, DesignFile } from './kind.ts';
import { blocksOf } from './level-files.ts';
import type { LevelRules } from './level-rules.ts';
import { levels } from './levels.ts';

const fileOf = (name: string, ...rows: string[]): DesignFile => ({
  name,
  folder: '',
  path: name,
  text: `${rows.join('\n')}\n`,
});
const read = (files: readonly DesignFile[]) => levels.read(files, new Random(0)) as Corpus<LevelRules>;
const legend = fileOf(
  'legend.json',
  '{"tiles": {"X": ["solid"], "-": ["passable", "empty"], "o": ["coin"]}}',
);
/** Five levels, each with a coin somewhere else. */
const own = (change: (rows: string[], i: number) => string[]): DesignFile[] =>
  Array.from({ length: 5 }, (_, i) =>
    fileOf(
      `${i}.txt`,
      ...change(['--------', '--------', `${'-'.repeat(i)}o${'-'.repeat(7 - i)}`, 'XXXXXXXX'], i),
    ),
  );

describe('files of levels', () => {
  it('with rows that end early are filled up, and that is said', () => {
    const cut = own((rows) => rows.map((row) => row.replace(/-+$/, '') || '-'));
    const { items, notes } = read([...cut, legend]);
    expect(items).toEqual(read([...own((rows) => rows), legend]).items);
    expect(notes[0]!.en).toBe(
      '5 levels have rows that end early: they were filled up with "-" at their right end.',
    );
    expect(blocksOf('青山阁\n松月居\n竹石轩\n云水阁\n星月轩')).toBe(false);
    expect(blocksOf('amber\nbasil\ncedar\nlilac\nmaple')).toBe(false);
    expect(blocksOf('aaaaaaa\nabbbcca\naabbbba\naaaaaaa')).toBe(true);
    expect(blocksOf('A sentence of words,\nand another one\nthat is longer than both of them')).toBe(false);
  });

  it('of another height are filled up with air', () => {
    const { items, notes, setAside } = read([
      ...own((rows, i) => (i === 0 ? rows.slice(1) : i < 3 ? rows.map((row) => row + row.at(-1)!) : rows)),
      fileOf('cave.txt', 'XXXXXXXX', '--------', 'XXXXXXXX'),
      legend,
    ]);
    expect(items).toHaveLength(5);
    expect(notes[0]!.en).toMatch(/^1 level of another height was brought to the 4 rows/);
    expect(setAside).toMatchObject([{ count: 1, where: ['cave.txt'] }]);
  });

  it('of Sokoban without a player are set aside by name', () => {
    const rooms = Array.from({ length: 5 }, (_, i) =>
      fileOf(`${i}.txt`, '########', `#${' '.repeat(i)}@${' '.repeat(5 - i)}#`, '#  $ . #', '########'),
    );
    const { setAside } = read([
      ...rooms,
      fileOf('nobody.txt', '########', '#      #', '#  $ . #', '########'),
    ]);
    expect(setAside).toMatchObject([
      { reason: { en: 'a Sokoban level has one player (@ or +); this one has 0' }, where: ['nobody.txt'] },
    ]);
  });

  it('with emoji for tiles are refused with the row', () => {
    const files = own((rows) => rows.map((row) => row.replaceAll('X', '🟫')));
    expect(() => read(files)).toThrow('0.txt, row 4: the tile 🟫 is an emoji');
  });

  it('that no player gets through by the legend are learnt from, and it is said that nothing is proved', () => {
    const walled = own((rows) => rows.map((row) => `${row.slice(0, 4)}X${row.slice(5)}`));
    const { rules, notes } = read([...walled, legend]);
    expect(rules.game.kind).toBe('unknown');
    expect(notes[0]!.en).toMatch(/^By the legend fewer than 4 levels can be played.*nothing is proved\.$/);
  });
});
