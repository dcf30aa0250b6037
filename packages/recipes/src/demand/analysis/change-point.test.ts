import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { jumpOf } from './change-point.ts';

const REVIEWS = new Array(12).fill(200);

function counts(seed: number, share: (period: number) => number): number[] {
  const random = new Random(`jump ${seed}`);
  return REVIEWS.map(
    (n, k) => Array.from({ length: n }, () => random.uniform()).filter((u) => u < share(k)).length,
  );
}

describe('a change point', () => {
  it('is found in the period it was planted in, or beside it', () => {
    for (let seed = 0; seed < 20; seed++) {
      const jump = jumpOf(
        counts(seed, (k) => (k < 8 ? 0.03 : 0.16)),
        REVIEWS,
      )!;
      expect(Math.abs(jump.period - 8)).toBeLessThanOrEqual(1);
      expect(jump.before).toBeLessThan(0.06);
      expect(jump.after).toBeGreaterThan(0.1);
    }
  });

  it('is no slope, and nothing that comes by chance', () => {
    const count = (share: (period: number) => number) =>
      Array.from({ length: 60 }, (_, seed) => jumpOf(counts(seed, share), REVIEWS)).filter(
        (jump) => jump !== null,
      ).length;
    expect(count((k) => 0.03 + 0.015 * k)).toBeLessThan(6);
    expect(count(() => 0.1)).toBeLessThanOrEqual(2);
    expect(jumpOf([0, 0, 0], [0, 0, 0])).toBeNull();
  });
});
