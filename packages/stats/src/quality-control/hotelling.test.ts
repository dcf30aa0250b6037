/** T² against numpy and scipy, and Montgomery's limit. */
import { describe, expect, it } from 'vitest';
import { hotellingChart } from './hotelling.ts';

const SAMPLES = [
  [
    [10.1, 5.2],
    [9.8, 5],
    [10, 5.1],
  ],
  [
    [10.3, 5.3],
    [10.1, 5.2],
    [9.9, 5],
  ],
  [
    [9.7, 4.9],
    [10, 5.1],
    [10.2, 5],
  ],
  [
    [10, 5],
    [10.4, 5.3],
    [10.2, 5.2],
  ],
  [
    [11, 5],
    [10.9, 4.9],
    [11.1, 5.1],
  ],
];

describe('T²', () => {
  it('of samples has the points and the limit that numpy and scipy give', () => {
    const { points, trialLimit } = hotellingChart(SAMPLES)!;
    for (const [i, expected] of [28.72978056, 21.6952978, 10.51347962, 8.65141066, 245.00564263].entries())
      expect(points[i]).toBeCloseTo(expected, 6);
    expect(trialLimit).toBeCloseTo(21.778172364, 6);
  });

  it('of single rows has limits of the beta distribution', () => {
    const { points, trialLimit } = hotellingChart(SAMPLES.flat().map((row) => [row]))!;
    expect(points[6]).toBeCloseTo(3.57880293, 6);
    expect(points[13]).toBeCloseTo(4.46598924, 6);
    expect(trialLimit).toBeCloseTo(8.1907219496, 6);
  });

  it("has the limit of Montgomery's example 11.1: 20 samples of ten, two measurements, 0.001", () => {
    const samples = Array.from({ length: 20 }, (_, i) =>
      Array.from({ length: 10 }, (_, k) => [Math.sin(3 * i + k), Math.cos(5 * i + 2 * k)]),
    );
    expect(hotellingChart(samples, 20, 0.001)!.trialLimit).toBeCloseTo(13.72, 2);
  });

  it('of a measurement that follows from another, of few samples or uneven ones there is none', () => {
    expect(hotellingChart(SAMPLES.map((rows) => rows.map(([a]) => [a!, 2 * a!])))).toBeUndefined();
    expect(hotellingChart(SAMPLES.slice(0, 1))).toBeUndefined();
    expect(hotellingChart([...SAMPLES, [[10, 5]]])).toBeUndefined();
  });
});
