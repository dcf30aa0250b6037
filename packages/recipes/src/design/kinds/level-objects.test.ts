/** What is to be collected stands where the player gets to, and the player where there is much to get to. */
import { Random } from '@gradus/base';
import { legendOf } from '@gradus/tasks';
import { describe, expect, it } from 'vitest';
import { leastReached, settling } from './level-objects.ts';
import { gridOf, judgeGrid, type LevelRules, rulesFrom } from './level-rules.ts';

const GAME = {
  kind: 'platformer' as const,
  rules: {
    legend: legendOf({
      X: ['solid'],
      '.': ['passable'],
      '#': ['climbable', 'ladder'],
      M: ['start', 'passable'],
      G: ['collectable', 'passable'],
    }),
    task: 'collect' as const,
    jump: 0,
  },
};
const CHARACTERS = ['', 'X', '.', '#', 'M', 'G'];
const ORIGINAL = gridOf('...G..G\nXXXXX#X\nM..G.#.\nXXXXXXX');
const ranked = (original = ORIGINAL): LevelRules => ({
  ...rulesFrom([original], GAME, { words: undefined, isTurned: false, guessed: null }),
  reached: leastReached([original], GAME)!,
});
/** Nothing is likelier than anything else. */
const EVEN = () => 0;

function settled(rows: readonly string[], rules = ranked(), gain: () => number = EVEN): string[] {
  const tokens = Array.from({ length: rows[0]!.length }, (_, x) =>
    rows.map((row) => CHARACTERS.indexOf(row[x]!)),
  ).flat();
  const own = settling(rules, CHARACTERS)!(tokens, gain, new Random(4));
  return rows.map((row, y) => Array.from(row, (_, x) => CHARACTERS[own[x * rows.length + y]!]!).join(''));
}

describe('settling', () => {
  it('leaves a level as it is in which everything can be collected', () => {
    expect(settled(ORIGINAL.rows)).toEqual(ORIGINAL.rows);
  });

  it('moves what cannot be reached, and nothing else', () => {
    const own = settled(['G..X..G', 'XXXXX#X', 'M..G.#.', 'XXXXXXX']);
    expect(judgeGrid(gridOf(own.join('\n')), GAME).isValid).toBe(true);
    expect(own.join('').split('G')).toHaveLength(4);
    expect(own.map((row) => row.replaceAll('G', '.'))).toEqual(['...X...', 'XXXXX#X', 'M....#.', 'XXXXXXX']);
  });

  it('moves a player who gets to less than in any original', () => {
    const own = settled(['M.XG..G', 'XXXXX#X', '...G.#.', 'XXXXXXX']);
    expect(judgeGrid(gridOf(own.join('\n')), GAME).isValid).toBe(true);
    expect(own[0]!.slice(0, 3)).toBe('..X');
  });

  it('sets a player where none was drawn', () => {
    expect(settled(['...G..G', 'XXXXX#X', '...G.#.', 'XXXXXXX']).join('').split('M')).toHaveLength(2);
  });
});
