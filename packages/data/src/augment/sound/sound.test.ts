/** Noise at the ratio asked for, moves that lose nothing but what leaves, masks no larger than allowed. */
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noise, shift, specAugment } from '../../index.ts';

const tone = Float32Array.from({ length: 16_000 }, (_, i) => 0.3 * Math.sin(i / 7));
const power = (values: Float32Array) => values.reduce((sum, v) => sum + v * v, 0) / values.length;

describe('a recording', () => {
  it.each([0, 10, 30])('with noise at %i dB has it', (decibels) => {
    const loud = noise([decibels, decibels])(tone, new Random(decibels));
    const added = loud.map((value, i) => value - tone[i]!);
    expect(Math.abs(10 * Math.log10(power(tone) / power(added)) - decibels)).toBeLessThan(0.2);
    expect(noise([0, 0])(new Float32Array(9), new Random())).toEqual(new Float32Array(9));
  });

  it('that is moved is the same further on', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(30), fc.nat(), (length, most, seed) => {
        const samples = Float32Array.from({ length }, (_, i) => i + 1);
        const moved = shift(most)(samples, new Random(seed));
        const by = new Random(seed).below(2 * most + 1) - most;
        expect([...moved]).toEqual(
          Array.from(samples, (_, i) => (i - by >= 0 && i - by < length ? i - by + 1 : 0)),
        );
      }),
    );
  });
});

describe('SpecAugment', () => {
  const frames = 50;
  const bins = 20;
  const values = Float32Array.from(
    { length: frames * bins },
    (_, i) => 10 + Math.floor(i / bins) + (i % bins) / 100,
  );
  const mean = values.reduce((a, b) => a + b) / values.length;
  const masked = (value: number) => Math.abs(value - mean) < 1e-3;

  it('masks bands and stretches no larger than allowed, with the mean', () => {
    fc.assert(
      fc.property(fc.nat(), fc.nat(6), fc.nat(40), (seed, bandWidth, stretchLength) => {
        const step = specAugment({ warp: 0, bands: 1, bandWidth, stretches: 1, stretchLength, share: 0.4 });
        const result = step({ frames, bins, values }, new Random(seed)).values;
        const row = (frame: number) => [...result.subarray(frame * bins, (frame + 1) * bins)];
        const stretch = Array.from({ length: frames }, (_, frame) => row(frame)).filter((r) =>
          r.every(masked),
        );
        expect(stretch.length).toBeLessThanOrEqual(Math.min(stretchLength, 20));
        const band = Array.from({ length: bins }, (_, bin) => bin).filter((bin) =>
          Array.from({ length: frames }, (_, frame) => result[frame * bins + bin]!).every(masked),
        );
        expect(band.length).toBeLessThanOrEqual(bandWidth);
        const kept = result.every((value, i) => masked(value) || value === values[i]);
        expect(kept).toBe(true);
      }),
    );
  });

  it('warps time without running back, the ends in their place', () => {
    const none = { bands: 0, stretches: 0 };
    for (let seed = 0; seed < 50; seed++) {
      const result = specAugment({ ...none, warp: 10 })({ frames, bins, values }, new Random(seed)).values;
      const track = Array.from({ length: frames }, (_, frame) => result[frame * bins]!);
      expect(track[0]).toBe(values[0]);
      expect(track.at(-1)).toBeCloseTo(values[(frames - 1) * bins]!, 4);
      expect(track.every((value, i) => i === 0 || value > track[i - 1]!)).toBe(true);
      expect(Math.max(...track.map((value, i) => Math.abs(value - 10 - i)))).toBeLessThanOrEqual(10);
    }
    const unwarped = specAugment({ ...none, warp: 0 })({ frames, bins, values }, new Random()).values;
    expect(unwarped).toEqual(values);
  });
});
