/**
 * Sound at another rate: each new sample is a sum of old ones around it, weighted by a sinc, the ideal low-pass filter, under a Kaiser
 * window (Smith, "Digital Audio Resampling", https://ccrma.stanford.edu/~jos/resample). What the lower rate cannot hold is filtered
 * out before it could come back as a false tone.
 */
import { UserError } from '@gradus/base';
import { HIGHEST_RATE, LOWEST_RATE, type Sound } from './sound.ts';

/** Zero crossings of the sinc on each side, the window's shape, and where the filter begins to close, of the lower rate's half. */
const CROSSINGS = 64;
const BETA = 10;
const CUTOFF = 0.95;
/** Positions between two old samples for which weights are kept; between them, weights are interpolated. */
const MOST_PHASES = 1024;

/**
 * @param rate Samples a second.
 * @throws UserError where the rate is out of range
 */
export function resample(sound: Sound, rate: number): Sound {
  if (!Number.isInteger(rate) || rate < LOWEST_RATE || rate > HIGHEST_RATE) {
    throw new UserError({
      en: `rate: is ${rate}; expected a whole number from ${LOWEST_RATE} to ${HIGHEST_RATE}`,
      zh: `rate：值为 ${rate}；应为 ${LOWEST_RATE} 到 ${HIGHEST_RATE} 的整数`,
    });
  }
  if (rate === sound.rate) return sound;
  const filter = filterFor(sound.rate, rate);
  return { rate, channels: sound.channels.map((channel) => filtered(channel, sound.rate, rate, filter)) };
}

interface Filter {
  readonly phases: number;
  /** Old samples that a new one sees. */
  readonly taps: number;
  /** [phases + 1, taps] */
  readonly weights: Float32Array;
}

let kept: { key: string; filter: Filter } | undefined;

function filterFor(from: number, to: number): Filter {
  const key = `${from} ${to}`;
  if (kept?.key === key) return kept.filter;
  const phases = Math.min(to / greatestCommonDivisor(from, to), MOST_PHASES);
  // In old samples: wider where the new rate is lower.
  const bandwidth = CUTOFF * Math.min(1, to / from);
  const half = Math.ceil(CROSSINGS / bandwidth);
  const taps = 2 * half;
  const weights = new Float32Array((phases + 1) * taps);
  for (let phase = 0; phase <= phases; phase++) {
    const row = weights.subarray(phase * taps, (phase + 1) * taps);
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - (half - 1) - phase / phases;
      row[tap] = sinc(bandwidth * distance) * kaiser(distance / half);
    }
    // What does not change stays as it is.
    const sum = row.reduce((a, b) => a + b, 0);
    for (let tap = 0; tap < taps; tap++) row[tap]! /= sum;
  }
  kept = { key, filter: { phases, taps, weights } };
  return kept.filter;
}

function filtered(old: Float32Array, from: number, to: number, { phases, taps, weights }: Filter) {
  const half = taps / 2;
  const padded = new Float32Array(old.length + 2 * taps);
  padded.set(old, taps);
  const result = new Float32Array(Math.ceil((old.length * to) / from));
  for (let i = 0; i < result.length; i++) {
    const whole = Math.floor((i * from) / to);
    const position = (((i * from) % to) / to) * phases;
    const phase = Math.min(Math.floor(position + 1e-9), phases - 1);
    const between = position - phase;
    const start = taps + whole - (half - 1);
    let sum = 0;
    for (let tap = 0, at = phase * taps; tap < taps; tap++, at++) sum += padded[start + tap]! * weights[at]!;
    if (between > 1e-6) {
      let next = 0;
      for (let tap = 0, at = (phase + 1) * taps; tap < taps; tap++, at++) {
        next += padded[start + tap]! * weights[at]!;
      }
      sum += between * (next - sum);
    }
    result[i] = sum;
  }
  return result;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x));

/** 1 in the middle, nearly 0 at ±1 (Kaiser, 1974). */
const kaiser = (x: number): number =>
  Math.abs(x) >= 1 ? 0 : bessel(BETA * Math.sqrt(1 - x * x)) / bessel(BETA);

/** The modified Bessel function of the first kind, of order 0, by its power series. */
function bessel(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
