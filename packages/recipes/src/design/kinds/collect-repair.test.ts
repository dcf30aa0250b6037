/** Levels in which not everything can be collected are made so that it can, by as little as it takes. */
import { Random } from '@gradus/base';
import { legendOf } from '@gradus/tasks';
import { describe, expect, it } from 'vitest';
import { repairCollected } from './collect-repair.ts';
import { gridOf, judgeGrid, rulesFrom } from './level-rules.ts';

const GAME = {
  kind: 'platformer' as const,
  rules: {
    legend: legendOf({
      X: ['solid'],
      '.': ['passable'],
      M: ['start', 'passable'],
      G: ['collectable', 'passable'],
    }),
    task: 'collect' as const,
    jump: 1,
  },
};
const ORIGINAL = ['.......', 'M..G..G', 'XXXXXXX'].join('\n');
const RULES = rulesFrom([gridOf(ORIGINAL)], GAME, { words: undefined, isTurned: false, guessed: null });
const repaired = (...rows: string[]) => repairCollected(rows.join('\n'), RULES, new Random(0));

describe('repairCollected', () => {
  it('moves what cannot be reached, and only that', () => {
    const level = repaired('...X.X..', 'M..X.XG.', '...X.XXX', 'G..X.X.G', 'XXXXXXXX')!;
    expect(judgeGrid(gridOf(level), GAME).isValid).toBe(true);
    expect(level.replaceAll('G', '.')).toBe('...X.X..\nM..X.X..\n...X.XXX\n...X.X..\nXXXXXXXX');
    expect(level.split('G')).toHaveLength(4);
    expect(level.split('\n')[3]![0]).toBe('G');
  });

  it('sets a start that is missing and takes away one too many', () => {
    for (const row of ['...G..G', 'M.MG.MG']) {
      const level = repaired('.......', row, 'XXXXXXX')!;
      expect(judgeGrid(gridOf(level), GAME).isValid).toBe(true);
      expect(level.split('M')).toHaveLength(2);
    }
  });

  it('gives up where there is no place left', () => {
    expect(repaired('MXG', 'XXX', 'XXX')).toBeUndefined();
  });
});
