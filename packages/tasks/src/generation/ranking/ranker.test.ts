import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { fitRanker, isTelling, keptProbabilities, type Looks } from './ranker.ts';

const random = new Random(8);
const looks = (count: number): Looks[] =>
  Array.from({ length: count }, () => ({
    patterns: Array.from({ length: 6 }, () => 'abcdefgh'[random.below(8)]!),
    numbers: { length: 3 + random.below(8) },
  }));
/** Somebody who likes short ones with an a. */
const isLiked = ({ patterns, numbers }: Looks) => patterns.includes('a') && numbers.length! < 8;

describe('a ranker', () => {
  it('chooses what its owner would keep', () => {
    const marked = looks(80);
    const ranker = fitRanker(marked, marked.map(isLiked), new Random(0))!;
    expect(isTelling(ranker)).toBe(true);
    const others = looks(200);
    const order = [...keptProbabilities(ranker, others).entries()].toSorted(([, a], [, b]) => b - a);
    const shareOf = (items: readonly Looks[]) => items.filter(isLiked).length / items.length;
    expect(shareOf(order.slice(0, 50).map(([place]) => others[place]!))).toBeGreaterThan(
      shareOf(others) + 0.25,
    );
  });

  it('of marks by chance is not used, and of few there is none', () => {
    const marked = looks(60);
    const ranker = fitRanker(
      marked,
      marked.map(() => random.below(2) === 0),
      new Random(0),
    )!;
    expect(ranker.auc).toBeLessThan(0.75);
    expect(
      fitRanker(
        marked.slice(0, 8),
        marked.slice(0, 8).map((_, i) => i < 4),
        new Random(0),
      ),
    ).toBeUndefined();
  });
});
