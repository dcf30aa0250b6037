/** What tiles of a game that nobody named are guessed to be. */
import { describe, expect, it } from 'vitest';
import type { TileGrid } from './grid.ts';
import { guessesOfTiles } from './guess-legend.ts';

const grid = (...rows: string[]): TileGrid => ({ width: rows[0]!.length, height: rows.length, rows });
/** `#` is a ladder here and `-` a rope, where most games have walls and air. */
const LEVEL = grid(
  'M.........',
  'BB#....BBB',
  '..#-----.G',
  '..#....BBB',
  '..#.......',
  'G.#......G',
  'BBBBBBBBBB',
);
const TILES = 'MB#-.G';
const named = (characters: string): TileGrid =>
  grid(...LEVEL.rows.map((row) => [...row].map((tile) => characters[TILES.indexOf(tile)]!).join('')));

describe('guessesOfTiles', () => {
  // Characters that say what they are, that say nothing, and that say something else: `-` is gold, `E` where the player starts, `#` nothing.
  it.each(['MB#-.G', 'qzyk v', '012345', 'EbGM#-', '人砖梯绳空金'])(
    'finds roles by how tiles stand: %s',
    (characters) => {
      const [start, ground, ladder, rope, nothing, item] = [...characters];
      const guesses = guessesOfTiles([named(characters)], new Set(characters));
      const are = { start, ladder, rope } as const;
      const found = guesses.find(({ attributes }) =>
        Object.entries(are).every(([role, tile]) => attributes[tile!]!.includes(role)),
      );
      expect(found!.doubts).toBe(Math.min(...guesses.map(({ doubts }) => doubts)));
      expect(found!.attributes).toEqual({
        [start!]: ['start', 'passable'],
        [ground!]: ['solid'],
        [ladder!]: ['climbable', 'ladder', 'passable'],
        [rope!]: ['climbable', 'rope', 'passable'],
        [nothing!]: ['passable'],
        [item!]: ['collectable', 'passable'],
      });
    },
  );

  it('leaves what nothing tells unknown, and tries it as what a way keeps away from first', () => {
    const [guess] = guessesOfTiles([grid('M.....', '.zz...', '.z....', '......', 'BBBBBB')], new Set('M.zB'));
    expect(guess!.attributes.z).toEqual(['unknown', 'damaging']);
  });
});
