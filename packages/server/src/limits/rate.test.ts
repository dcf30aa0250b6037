import { describe, expect, it } from 'vitest';
import { RateLimit } from './rate.ts';

describe('a rate', () => {
  it('lets a burst of a second through, and then one each so often', () => {
    const rates = new RateLimit();
    expect(Array.from({ length: 4 }, () => rates.take('a', 2, 0))).toEqual([0, 0, 1, 1]);
    expect(rates.take('a', 2, 500)).toBe(0);
    expect(rates.take('b', 2, 500)).toBe(0);
  });

  it('counts a large request as several, which those after it wait for', () => {
    const rates = new RateLimit();
    expect(rates.take('a', 2, 0)).toBe(0);
    rates.charge('a', 2 ** 20);
    // 15 tokens are owed, and one is needed.
    expect(rates.take('a', 2, 0)).toBe(8);
    expect(rates.take('a', 2, 7900)).toBe(1);
    expect(rates.take('a', 2, 8000)).toBe(0);
  });

  it('counts a small request once', () => {
    const rates = new RateLimit();
    rates.take('a', 2, 0);
    rates.charge('a', 60_000);
    expect(rates.take('a', 2, 0)).toBe(0);
  });
});
