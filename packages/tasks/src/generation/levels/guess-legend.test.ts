/** What tiles of a game that nobody named are guessed to be. */
import { describe, expect, it } from 'vitest';
import type { TileGrid } from './grid.ts';
import { guessesOfTiles } from './guess-legend.ts';
import { legendOf } from './legend.ts';
import { playability, rulesOf } from './playability.ts';

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

describe('guessesOfTiles', () => {
  it('finds ladders and ropes by how they stand, where the usual meaning leaves no way', () => {
    const guesses = guessesOfTiles([LEVEL], new Set('M.B#-G'));
    const played = guesses.map((guess) => {
      const legend = legendOf(guess);
      return playability(LEVEL, { ...rulesOf([LEVEL], legend), jump: 0, wraps: false }).kind;
    });
    expect(guesses[0]).toMatchObject({ '#': ['solid'], '-': ['passable'], '.': ['passable'] });
    expect(played[0]).toBe('unplayable');
    expect(played.at(-1)).toBe('playable');
    expect(guesses.at(-1)).toMatchObject({
      '#': ['climbable', 'ladder', 'passable'],
      '-': ['climbable', 'rope', 'passable'],
      B: ['solid'],
    });
  });

  it('finds the start, what is to be collected and the ground by how tiles stand, where characters say nothing', () => {
    const renamed = grid(
      ...LEVEL.rows.map((row) => [...row].map((tile) => 'qzyk v'['MB#-.G'.indexOf(tile)]!).join('')),
    );
    const played = guessesOfTiles([renamed], new Set('qzyk v')).filter((guess) => {
      const rules = rulesOf([renamed], legendOf(guess));
      return rules.task === 'collect' && playability(renamed, { ...rules, jump: 0 }).kind === 'playable';
    });
    expect(played[0]).toMatchObject({
      q: ['start', 'passable'],
      z: ['solid'],
      v: ['collectable', 'passable'],
      y: ['climbable', 'ladder', 'passable'],
    });
  });
});
