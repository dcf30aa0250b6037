import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blend } from './blend.ts';
import { fitCalibration } from './calibration.ts';

/** Logits of so many texts, and labels that follow them at this temperature and shift. */
function made(count: number, temperature: number, shift: number, seed = 1) {
  const random = new Random(seed);
  const logits = Float32Array.from({ length: count }, () => random.normal(0, 3));
  const labels = Array.from(logits, (logit) =>
    Number(random.uniform() < 1 / (1 + Math.exp(-(logit / temperature + shift)))),
  );
  return { logits, labels };
}

describe('calibration', () => {
  it('finds temperature and shift of many texts', () => {
    const { logits, labels } = made(20_000, 2, 0.7);
    const { weights, bias } = fitCalibration([logits], labels);
    expect(weights[0]).toBeCloseTo(0.5, 1);
    expect(bias).toBeCloseTo(0.7, 1);
  });

  it('is the logistic regression with a normal prior', () => {
    // scipy.optimize.minimize of the penalized log loss, method BFGS, gtol 1e-10.
    const { weights, bias } = fitCalibration([Float32Array.from([-2, -1, 0, 1, 3])], [0, 1, 0, 1, 1]);
    expect(weights[0]).toBeCloseTo(0.97721835, 5);
    expect(bias).toBeCloseTo(0.23599735, 5);
  });

  it('takes a phrase that is said a hundred times for one', () => {
    const phrases = { logits: [-3, -2, 2, 3], labels: [0, 1, 1, 1] };
    const repeated = (times: number) => Array.from({ length: 4 * times }, (_, i) => i % 4);
    const fitted = (times: number) =>
      fitCalibration(
        [Float32Array.from(repeated(times), (i) => phrases.logits[i]!)],
        repeated(times).map((i) => phrases.labels[i]!),
        repeated(times),
      );
    expect(fitted(100).bias).toBeCloseTo(fitted(1).bias, 6);
    expect(fitted(100).weights[0]).toBeCloseTo(fitted(1).weights[0]!, 6);
  });

  it('moves no boundary far on the word of a few phrases, whatever they say', () => {
    const phrase = fc.record({
      logit: fc.float({ min: -6, max: 6, noNaN: true }),
      label: fc.integer({ min: 0, max: 1 }),
    });
    fc.assert(
      fc.property(
        fc.array(phrase, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        (phrases, times) => {
          const rows = Array.from({ length: phrases.length * times }, (_, i) => i % phrases.length);
          const { temperature, shift } = blend(
            [Float32Array.from(rows, (i) => phrases[i]!.logit)],
            rows.map((i) => phrases[i]!.label),
            rows,
          );
          expect(temperature).toBeGreaterThan(0);
          expect(Math.abs(shift)).toBeLessThan(2.5);
        },
      ),
    );
  });
});
