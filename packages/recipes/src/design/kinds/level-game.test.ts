/** What tiles under names that say nothing are taken for. */
import { Random } from '@gradus/base';
import { gridText, type TileGrid } from '@gradus/tasks';
import { describe, expect, it } from 'vitest';
import { chooseGame, playable } from './level-game.ts';

/** `.` nothing, `b` ground that can be dug away, `B` other ground, `#` ladders, `-` ropes, `G` gold, `M` the player. */
const TILES = '.bB#-GM';

/** Three floors with ladders and a rope; in every other level gold is walled in by what can be dug away. */
function level(random: Random, isWalledIn: boolean): TileGrid {
  const rows = ['.', '.', 'b', '.', '.', '.', 'b', '.', '.', '.', 'B'].map((tile) =>
    Array<string>(16).fill(tile),
  );
  for (const top of [2, 6]) {
    const gap = 3 + random.below(8);
    for (let x = gap; x < gap + 3; x++) {
      rows[top]![x] = '.';
      rows[top - 1]![x] = '-';
    }
    const ladder = (gap + 5 + random.below(5)) % 16;
    for (let y = top; y < top + 4; y++) rows[y]![ladder] = '#';
  }
  const put = (tile: string, y: number): number => {
    let x = random.below(16);
    while (rows[y]![x] !== '.' || rows[y + 1]![x] === '.') x = random.below(16);
    rows[y]![x] = tile;
    return x;
  };
  put('M', 1);
  for (const y of [1, 5, 9]) put('G', y);
  const x = put('G', 9);
  if (isWalledIn) {
    for (const [dx, dy] of [
      [-1, 9],
      [1, 9],
      [-1, 8],
      [0, 8],
      [1, 8],
    ] as const)
      if (rows[dy]![x + dx] === '.') rows[dy]![x + dx] = 'b';
  }
  return { width: 16, height: rows.length, rows: rows.map((row) => row.join('')) };
}

describe('chooseGame', () => {
  it.each(['.bB#-GM', '+%~|=!@'])(
    'finds that ground can be dug away where many levels cannot be played otherwise: %s',
    (names) => {
      const random = new Random(5);
      const grids = Array.from({ length: 16 }, (_, i) => level(random, i % 2 === 0)).map((grid) => ({
        ...grid,
        rows: grid.rows.map((row) => Array.from(row, (tile) => names[TILES.indexOf(tile)]!).join('')),
      }));
      const tiles = new Set(grids.map(gridText).join('').replaceAll('\n', ''));
      const { game, guessed } = chooseGame(grids, tiles, undefined, {});
      expect(game).toMatchObject({ kind: 'platformer', rules: { task: 'collect', jump: 0 } });
      expect(guessed![names[1]!]).toContain('diggable');
      expect(guessed![names[2]!]).toEqual(['solid']);
      expect(guessed![names[3]!]).toContain('ladder');
      expect(guessed![names[4]!]).toContain('rope');
      expect(guessed![names[5]!]).toContain('collectable');
      expect(guessed![names[6]!]).toContain('start');
      expect(playable(grids, game).length).toBeGreaterThan(12);
    },
  );

  it('proves nothing by a guess in which players get everywhere: rooms of Sokoban without a player', () => {
    const random = new Random(7);
    const grids = Array.from({ length: 12 }, (): TileGrid => {
      const cells = Array.from({ length: 6 }, () =>
        Array.from({ length: 6 }, (): string => (random.below(6) === 0 ? '#' : ' ')),
      );
      for (const tile of ['$', '$', '.', '.']) cells[random.below(6)]![random.below(6)] = tile;
      const rows = ['########', ...cells.map((row) => `#${row.join('')}#`), '########'];
      return { width: 8, height: 8, rows };
    });
    const { game } = chooseGame(grids, new Set('# $.'), undefined, {});
    expect(game.kind).toBe('unknown');
  });
});
