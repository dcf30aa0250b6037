/** What is held back before a token is drawn. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { drawToken, heldBack, SAMPLING } from './sampling.ts';

const greedy = (logits: number[], written: Record<number, number>, options: object): number => {
  const sampling = SAMPLING.parse({ temperature: 0, ...options });
  const counts = new Map(Object.entries(written).map(([id, times]) => [Number(id), times]));
  const held = heldBack(Float32Array.from(logits), counts, sampling);
  return drawToken(held, new Set(), sampling, new Random(0));
};

describe('tokens that were written', () => {
  it('are held back as often as they were by frequency, and once by presence', () => {
    const logits = [3, 2.5, 2];
    expect(greedy(logits, { 0: 3 }, {})).toBe(0);
    expect(greedy(logits, { 0: 1 }, { presencePenalty: 0.4 })).toBe(0);
    expect(greedy(logits, { 0: 3 }, { presencePenalty: 0.4 })).toBe(0);
    expect(greedy(logits, { 0: 3 }, { frequencyPenalty: 0.4 })).toBe(1);
    expect(greedy(logits, { 0: 3, 1: 2 }, { frequencyPenalty: 0.4, presencePenalty: 0.4 })).toBe(2);
    expect(greedy(logits, {}, { frequencyPenalty: 2 })).toBe(0);
  });

  it('may be named, and preferred or forbidden', () => {
    expect(greedy([3, 2.5, 2], {}, { logitBias: { 2: 5 } })).toBe(2);
    expect(greedy([3, 2.5, 2], {}, { logitBias: { 0: -100, 99: 100 } })).toBe(1);
  });

  it('stay as they are for whoever has the logits', () => {
    const logits = Float32Array.of(1, 2);
    heldBack(logits, new Map([[0, 1]]), SAMPLING.parse({ presencePenalty: 2, logitBias: { 1: -5 } }));
    expect([...logits]).toEqual([1, 2]);
  });
});
