import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sokobanLevel } from './sokoban-level.ts';
import { SokobanPlacement } from './sokoban-placement.ts';
import { solveSokoban } from './sokoban-solver.ts';

const [WIDTH, HEIGHT] = [6, 5];

/** Whether each thing may stand where it does, one after the other. */
function isAllowed(rows: readonly string[]): boolean {
  const tiles = [...rows.join('')];
  const of = (kinds: string) => tiles.flatMap((tile, cell) => (kinds.includes(tile) ? [cell] : []));
  const placement = new SokobanPlacement({
    width: WIDTH,
    height: HEIGHT,
    walls: tiles.map((tile) => Number(tile === '#')),
  });
  const [goals, boxes, [player]] = [of('.*+'), of('$*'), of('@+')];
  return (
    goals.every((cell, i) => placement.place(goals.slice(0, i), []).allowsGoal(cell)) &&
    boxes.every((cell, i) => placement.place(goals, boxes.slice(0, i)).allowsBox(cell)) &&
    placement.place(goals, boxes).allowsPlayer(player!)
  );
}

describe('where things of Sokoban can stand', () => {
  it('no level that can be solved is barred', () => {
    let solved = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), (seed) => {
        const random = new Random(seed);
        const cells = Array.from({ length: WIDTH * HEIGHT }, (): string =>
          random.below(6) === 0 ? '#' : ' ',
        );
        const places = random.permutation(cells.length);
        for (const [i, tile] of ['@', '$', '$', '.', '.'].entries()) cells[places[i]!] = tile;
        const rows = Array.from({ length: HEIGHT }, (_, y) =>
          cells.slice(y * WIDTH, (y + 1) * WIDTH).join(''),
        );
        if (solveSokoban(sokobanLevel({ width: WIDTH, height: HEIGHT, rows }), 5_000).kind !== 'solved')
          return;
        solved++;
        expect(isAllowed(rows)).toBe(true);
      }),
      { numRuns: 300 },
    );
    expect(solved).toBeGreaterThan(10);
  });

  it.each([
    ['a box in a corner', ['$   @ ', ' . .  ', '  $   ', '      ', '      ']],
    ['a goal in another room', ['. #   ', ' .# $ ', '  # $@', '  #   ', '  #   ']],
    ['two boxes side by side at a wall', ['  $$  ', '.   . ', '    @ ', '      ', '      ']],
    ['a player who cannot push', ['@#    ', '## $  ', '   .$ ', '    . ', '      ']],
  ])('what cannot be solved is seen: %s', (_, rows) => {
    expect(isAllowed(rows)).toBe(false);
  });
});
