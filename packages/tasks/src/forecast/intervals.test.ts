/** What intervals promise: that they hold as often as they say, on what they were not made from. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { growthWithForecast, levelOfErrors } from './error-size.ts';
import { type RolledErrors, spreadOf } from './intervals.ts';
import { QUANTILES } from './model.ts';

const STEPS = 6;

/** Errors that grow with the steps ahead, of items of differing roughness; `skew` makes those above zero larger. */
function simulated(
  items: number,
  rolls: number,
  random: Random,
  skew = 1,
): { items: RolledErrors[]; next: Float64Array[] } {
  const sizes = Array.from({ length: items }, () => random.uniform(0.5, 2));
  const draw = (size: number) =>
    Float64Array.from({ length: STEPS }, (_, k) => {
      const error = size * Math.sqrt(k + 1) * random.normal();
      return error > 0 ? skew * error : error;
    });
  return {
    items: sizes.map((size) => ({
      errors: Array.from({ length: rolls }, () => draw(size)),
      origins: Array.from({ length: rolls }, (_, r) => 50 + STEPS * r),
      steps: STEPS,
      scale: 1,
      roughness: size,
    })),
    next: sizes.map(draw),
  };
}

function held({ items, next }: ReturnType<typeof simulated>): [number, number] {
  const spread = spreadOf(items);
  let [in80, in95, all] = [0, 0, 0];
  for (const [i, errors] of next.entries()) {
    const offsets = spread.offsets(i, STEPS);
    for (const [k, error] of errors.entries()) {
      const own = offsets.subarray(k * QUANTILES.length);
      all += 1;
      if (error >= own[1]! && error <= own[5]!) in80 += 1;
      if (error >= own[0]! && error <= own[6]!) in95 += 1;
    }
  }
  return [in80 / all, in95 / all];
}

describe('intervals', () => {
  it.each([
    ['many items with few rolls', 400, 4, 1],
    ['skewed errors', 400, 8, 2.5],
    ['many rolls', 200, 60, 1],
  ])('hold within 3 points on new errors: %s', (_, items, rolls, skew) => {
    const [in80, in95] = held(simulated(items, rolls, new Random(`held ${items} ${rolls}`), skew));
    expect(Math.abs(in80 - 0.8)).toBeLessThan(0.03);
    expect(Math.abs(in95 - 0.95)).toBeLessThan(0.03);
  });

  it('say of the past what they hold of the future', () => {
    const { coverage } = spreadOf(simulated(300, 6, new Random(3)).items);
    expect(Math.abs(coverage['80'] - 0.8)).toBeLessThan(0.02);
    expect(Math.abs(coverage['95'] - 0.95)).toBeLessThan(0.02);
  });

  it('of items that vary are not made narrow by items that never do', () => {
    const { items, next } = simulated(60, 8, new Random(6));
    const never: RolledErrors = {
      errors: Array.from({ length: 8 }, () => new Float64Array(STEPS)),
      origins: Array.from({ length: 8 }, (_, r) => 50 + STEPS * r),
      steps: STEPS,
      scale: 1,
      roughness: 0,
    };
    const [in80] = held({ items: [...items, ...Array.from({ length: 200 }, () => never)], next });
    expect(Math.abs(in80 - 0.8)).toBeLessThan(0.04);
  });

  it('rise with the steps ahead and never cross', () => {
    const offsets = spreadOf(simulated(30, 5, new Random(4)).items).offsets(0, 12);
    for (let k = 0; k < 12; k++) {
      const own = [...offsets.subarray(k * QUANTILES.length, (k + 1) * QUANTILES.length)];
      expect(own).toEqual(own.toSorted((a, b) => a - b));
      if (k > 0) expect(own[6]).toBeGreaterThanOrEqual(offsets[(k - 1) * QUANTILES.length + 6]!);
    }
  });

  it('are there for an item without rolls, as wide as those of others', () => {
    const { items } = simulated(50, 5, new Random(5));
    const offsets = spreadOf([
      ...items,
      { errors: [], origins: [], steps: 1, scale: 1, roughness: 1 },
    ]).offsets(50, 3);
    expect(offsets[0]).toBeLessThan(-0.5);
    expect(offsets[6]).toBeGreaterThan(0.5);
  });
});

describe('errors by the size of the forecast', () => {
  it('grow by the power that the past shows, and by the usual one where it shows nothing', () => {
    const random = new Random('levels');
    const told = Array.from({ length: 40 }, () =>
      Float64Array.from({ length: 12 }, (_, k) => (k % 4 === 0 ? 400 : 40)),
    );
    const by = (power: number) =>
      told.map((roll) => roll.map((value) => value + value ** power * random.normal(0, 0.2)));
    expect(growthWithForecast([{ told, actual: by(1) }], 0.5)).toBeGreaterThan(0.8);
    expect(growthWithForecast([{ told, actual: by(0) }], 0.5)).toBeLessThan(0.2);
    expect(growthWithForecast([], 0.5)).toBe(0.5);
    expect(levelOfErrors(400, 100, 1)).toBe(4);
    expect(levelOfErrors(0, 100, 0.5)).toBeCloseTo(Math.sqrt(0.1));
  });
});
