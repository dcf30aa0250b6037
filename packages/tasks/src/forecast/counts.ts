/** Intervals of items that are bought now and then: quantiles of counts, not of errors, and how often they would have held. */
import { countQuantiles, pooledCounts } from '@gradus/classical';
import type { PreparedItem } from './fitted.ts';
import type { Spread } from './intervals.ts';
import { type LocalForecast, QUANTILES } from './model.ts';

/** Past steps that the distribution of counts is made from. */
const COUNTED = 400;

/** Of items that are bought now and then: quantiles of the counts, less the mean. */
export type CountOffsets = (values: Float64Array, mean: Float64Array) => Float64Array;

/** @param histories of all such items: a few sales of one say little, those of many say how such items sell */
export function countOffsetsOf(histories: readonly Float64Array[]): CountOffsets {
  const knownOf = (values: Float64Array) => values.filter((value) => !Number.isNaN(value)).subarray(-COUNTED);
  const pool = pooledCounts(histories.map(knownOf));
  return (values, mean) => {
    const known = knownOf(values);
    const rate = mean.reduce((sum, value) => sum + value, 0) / mean.length;
    const quantiles = pool?.quantiles(known, QUANTILES) ?? countQuantiles(known, QUANTILES, { mean: rate });
    return Float64Array.from({ length: mean.length * QUANTILES.length }, (_, at) => {
      const step = Math.floor(at / QUANTILES.length);
      return quantiles[at % QUANTILES.length]! - mean[step]!;
    });
  };
}

/** Items whose counts measure the coverage, an even sample, and rolls of each, the latest. */
const [MEASURED, LATEST] = [1000, 3];

interface Held {
  readonly '80': number;
  readonly '95': number;
  readonly steps: number;
}

/** How many of the counts that came lay between the quantiles that would have been told before. */
export function countsHeld(
  prepared: readonly PreparedItem[],
  counts: readonly boolean[],
  local: readonly LocalForecast[],
  countOffsets: CountOffsets,
  told: (item: number, roll: number) => Float64Array,
): Held {
  const counted = [...counts.keys()].filter((i) => counts[i]);
  const stride = Math.max(1, Math.ceil(counted.length / MEASURED));
  const held = { '80': 0, '95': 0, steps: 0 };
  for (let c = 0; c < counted.length; c += stride) {
    const i = counted[c]!;
    const { origins = [], steps = 0 } = local[i]!.rolls ?? {};
    for (let r = Math.max(0, origins.length - LATEST); r < origins.length; r++) {
      const { values } = prepared[i]!.item;
      const mean = told(i, r).map((value) => Math.max(0, value));
      const offsets = countOffsets(values.subarray(0, origins[r]!), mean);
      for (let k = 0; k < steps; k++) {
        const off = values[origins[r]! + k]! - mean[k]!;
        if (Number.isNaN(off)) continue;
        const own = offsets.subarray(k * QUANTILES.length, (k + 1) * QUANTILES.length);
        held.steps += 1;
        if (off >= own[1]! - NEAR && off <= own[5]! + NEAR) held['80'] += 1;
        if (off >= own[0]! - NEAR && off <= own[6]! + NEAR) held['95'] += 1;
      }
    }
  }
  // As if all had been measured.
  return { '80': held['80'] * stride, '95': held['95'] * stride, steps: held.steps * stride };
}
/** Counts beside a mean that was subtracted from both. */
const NEAR = 1e-6;

/** The coverage of items by the errors of their forecasts, and of those by their counts. */
export function withCounts({ coverage, measured }: Spread, held: Held): Spread['coverage'] {
  const of = (level: '80' | '95'): number => {
    const others = measured > 0 ? coverage[level] * measured : 0;
    return (others + held[level]) / (measured + held.steps);
  };
  return { '80': of('80'), '95': of('95') };
}
