/** The nearest original, found by bounds, is the one that comparing all pixels finds. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { nearestSprite, pixelsApart } from './sprite-copies.ts';

/** Pixels of a few colours, many of them nothing. */
function sprite(random: Random): string {
  const colours = ['.', '.', '.', ...'abcdef'.slice(random.below(3))];
  const row = () => Array.from({ length: 6 }, () => colours[random.below(colours.length)]!).join('');
  return Array.from({ length: 6 }, row).join('\n');
}
const mirrored = (rows: string) =>
  rows
    .split('\n')
    .map((row) => [...row].reverse().join(''))
    .join('\n');

describe('nearestSprite', () => {
  it('is that of all comparisons', () => {
    const random = new Random(3);
    const originals = Array.from({ length: 200 }, () => sprite(random));
    for (let i = 0; i < 20; i++) {
      const own = sprite(random);
      const all = originals.map((other) =>
        Math.min(pixelsApart(own, other), pixelsApart(mirrored(own), other)),
      );
      const { place, apart } = nearestSprite(own, originals, (original) => original);
      expect(apart).toBe(Math.min(...all));
      expect(place).toBe(all.indexOf(apart));
    }
  });

  it('counts the pixels that are something in either, and finds what is mirrored', () => {
    expect(pixelsApart('ab\n..', 'ac\n.d')).toBeCloseTo(2 / 3, 12);
    expect(nearestSprite('ab\n..', ['xx\nxx', 'ba\n..'], (original) => original)).toEqual({
      place: 1,
      apart: 0,
    });
  });
});
