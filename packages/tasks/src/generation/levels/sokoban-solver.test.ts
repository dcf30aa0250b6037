import { existsSync, readFileSync } from 'node:fs';
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLevels } from './grid.ts';
import { type SokobanLevel, sokobanLevel } from './sokoban-level.ts';
import { solveSokoban } from './sokoban-solver.ts';

const level = (...rows: string[]): SokobanLevel =>
  sokobanLevel({ width: rows[0]!.length, height: rows.length, rows });

const STEPS: Readonly<Record<string, readonly [number, number]>> = {
  u: [0, -1],
  d: [0, 1],
  l: [-1, 0],
  r: [1, 0],
};

/** Plays a solution by the rules, step by step. @returns whether all boxes stand on goals in the end */
function plays({ width, walls, goals, boxes, player }: SokobanLevel, moves: string): boolean {
  const stand = new Set(boxes);
  let at = player;
  for (const letter of moves) {
    const [dx, dy] = STEPS[letter.toLowerCase()]!;
    const step = dx + dy * width;
    const next = at + step;
    if (walls[next]) return false;
    if (stand.has(next) !== (letter !== letter.toLowerCase())) return false;
    if (stand.delete(next)) {
      if (walls[next + step] || stand.has(next + step)) return false;
      stand.add(next + step);
    }
    at = next;
  }
  const on = new Set(goals);
  return [...stand].every((box) => on.has(box));
}

/** Whether any sequence of moves solves the level, by looking at all of them. */
function canBeSolved({ width, walls, goals, boxes, player }: SokobanLevel): boolean {
  const on = new Set(goals);
  const start = { at: player, boxes: [...boxes].sort((a, b) => a - b) };
  const seen = new Set([JSON.stringify(start)]);
  const queue = [start];
  for (const { at, boxes } of queue) {
    if (boxes.every((box) => on.has(box))) return true;
    for (const step of [1, -1, width, -width]) {
      const next = at + step;
      if (walls[next]) continue;
      const box = boxes.indexOf(next);
      if (box >= 0 && (walls[next + step] || boxes.includes(next + step))) continue;
      const moved = boxes.map((cell, i) => (i === box ? cell + step : cell)).sort((a, b) => a - b);
      const state = { at: next, boxes: moved };
      const key = JSON.stringify(state);
      if (!seen.has(key)) {
        seen.add(key);
        queue.push(state);
      }
    }
  }
  return false;
}

function randomLevel(seed: number): SokobanLevel | undefined {
  const random = new Random(seed);
  const [width, height] = [3 + random.below(3), 3 + random.below(2)];
  const cells: string[] = Array.from({ length: width * height }, () => (random.uniform() < 0.2 ? '#' : ' '));
  const floor = random.shuffle(Int32Array.from(cells.keys()).filter((i) => cells[i] === ' '));
  const boxes = 1 + random.below(3);
  if (floor.length < 2 * boxes + 1) return undefined;
  cells[floor[0]!] = '@';
  for (let i = 0; i < boxes; i++) {
    cells[floor[1 + i]!] = '$';
    cells[floor[1 + boxes + i]!] = '.';
  }
  return level(...Array.from({ length: height }, (_, y) => cells.slice(y * width, (y + 1) * width).join('')));
}

describe('solveSokoban', () => {
  it('gives moves that solve the level when they are played', () => {
    const easy = level('#######', '#@ $ .#', '#######');
    const verdict = solveSokoban(easy);
    expect(verdict).toMatchObject({ kind: 'solved', pushes: 2, moves: 'rRR' });
    const knotted = level('########', '#  .   #', '# $#$  #', '# .@ $ #', '#   #. #', '########');
    const solved = solveSokoban(knotted);
    expect(solved.kind === 'solved' && plays(knotted, solved.moves)).toBe(true);
  });

  it('agrees with looking at every state, on small levels by chance', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const drawn = randomLevel(seed);
        if (!drawn) return;
        const verdict = solveSokoban(drawn);
        expect(verdict.kind).toBe(canBeSolved(drawn) ? 'solved' : 'unsolvable');
        if (verdict.kind === 'solved') expect(plays(drawn, verdict.moves)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['a box in a corner', ['#####', '#$  #', '# @.#', '#####']],
    [
      'two boxes that hold each other at a wall',
      ['######', '# $$ #', '# ..@#', '#    #', '######'].map((row) => row),
    ],
    ['a goal behind a wall', ['#######', '#@$ #.#', '#######']],
    ['a player who cannot reach the box', ['########', '#@#  $.#', '########']],
  ])('refuses %s', (_, rows) => {
    const verdict = solveSokoban(level(...rows));
    expect(verdict.kind).toBe(canBeSolved(level(...rows)) ? 'solved' : 'unsolvable');
  });

  it('says that it does not know within its limit', () => {
    const large = level('########', '#      #', '# @$ $ #', '#      #', '#  .   #', '#    . #', '########');
    expect(solveSokoban(large, 3)).toEqual({ kind: 'unknown', states: 3 });
  });

  const hard = '../shared/data/levels-boxoban/hard_000.txt';
  it.skipIf(!existsSync(hard))('solves the first fifty hard levels of Boxoban', () => {
    for (const grid of readLevels(readFileSync(hard, 'utf8'), hard, '#').levels.slice(0, 50)) {
      const read = sokobanLevel(grid);
      const verdict = solveSokoban(read);
      expect(verdict.kind === 'solved' && plays(read, verdict.moves)).toBe(true);
    }
  });
});

describe('a level', () => {
  it('is refused by row and column where a tile is unknown, and where players, boxes or goals are too few', () => {
    expect(() => level('###', '#x#', '###')).toThrow('row 2, column 2: "x" is no tile of Sokoban');
    expect(() => level('#####', '#$.##', '#####')).toThrow('one player');
    expect(() => level('#####', '#@$ #', '#####')).toThrow('1 boxes and 0 goals');
  });

  it('is one of many in a file, and short rows are filled up', () => {
    const { levels, filledUp } = readLevels('; 0\n####\n#@\n####\n\n; 1\n##\n##\n', 'levels.txt', ' ');
    expect(levels.map(({ rows }) => rows)).toEqual([
      ['####', '#@  ', '####'],
      ['##', '##'],
    ]);
    expect(filledUp).toEqual(new Map([[1, 1]]));
    expect(() => readLevels('\n; nothing\n', 'levels.txt', ' ')).toThrow('levels.txt holds no level');
  });
});
