/** Words left out, swapped and replaced, in English and in Chinese. */
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { augmentText, nearestWords, synonyms, wordDropout, wordSwap, words } from '../../index.ts';

const someWords = fc.array(fc.constantFrom<string>('good', 'bad', 'taste', '好', '味道', '123'), {
  maxLength: 30,
});
const sorted = (given: readonly string[]) => [...given].sort();

describe('augmented texts', () => {
  it('depend on seed, row and epoch alone', () => {
    const steps = [wordDropout(0.3), wordSwap(0.3)];
    const run = (row: number, epoch: number) =>
      augmentText('the soup was warm and very good', steps, { random: new Random(1), row, epoch });
    expect(run(3, 1)).toBe(run(3, 1));
    expect(new Set([run(3, 1), run(4, 1), run(3, 2), run(9, 9)]).size).toBeGreaterThan(1);
  });

  it('are cut and put together again in both languages', () => {
    const same = (text: string) => augmentText(text, [], { random: new Random(), row: 0, epoch: 0 });
    expect(same('The soup, was good!')).toBe('the soup was good');
    expect(same('味道很好，送餐快。')).toBe('味道很好送餐快');
    expect(same('这个App很好')).toBe('这个 app 很好');
  });

  it('without some words hold the others in order, and one at least', () => {
    fc.assert(
      fc.property(
        someWords,
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (given, seed, probability) => {
          const kept = wordDropout(probability)(given, new Random(seed));
          let at = 0;
          for (const word of kept) at = given.indexOf(word, at) + 1 || Number.NaN;
          expect(at).not.toBeNaN();
          expect(kept.length > 0).toBe(given.length > 0);
          if (probability === 0) expect(kept).toEqual(given);
        },
      ),
    );
  });

  it('with words swapped hold the same words', () => {
    fc.assert(
      fc.property(someWords, fc.nat(), (given, seed) => {
        const before = [...given];
        expect(sorted(wordSwap(0.5)(given, new Random(seed)))).toEqual(sorted(given));
        expect(given).toEqual(before);
        expect(wordSwap(0)(given, new Random(seed))).toEqual(given);
      }),
    );
  });
});

describe('synonyms', () => {
  const embedding = {
    words: ['good', 'great', 'bad', '好', '不错', '差'],
    vectors: Float32Array.of(1, 0, 0, 0.9, 0.1, 0, -1, 0, 0, 0, 1, 0.1, 0, 2, 0, 0, -1, 0),
  };

  it('are the nearest words by cosine, in any language', () => {
    const near = nearestWords(embedding, 5, 0.6);
    expect(near('good')).toEqual(['great']);
    expect(near('好')).toEqual(['不错']);
    expect(near('bad')).toEqual([]);
    expect(near('unheard')).toEqual([]);
    expect(nearestWords(embedding, 1, -1)('great')).toEqual(['good']);
    expect(() => nearestWords({ words: ['a', 'b'], vectors: new Float32Array(3) }, 1, 0)).toThrow(
      /3 numbers/,
    );
  });

  it('stand in for the words they are near to', () => {
    const step = synonyms(embedding, { probability: 1 });
    expect(step(words('Good food! 好，味道。'), new Random())).toEqual(['great', 'food', '不错', '味道']);
    expect(synonyms(embedding, { probability: 0 })(['good'], new Random())).toEqual(['good']);
  });
});
