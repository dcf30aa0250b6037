/** Series keep their length; each change is what it says it is. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { jitter, magnitudeWarp, timeWarp, windowSlice } from '../../index.ts';
import { spline } from './spline.ts';

const ramp = (steps: number, channels = 2) => ({
  steps,
  channels,
  values: Float32Array.from(
    { length: steps * channels },
    (_, i) => Math.floor(i / channels) + (i % channels) * 1000,
  ),
});
const track = ({ values }: { values: Float32Array }) => [...values.filter((_, i) => i % 2 === 0)];

describe('the spline', () => {
  it('is scipy.interpolate.CubicSpline with bc_type="natural"', () => {
    const curve = spline([1, 3, 2, 5, 4.5, -1]);
    const truth = [1, 2.425239234, 2.762111244, 3.302631579, 4.820538278, 2.124102871, -1];
    for (const [i, x] of [0, 0.5, 1.25, 2.5, 3.9, 4.5, 5].entries())
      expect(curve(x)).toBeCloseTo(truth[i]!, 8);
  });
});

describe('series', () => {
  it('with jitter have noise of that deviation', () => {
    const noisy = jitter(0.5)(ramp(20_000), new Random(1));
    const added = track(noisy).map((value, i) => value - i);
    const deviation = Math.sqrt(added.reduce((sum, v) => sum + v * v, 0) / added.length);
    expect(deviation).toBeCloseTo(0.5, 1);
  });

  it('warped in magnitude are multiplied by one smooth curve in all channels', () => {
    const flat = { steps: 100, channels: 2, values: new Float32Array(200).fill(2) };
    const { values } = magnitudeWarp()(flat, new Random(5));
    for (let i = 0; i < 100; i++) expect(values[2 * i]).toBe(values[2 * i + 1]);
    const steps = track({ values });
    expect(new Set(steps).size).toBeGreaterThan(50);
    expect(Math.max(...steps.map((v, i) => (i === 0 ? 0 : Math.abs(v - steps[i - 1]!))))).toBeLessThan(0.2);
    expect(magnitudeWarp({ deviation: 0 })(flat, new Random()).values).toEqual(flat.values);
  });

  it('warped in time never run back, and keep their ends', () => {
    for (let seed = 0; seed < 30; seed++) {
      const warped = timeWarp({ deviation: 0.5 })(ramp(60), new Random(seed));
      const times = track(warped);
      expect([times[0], times.at(-1)]).toEqual([0, expect.closeTo(59, 3)]);
      expect(times.every((time, i) => i === 0 || time > times[i - 1]!)).toBe(true);
      expect(warped.values[31]! - warped.values[30]!).toBeCloseTo(1000, 2);
    }
  });

  it('sliced are a part stretched to the full length', () => {
    for (let seed = 0; seed < 30; seed++) {
      const times = track(windowSlice(0.5)(ramp(41), new Random(seed)));
      expect(times).toHaveLength(41);
      expect(times.at(-1)! - times[0]!).toBeCloseTo(20, 4);
    }
    expect(windowSlice(1)(ramp(41), new Random()).values).toEqual(ramp(41).values);
    expect(windowSlice()(ramp(1), new Random()).values).toEqual(ramp(1).values);
    expect(timeWarp()(ramp(1), new Random()).values).toEqual(ramp(1).values);
  });
});
