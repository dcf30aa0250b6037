/** How a token is drawn, and what is held back before. */
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawToken, heldBack, SAMPLING, type Sampling } from './sampling.ts';

const greedy = (logits: number[], written: Record<number, number>, options: object): number => {
  const sampling = SAMPLING.parse({ temperature: 0, ...options });
  const counts = new Map(Object.entries(written).map(([id, times]) => [Number(id), times]));
  const held = heldBack(Float32Array.from(logits), counts, sampling);
  return drawToken(held, new Set(), sampling, new Random(0));
};

/** As it is defined: all tokens sorted by probability. */
function sorted(logits: readonly number[], { temperature, topK, topP }: Sampling, random: Random): number {
  const most = Math.max(...logits);
  let candidates = logits
    .map((logit, id) => ({ id, weight: Math.exp((logit - most) / temperature) }))
    .sort((a, b) => b.weight - a.weight || a.id - b.id)
    .slice(0, topK || logits.length);
  const sum = () => candidates.reduce((all, { weight }) => all + weight, 0);
  const reaching = (mass: number) => {
    let sum = 0;
    for (const [at, { weight }] of candidates.entries()) {
      sum += weight;
      if (sum > mass || (sum === mass && mass > 0)) return at;
    }
    return candidates.length - 1;
  };
  if (topP < 1) candidates = candidates.slice(0, reaching(topP * sum()) + 1);
  return candidates[reaching(random.uniform() * sum())]!.id;
}

describe('a drawn token', () => {
  it('is the one that sorting all of them gives', () => {
    const logits = fc.array(
      fc.integer({ min: -40, max: 40 }).map((n) => n / 8),
      { minLength: 1, maxLength: 60 },
    );
    const options = fc.record({
      temperature: fc.constantFrom(0.5, 1, 2),
      topK: fc.constantFrom(1, 3, 20),
      topP: fc.constantFrom(0.3, 0.9, 1),
    });
    fc.assert(
      fc.property(logits, options, fc.nat(), (logits, options, seed) => {
        const sampling = SAMPLING.parse(options);
        const drawn = drawToken(Float32Array.from(logits), new Set(), sampling, new Random(seed));
        expect(drawn).toBe(sorted(logits, sampling, new Random(seed)));
      }),
    );
  });

  it('comes as often as its probability', () => {
    const logits = Float32Array.of(0, Math.log(2), Math.log(5));
    const sampling = SAMPLING.parse({ temperature: 1 });
    const random = new Random(0);
    const counts = [0, 0, 0];
    for (let i = 0; i < 8000; i++) counts[drawToken(logits, new Set(), sampling, random)]! += 1;
    expect(counts.map((count) => Math.round(count / 1000))).toEqual([1, 2, 5]);
  });
});

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
