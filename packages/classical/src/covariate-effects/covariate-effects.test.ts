/** Effects that were put into a series are found and covered; where there are none, nothing is changed much. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { covariateEffects } from './covariate-effects.ts';

const LENGTH = 240;
/** Trend, season and noise that goes together, and an event that moves between two places of the season. */
function made(random: Random, effect: number) {
  const event = Float64Array.from({ length: LENGTH }, (_, t) => {
    const year = Math.floor(t / 12);
    const share = ((year * 7) % 10) / 10;
    return t % 12 === 0 ? share : t % 12 === 1 ? 1 - share : 0;
  });
  let noise = 0;
  const series = Float64Array.from({ length: LENGTH }, (_, t) => {
    noise = 0.6 * noise + random.normal(0, 0.05);
    return 5 + 0.01 * t + 0.3 * Math.sin((2 * Math.PI * t) / 12) + noise + effect * event[t]!;
  });
  return { event, series };
}

describe('effects of what is known', () => {
  it('are found beyond trend and season, and covered in 95 % of cases', () => {
    const random = new Random('events');
    let covered = 0;
    let sum = 0;
    for (let draw = 0; draw < 200; draw++) {
      const { event, series } = made(random, -0.2);
      const { estimates } = covariateEffects(series, [event], { season: 12 })!;
      const [low, high] = estimates[0]!.interval;
      covered += Number(low <= -0.2 && -0.2 <= high);
      sum += estimates[0]!.value;
    }
    expect(sum / 200).toBeCloseTo(-0.2, 2);
    expect(covered / 200).toBeGreaterThan(0.9);
  });

  it('are taken out of the past and given for steps to come', () => {
    const { event, series } = made(new Random(1), -0.4);
    const found = covariateEffects(series, [event], { season: 12 })!;
    expect(found.effect([[0, 0.5, 1]])[2]).toBeCloseTo(found.coefficients[0]!, 12);
    expect(found.adjusted[0]! - series[0]!).toBeCloseTo(-found.coefficients[0]! * event[0]!, 12);
  });

  it('follow what an event does now where it did something else long ago', () => {
    const { event, series } = made(new Random(3), -0.1);
    const grown = series.map((value, t) => value - (t < LENGTH / 2 ? 0 : 0.3 * event[t]!));
    const [alike, discounted] = [undefined, 60].map(
      (halfLife) =>
        covariateEffects(grown, [event], { season: 12, ...(halfLife !== undefined && { halfLife }) })!
          .coefficients[0]!,
    ) as [number, number];
    expect(alike).toBeGreaterThan(-0.35);
    expect(discounted).toBeLessThan(-0.35);
  });

  it('are 0 where a column is but the season, and undefined where the series is too short', () => {
    const { series } = made(new Random(2), 0);
    const october = series.map((_, t) => Number(t % 12 === 9));
    const found = covariateEffects(series, [october], { season: 12 })!;
    expect(found.coefficients[0]).toBe(0);
    expect(covariateEffects(series.subarray(0, 6), [october.subarray(0, 6)], { season: 12 })).toBeUndefined();
  });
});
