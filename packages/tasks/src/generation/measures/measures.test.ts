import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { fourNumbers } from './measures.ts';

const OPTIONS = {
  patterns: (item: string) => [...item],
  distance: (a: string, b: string) => Number(a !== b),
  random: new Random(1),
};
const drawn = (items: readonly string[], isValid = true, isNew = true) =>
  items.map((item) => ({ item, isValid, isNew }));

describe('the four numbers', () => {
  const originals = ['ab', 'ba', 'ac', 'bc'];

  it('are 1 of what is like the held-out items, and 0 like what shares nothing with them', () => {
    const same = fourNumbers(drawn(originals), originals, originals, OPTIONS);
    expect(same.like.value).toBeCloseTo(1, 9);
    expect(same.diverse.value).toBe(1);
    expect(same.valid.value).toBe(1);
    const other = fourNumbers(drawn(['xx', 'xx'], false, false), originals, originals, OPTIONS);
    expect(other.like.value).toBeCloseTo(0, 9);
    expect(other.diverse.value).toBe(0);
    expect([other.valid.value, other.new.value]).toEqual([0, 0]);
  });

  it("have intervals: Wilson's of shares (18 of 20: 0.699 to 0.972), which hold the figure", () => {
    const made = [...drawn(Array(18).fill('ab')), ...drawn(['ba', 'bc'], false)];
    const { valid, like } = fourNumbers(made, originals, originals, OPTIONS);
    expect(valid.low).toBeCloseTo(0.699, 3);
    expect(valid.high).toBeCloseTo(0.972, 3);
    expect(like.low).toBeLessThanOrEqual(like.value);
    expect(like.high).toBeGreaterThanOrEqual(like.value);
    // Of many patterns each comes up in few items: drawn again they are less like the originals, all of them.
    const words = Array.from({ length: 60 }, (_, i) => String.fromCodePoint(200 + i, 200 + ((7 * i) % 60)));
    const rare = fourNumbers(drawn(words), words, words, OPTIONS).like;
    expect(rare.value).toBe(1);
    expect([rare.low < 1, rare.high]).toEqual([true, 1]);
  });

  it('give the divergence of Jensen and Shannon: a half and a half beside all of one', () => {
    // H(3/4, 1/4) - (1 + 0) / 2 = 0.811 - 0.5
    const { like } = fourNumbers(drawn(['aa', 'bb']), originals, ['aa'], OPTIONS);
    expect(like.value).toBeCloseTo(1 - 0.311278, 5);
  });
});
