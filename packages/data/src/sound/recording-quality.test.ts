/** Recordings whose noise and clipping are known, because they were made so. */
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { recordingQuality } from './recording-quality.ts';

const RATE = 8000;

/** Half a second of tone between half seconds of noise alone. */
function recording(noise: number, loud = 0.4): Float32Array {
  const random = new Random('recording');
  return Float32Array.from({ length: 3 * RATE }, (_, i) => {
    const speaks = Math.floor(i / (RATE / 2)) % 2 === 1;
    return noise * random.normal() + (speaks ? loud * Math.sin((2 * Math.PI * 440 * i) / RATE) : 0);
  });
}

describe('the quality of a recording', () => {
  it.each([0.001, 0.01, 0.05])('has the signal-to-noise ratio that noise of %d gives it', (noise) => {
    const expected = 10 * Math.log10(0.4 ** 2 / 2 / noise ** 2);
    const found = recordingQuality({ rate: RATE, channels: [recording(noise)] });
    expect(Math.abs(found.signalToNoise - expected)).toBeLessThan(2);
    expect(found.clipped).toBe(0);
    expect(found.seconds).toBe(3);
  });

  it('notices what was cut off, and silence', () => {
    const cut = recording(0.001, 1.6).map((sample) => Math.max(-1, Math.min(1, sample)));
    expect(recordingQuality({ rate: RATE, channels: [cut] }).clipped).toBeGreaterThan(0.15);
    const silent = recordingQuality({ rate: RATE, channels: [new Float32Array(RATE)] });
    expect(silent).toMatchObject({ signalToNoise: 0, clipped: 0 });
    expect(silent.level).toBeLessThan(-80);
    expect(recordingQuality({ rate: RATE, channels: [new Float32Array(0)] }).seconds).toBe(0);
  });
});
