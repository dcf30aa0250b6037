import { Random } from '@gradus/base';
import { findDuplicates } from '@gradus/data';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copiesOf } from './copies.ts';

const WORDS =
  'battery screen courier parcel warm slow quick price fair broken charger app login blue small'.split(' ');
/** Different texts, as long as reviews are. */
const different = (count: number, seed = 1): string[] => {
  const random = new Random(seed);
  return Array.from({ length: count }, () =>
    Array.from({ length: 12 }, () => WORDS[random.below(WORDS.length)]).join(' '),
  );
};
const times = (text: string, count: number): string[] => Array.from({ length: count }, () => text);
const copies = (texts: readonly string[]) => copiesOf(texts, findDuplicates(texts));
/** What is not counted. */
const setAside = (texts: readonly string[]): number =>
  copies(texts).groups.reduce((sum, { size, isAdvert }) => sum + size - Number(!isAdvert), 0);

const AD = 'Visit www.cheap-deals.example for 90% OFF with promo code SAVE90';
const COMPLAINT = 'The parcel came three weeks late and nobody answered my mails about it';

describe('copies', () => {
  it('of advertisements do not count, with a number or a mark changed too', () => {
    const ads = Array.from({ length: 45 }, (_, i) => `${AD}${'!'.repeat(i % 3)} (${i})`);
    const texts = [...different(200), ...ads];
    expect(setAside(texts)).toBe(45);
    expect(copies(texts).groups[0]).toEqual({ first: 200, size: 45, isAdvert: true });
    expect(setAside([...different(50), ...times('加微信 abc123 领红包', 3)])).toBe(3);
  });

  it('of a complaint that somebody sent twice count once', () => {
    expect(setAside([...different(50), COMPLAINT, `${COMPLAINT}!`])).toBe(1);
  });

  it('are not what many say in few words', () => {
    expect(setAside([...different(50), ...times('味道不错，会回购', 30), ...times('Very good!', 30)])).toBe(
      0,
    );
  });

  it('are not two complaints that are alike and not equal', () => {
    expect(setAside([...different(50), `${COMPLAINT}, order 1004`, `${COMPLAINT}, order 1008`])).toBe(0);
  });

  it('are not the phrases of a form, which make up most of a file; its advertisements are', () => {
    const phrases = different(12).flatMap((phrase) => times(phrase, 40));
    expect(setAside([...phrases, ...different(20, 2)])).toBe(0);
    expect(setAside([...phrases, ...times(AD, 30)])).toBe(30);
  });

  it('are each counted by their first, whatever the texts', () => {
    const text = fc.constantFrom(AD, COMPLAINT, `${COMPLAINT}.`, ...different(5), 'good', '');
    fc.assert(
      fc.property(fc.array(text, { maxLength: 60 }), (texts) => {
        const { firstOf, groups } = copies(texts);
        for (const [i, first] of firstOf.entries()) {
          expect(first).toBeLessThanOrEqual(i);
          expect(firstOf[first]).toBe(first);
        }
        const aside = firstOf.filter((first, i) => first !== i).length;
        expect(groups.reduce((sum, { size }) => sum + size - 1, 0)).toBe(aside);
      }),
    );
  });
});
