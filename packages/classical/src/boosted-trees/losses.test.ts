import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { type LossName, lossOf } from './losses.ts';

const ROWS = 12;
const random = new Random(1);
const uniform = (low: number, high: number) => Array.from({ length: ROWS }, () => random.uniform(low, high));
const whole = (bound: number) => Array.from({ length: ROWS }, () => random.below(bound));

/** Targets, and whether the second derivative is the true one: others are bounds that boosting is steadier with. */
const CASES: readonly (readonly [LossName, readonly number[], boolean])[] = [
  ['squared', uniform(-3, 3), false],
  ['absolute', uniform(-3, 3), false],
  [{ quantile: 0.2 }, uniform(-3, 3), false],
  ['logistic', whole(2), true],
  [{ softmax: 3 }, whole(3), false],
  ['poisson', whole(5), false],
  ['gamma', uniform(0.1, 4), true],
  [{ tweedie: 1.4 }, whole(4), true],
  ['cox', [...uniform(0.5, 2).map((time) => Math.round(4 * time) / 4), -1, -2], true],
];
const weights = [...uniform(0.2, 2), 1, 0.5];

describe('losses of boosted trees', () => {
  it.each(CASES)('have the derivatives of finite differences: %o', (name, values, isExact) => {
    const loss = lossOf(name);
    const target = { values, weights: weights.slice(0, values.length) };
    const rows = values.length;
    const scores = Float64Array.from({ length: rows * loss.outputs }, () => random.uniform(-1, 1));
    const total = target.weights.reduce((sum, weight) => sum + weight, 0);
    /** Changes one score. */
    const at = (place: number, change: number) => {
      const moved = Float64Array.from(scores);
      moved[place]! += change;
      return moved;
    };
    const step = 1e-4;
    for (let output = 0; output < loss.outputs; output++) {
      const derivativesAt = (of: Float64Array) => {
        const none = () => ({ gradients: new Float32Array(rows), hessians: new Float32Array(rows) });
        const into = [none(), none(), none()] as const;
        loss.derivatives(target, of, into);
        return into[output]!;
      };
      const { gradients, hessians } = derivativesAt(scores);
      for (let row = 0; row < rows; row++) {
        const place = row * loss.outputs + output;
        const [above, below] = [at(place, step), at(place, -step)];
        const slope = ((loss.value(target, above) - loss.value(target, below)) * total) / (2 * step);
        // Half of the square's slope: the step is the same.
        expect(gradients[row]).toBeCloseTo(name === 'squared' ? slope / 2 : slope, 4);
        if (!isExact) continue;
        const bend =
          (derivativesAt(above).gradients[row]! - derivativesAt(below).gradients[row]!) / (2 * step);
        expect(Math.abs(hessians[row]! - bend)).toBeLessThan(0.01);
      }
    }
  });

  it.each(CASES.slice(0, -1))('have the constant that no other beats: %o', (name, values) => {
    const loss = lossOf(name);
    const target = { values, weights: weights.slice(0, values.length) };
    const constant = loss.constant(target);
    const lossWith = (of: Float64Array) =>
      loss.value(
        target,
        Float64Array.from({ length: values.length * of.length }, (_, i) => of[i % of.length]!),
      );
    const best = lossWith(constant);
    for (let output = 0; output < constant.length; output++) {
      for (const change of [-0.05, 0.05]) {
        const moved = Float64Array.from(constant);
        moved[output]! += change;
        expect(lossWith(moved)).toBeGreaterThanOrEqual(best - 1e-12);
      }
    }
  });

  it('give the partial likelihood of Breslow for tied times', () => {
    // At risk at the first event are all four, at the two tied ones the last three; nothing happened to the fourth.
    const loss = lossOf('cox');
    const scores = Float64Array.of(0.2, -0.1, 0.4, 0.3);
    const values = [1, 2, 2, -3];
    const e = Array.from(scores, Math.exp);
    const all = e[0]! + e[1]! + e[2]! + e[3]!;
    const later = e[1]! + e[2]! + e[3]!;
    const right = -(0.2 - Math.log(all) + (-0.1 - Math.log(later)) + (0.4 - Math.log(later)));
    expect(4 * loss.value({ values }, scores)).toBeCloseTo(right, 12);
  });
});
