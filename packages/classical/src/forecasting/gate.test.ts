/** The gate: what is better is said to be so, and what chance favours is not. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { chanceBound, gainOf, standardError } from './gate.ts';

const [ROLLS, STEPS, SERIES] = [12, 12, 400];

/** Mean absolute errors of two forecasts over rolls that share no steps, and how far these lie apart. */
function rolls(truth: () => number, naive: () => number, other: () => number) {
  const [errors, others, distances]: [number[], number[], number[]] = [[], [], []];
  for (let r = 0; r < ROLLS; r++) {
    const [a, b] = [naive(), other()];
    const actual = Array.from({ length: STEPS }, truth);
    const meanError = (forecast: number) =>
      actual.reduce((sum, value) => sum + Math.abs(value - forecast), 0) / STEPS;
    errors.push(meanError(a));
    others.push(meanError(b));
    distances.push(Math.abs(a - b));
  }
  return { errors, others, distances };
}

const claimed = (count: number, draw: () => ReturnType<typeof rolls>): number => {
  let claims = 0;
  for (let i = 0; i < count; i++) {
    const { errors, others, distances } = draw();
    const { mean, error } = gainOf(errors, others, { distances });
    if (mean > chanceBound(ROLLS) * error) claims += 1;
  }
  return claims / count;
};

describe('the gate', () => {
  const random = new Random('gate');
  const noise = () => random.normal();

  it('sees that the mean of noise errs less than its last value, nearly always', () => {
    expect(claimed(SERIES, () => rolls(noise, noise, () => 0))).toBeGreaterThan(0.95);
  });

  it('claims one in twenty of forecasts that are as good as naive', () => {
    expect(claimed(SERIES, () => rolls(noise, noise, noise))).toBeLessThan(0.07);
  });

  it('claims hardly any that only add noise to naive', () => {
    expect(
      claimed(SERIES, () =>
        rolls(
          noise,
          () => 0,
          () => 0.3 * random.normal(),
        ),
      ),
    ).toBeLessThan(0.02);
  });
});

describe('the standard error of a mean over rolls', () => {
  it('is the usual one where rolls lie equally far apart and share no steps', () => {
    const values = [3, 1, 4, 1, 5, 9];
    const mean = 23 / 6;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 5;
    expect(standardError(values, 1)).toBeCloseTo(Math.sqrt(variance / 6), 12);
    expect(
      standardError(
        values,
        1,
        values.map(() => 7),
      ),
    ).toBeCloseTo(Math.sqrt(variance / 6), 12);
  });

  it('is nothing where gains are in proportion to the distances', () => {
    expect(standardError([1, 2, 4], 1, [10, 20, 40])).toBeCloseTo(0, 12);
  });

  it('is larger where rolls share steps', () => {
    const values = [3, 1, 4, 1, 5, 9];
    expect(standardError(values, 0.25)).toBeGreaterThan(standardError(values, 1));
  });

  it('is not known of one roll, or where one alone has any distance', () => {
    expect(standardError([3], 1)).toBeNaN();
    expect(standardError([3, 0, 0], 1, [5, 0, 0])).toBeNaN();
  });
});
