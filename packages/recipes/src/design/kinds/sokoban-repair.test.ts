/** What was drawn and cannot be solved comes out solved, or not at all. */
import { Random } from '@gradus/base';
import { sokobanLevel, solveSokoban } from '@gradus/tasks';
import { describe, expect, it } from 'vitest';
import { gridOf } from './level-rules.ts';
import { repairSokoban } from './sokoban-repair.ts';

describe('repairSokoban', () => {
  it('moves what stands in a corner', () => {
    const repaired = repairSokoban('######\n#$   #\n# @  #\n#  . #\n######', new Random(1))!;
    expect(solveSokoban(sokobanLevel(gridOf(repaired))).kind).toBe('solved');
  });

  it.each([
    '######\n#$  .#\n######',
    '######\n#@$@.#\n######',
    '######\n#@$$.#\n######',
    '######\n#@  .#\n######',
  ])('gives up what lacks a player, a box or a goal: %j', (item) => {
    expect(repairSokoban(item, new Random(1))).toBeUndefined();
  });
});
