/** Levels that are being drawn are shut where no column that could still come would save them. */
import { legendOf } from '@gradus/tasks';
import { describe, expect, it } from 'vitest';
import { gridOf, type LevelRules, rulesFrom } from './level-rules.ts';
import { airOf, groundOf, wayIsOpen } from './level-way.ts';

const LEGEND = legendOf({ X: ['solid'], '-': ['passable'] });
const GAME = { kind: 'platformer' as const, rules: { legend: LEGEND, task: 'right' as const, jump: 2 } };
const GROUND = '-----X';
const AIR = '------';
const CHARACTERS = ['', '-', 'X'];
const RULES = {
  ...rulesFrom([gridOf(['-', '-', '-', '-', '-', 'X'].join('\n'))], GAME, {
    words: undefined,
    isTurned: false,
    guessed: null,
  }),
  ground: GROUND,
};

/** Columns are drawn one after another until one shuts the level. @returns how many were open */
function openColumns(columns: readonly string[], rules: LevelRules = RULES): number {
  const isOpen = wayIsOpen(rules, CHARACTERS)!;
  const drawn: number[] = [];
  for (const [place, column] of columns.entries()) {
    drawn.push(...Array.from(column, (tile) => CHARACTERS.indexOf(tile)));
    if (!isOpen(drawn)) return place;
  }
  return columns.length;
}
const times = (count: number, column: string): string[] => Array<string>(count).fill(column);

describe('wayIsOpen', () => {
  it('lets ground go on, and a gap that ground could still end', () => {
    expect(openColumns([...times(40, GROUND), ...times(3, AIR), ...times(10, GROUND)])).toBe(53);
  });

  it('shuts a gap as soon as no ground would catch the player, and a wall that is too high', () => {
    expect(openColumns([...times(40, GROUND), ...times(12, AIR)])).toBeLessThan(46);
    expect(openColumns([...times(40, GROUND), '--XXXX', ...times(5, GROUND)])).toBe(40);
    expect(openColumns([...times(40, GROUND), '---XXX', ...times(5, GROUND)])).toBe(46);
  });

  it('remembers where the player came from: nobody falls in from above', () => {
    // Behind the wall lies another level of 30 columns, which a player who began there could cross.
    expect(openColumns([...times(5, GROUND), 'XXXXXX', ...times(30, GROUND)])).toBe(5);
  });
});

describe('wayIsOpen of levels that are climbed, by rows from the bottom', () => {
  const climbed: LevelRules = {
    ...RULES,
    game: { kind: 'platformer', rules: { legend: LEGEND, task: 'top', jump: 3 } },
    isTurned: true,
    ground: AIR,
  };
  const [FLOOR, LEFT, RIGHT] = ['XXXXXX', 'XXX---', '---XXX'];
  const stairs = Array.from({ length: 12 }, (_, i) => [AIR, AIR, i % 2 === 0 ? LEFT : RIGHT]).flat();

  it('lets platforms go on that can be jumped to, for as long as there are any', () => {
    expect(openColumns([FLOOR, ...stairs], climbed)).toBe(37);
    expect(openColumns([FLOOR, ...stairs, AIR, AIR, AIR, AIR], climbed)).toBe(39);
  });

  it('shuts a ceiling, and a platform that only somebody above it could get to', () => {
    expect(openColumns([FLOOR, ...stairs, AIR, AIR, FLOOR], climbed)).toBe(39);
    expect(openColumns([FLOOR, AIR, AIR, AIR], climbed)).toBe(3);
  });
});

describe('airOf', () => {
  it('is a row of what is most often nothing', () => {
    expect(airOf(['X-----', '--XXXX'], LEGEND)).toBe('------');
  });
});

describe('groundOf', () => {
  it('is the commonest column that a player can stand in', () => {
    expect(groundOf([AIR, AIR, AIR, GROUND, GROUND, '---XXX'], LEGEND)).toBe(GROUND);
    expect(groundOf([AIR], LEGEND)).toBeNull();
  });
});
