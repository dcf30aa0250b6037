import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitAbstention, isAnswered, upperBound } from './abstention.ts';

/** Rows whose answers are right about as often as their confidence says, bent by `flattery`. */
function made(n: number, random: Random, flattery: number) {
  const confidence = Array.from({ length: n }, () => 0.5 + 0.5 * random.uniform());
  const hits = confidence.map((p) => (random.uniform() < 0.5 + (p - 0.5) * flattery ? 1 : 0));
  return { confidence, hits };
}

describe('abstention', () => {
  it('keeps the promised error rate among what is answered, as often as it says', () => {
    const random = new Random('abstention');
    for (const { errorRate, flattery, n } of [
      { errorRate: 0.1, flattery: 1, n: 2000 },
      { errorRate: 0.08, flattery: 0.98, n: 4000 },
      { errorRate: 0.25, flattery: 0.8, n: 1500 },
    ]) {
      let [broken, answering] = [0, 0];
      for (let trial = 0; trial < 100; trial++) {
        const { confidence, hits } = made(n, random, flattery);
        const rule = fitAbstention(confidence, hits, { errorRate, delta: 0.05 });
        if (rule.coverage === 0) continue;
        answering++;
        // The true error rate above the threshold: the mean of 1 − p over p uniform from there to 1.
        const right = 0.5 + ((rule.threshold + 1) / 2 - 0.5) * flattery;
        if (1 - right > errorRate) broken++;
      }
      expect(answering).toBeGreaterThan(50);
      // 5 of 100 may break it; by chance it is more than 14 once in ten thousand times.
      expect(broken).toBeLessThanOrEqual(14);
    }
  });

  it('answers more where more errors are allowed, and nothing where the promise cannot be kept', () => {
    const { confidence, hits } = made(2000, new Random(1), 1);
    const coverage = [0.02, 0.05, 0.1, 0.2].map(
      (errorRate) => fitAbstention(confidence, hits, { errorRate }).coverage,
    );
    expect(coverage).toEqual(coverage.toSorted((a, b) => a - b));
    expect(coverage.at(-1)).toBeGreaterThan(0.5);
    const never = fitAbstention(
      confidence,
      hits.map(() => 0),
      { errorRate: 0.1 },
    );
    expect(never.coverage).toBe(0);
    expect(isAnswered(never, 1)).toBe(false);
    expect(isAnswered(fitAbstention([], [], { errorRate: 0.1 }), 1)).toBe(false);
  });

  it('says of the calibration rows what is so', () => {
    const row = fc.record({
      confidence: fc.double({ min: 0, max: 1, noNaN: true }),
      hit: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 120 }), fc.constantFrom(0.05, 0.2, 0.5), (rows, errorRate) => {
        const confidence = rows.map(({ confidence }) => confidence);
        const rule = fitAbstention(
          confidence,
          rows.map(({ hit }) => hit),
          { errorRate },
        );
        const answered = rows.filter(({ confidence }) => isAnswered(rule, confidence));
        expect(answered.length).toBe(Math.round(rule.coverage * rows.length));
        const wrong = answered.filter(({ hit }) => hit === 0).length;
        expect(rule.observed).toBeCloseTo(answered.length === 0 ? 0 : wrong / answered.length, 12);
        expect(rule.observed).toBeLessThanOrEqual(errorRate);
      }),
    );
  });

  it('bounds an error rate as Clopper and Pearson do', () => {
    // qbeta(1 - delta, errors + 1, n - errors)
    expect(upperBound(0, 10, 0.05)).toBeCloseTo(1 - 0.05 ** (1 / 10), 9);
    expect(upperBound(2, 20, 0.05)).toBeCloseTo(0.28261852, 7);
    expect(upperBound(5, 100, 0.01)).toBeCloseTo(0.12585173, 7);
    expect(upperBound(10, 10, 0.05)).toBe(1);
  });
});
