/**
 * Series changed by chance: noise, slow changes of size and of speed (Um et al., "Data augmentation of wearable sensor data", 2017),
 * and slices stretched to full length (Le Guennec, Malinowski and Tavenard, 2016).
 */
import type { Random } from '@gradus/base';
import { spline } from './spline.ts';

/** Several values at each step of time. */
export interface Steps {
  readonly steps: number;
  readonly channels: number;
  /** [steps, channels] */
  readonly values: Float32Array;
}

/** Gives the series back, changed, in an array of its own. */
export type SeriesStep = (series: Steps, random: Random) => Steps;

/** Noise of this deviation on every value, in the series' own unit. Default 0.05, for series scaled to a deviation of 1. */
export function jitter(deviation = 0.05): SeriesStep {
  return (series, random) => ({
    ...series,
    values: series.values.map((value) => value + random.normal(0, deviation)),
  });
}

export interface WarpOptions {
  /** How far the curve's points lie from 1. Default 0.2. */
  readonly deviation?: number;
  /** Points of the curve between its ends. Default 4. */
  readonly knots?: number;
}

/** All values times a smooth curve around 1. */
export function magnitudeWarp({ deviation = 0.2, knots = 4 }: WarpOptions = {}): SeriesStep {
  return ({ steps, channels, values }, random) => {
    const curve = curveAround1(steps, deviation, knots, random);
    return {
      steps,
      channels,
      values: values.map((value, i) => value * curve[Math.floor(i / channels)]!),
    };
  };
}

/** Time runs faster and slower along a smooth curve; first and last step stay. */
export function timeWarp({ deviation = 0.2, knots = 4 }: WarpOptions = {}): SeriesStep {
  return (series, random) => {
    const { steps } = series;
    // Speeds above 0: time never runs back.
    const speed = curveAround1(steps, deviation, knots, random).map((value) => Math.max(value, 0.05));
    const times = new Float64Array(steps);
    for (let i = 1; i < steps; i++) times[i] = times[i - 1]! + (speed[i - 1]! + speed[i]!) / 2;
    const stretch = (steps - 1) / (times[steps - 1]! || 1);
    return sampled(
      series,
      times.map((time) => time * stretch),
    );
  };
}

/** A part of the series, this share of it, from anywhere, stretched to the full length. Default 0.9. */
export function windowSlice(share = 0.9): SeriesStep {
  return (series, random) => {
    const { steps } = series;
    const length = Math.max(1, Math.round(share * steps));
    const start = random.below(steps - length + 1);
    const step = steps > 1 ? (length - 1) / (steps - 1) : 0;
    return sampled(
      series,
      Float64Array.from({ length: steps }, (_, i) => start + i * step),
    );
  };
}

function curveAround1(steps: number, deviation: number, knots: number, random: Random): Float64Array {
  const curve = spline(Float64Array.from({ length: knots + 2 }, () => random.normal(1, deviation)));
  return Float64Array.from({ length: steps }, (_, i) => curve((i * (knots + 1)) / Math.max(1, steps - 1)));
}

/** The series at some times, by linear interpolation between its steps. */
function sampled({ steps, channels, values }: Steps, times: Float64Array): Steps {
  const result = new Float32Array(values.length);
  for (let i = 0; i < steps; i++) {
    const time = Math.min(steps - 1, Math.max(0, times[i]!));
    const before = Math.min(Math.floor(time), Math.max(0, steps - 2));
    const after = Math.min(before + 1, steps - 1);
    for (let channel = 0; channel < channels; channel++) {
      const [a, b] = [values[before * channels + channel]!, values[after * channels + channel]!];
      // A gap next to a step that is met exactly stays out of it.
      const part = time - before;
      result[i * channels + channel] = part === 0 ? a : part === 1 ? b : a + part * (b - a);
    }
  }
  return { steps, channels, values: result };
}
