/** Figures of a column of numbers: moments, quantiles, histogram, outliers. */
import { quantileSorted } from '@gradus/stats';
import type { Histogram, NumberProfile } from './document.ts';

const BINS = 30;
const QUANTILES = ['0.01', '0.05', '0.25', '0.5', '0.75', '0.95', '0.99'] as const;
const EXAMPLES = 5;

/** Without NaN, ascending. */
export const sorted = (numbers: Float64Array): Float64Array => numbers.filter((x) => !Number.isNaN(x)).sort();

export function moments(values: Float64Array): { mean: number; deviation: number; skewness: number } {
  const n = values.length;
  let sum = 0;
  for (const x of values) sum += x;
  const mean = sum / n;
  let second = 0;
  let third = 0;
  for (const x of values) {
    const d = x - mean;
    second += d * d;
    third += d * d * d;
  }
  return {
    mean,
    deviation: n > 1 ? Math.sqrt(second / (n - 1)) : 0,
    skewness: second > 0 ? third / n / (second / n) ** 1.5 : 0,
  };
}

export function histogram(ascending: Float64Array): Histogram {
  const low = quantileSorted(ascending, 0.005);
  const high = quantileSorted(ascending, 0.995);
  const distinct = new Set(ascending.subarray(0, 1 << 16)).size;
  const bins = high > low ? Math.min(BINS, Math.max(2, distinct)) : 1;
  const width = high > low ? (high - low) / bins : 1;
  const counts = new Array<number>(bins).fill(0);
  let below = 0;
  let above = 0;
  for (const x of ascending) {
    if (x < low) below += 1;
    else if (x > high) above += 1;
    else counts[Math.min(bins - 1, Math.floor((x - low) / width))]! += 1;
  }
  const edges = Array.from({ length: bins + 1 }, (_, i) =>
    i === bins && high > low ? high : low + i * width,
  );
  return { edges, counts, below, above };
}

/** @param numbers With NaN where missing; at least one is not. */
export function numberProfile(numbers: Float64Array): NumberProfile {
  const ascending = sorted(numbers);
  const { mean, deviation, skewness } = moments(ascending);
  const quantiles = Object.fromEntries(
    QUANTILES.map((share) => [share, quantileSorted(ascending, Number(share))]),
  ) as NumberProfile['quantiles'];
  const outliers = farOut(ascending, quantiles['0.25'], quantiles['0.75']);
  const sentinel = sentinelOf(ascending);
  return {
    min: ascending[0]!,
    max: ascending.at(-1)!,
    mean,
    deviation,
    integers: ascending.every(Number.isInteger),
    zeros: ascending.reduce((count, x) => count + (x === 0 ? 1 : 0), 0),
    negatives: ascending.reduce((count, x) => count + (x < 0 ? 1 : 0), 0),
    quantiles,
    skewness,
    histogram: histogram(ascending),
    ...(outliers && { outliers }),
    ...(sentinel && { sentinel }),
  };
}

function farOut(ascending: Float64Array, first: number, third: number): NumberProfile['outliers'] {
  const reach = 3 * (third - first);
  if (reach === 0) return undefined;
  const [low, high] = [first - reach, third + reach];
  const out = ascending.filter((x) => x < low || x > high);
  const farthest = [...new Set(out)].sort(
    (a, b) => Math.abs(b - mid(low, high)) - Math.abs(a - mid(low, high)),
  );
  return {
    low,
    high,
    count: out.length,
    share: out.length / ascending.length,
    examples: farthest.slice(0, EXAMPLES),
  };
}

const mid = (a: number, b: number): number => (a + b) / 2;

const SENTINEL = /^-?9{3,}$|^-1$|^-(?:99|88|77)$/;

/** The least or greatest value, where it is a run of nines (or negative among none), comes often and stands apart. */
function sentinelOf(ascending: Float64Array): NumberProfile['sentinel'] {
  const n = ascending.length;
  if (n < 20) return undefined;
  for (const [value, next, count] of [
    [ascending[n - 1]!, last(ascending, (x) => x < ascending[n - 1]!), countOf(ascending, ascending[n - 1]!)],
    [ascending[0]!, ascending.find((x) => x > ascending[0]!), countOf(ascending, ascending[0]!)],
  ] as const) {
    if (next === undefined || !SENTINEL.test(String(value))) continue;
    const apart = value > 0 ? value > 2 * Math.abs(next) : next >= 0;
    if (apart && count >= Math.max(3, 0.002 * n)) return { value, count };
  }
  return undefined;
}

function last(ascending: Float64Array, test: (x: number) => boolean): number | undefined {
  for (let i = ascending.length - 1; i >= 0; i--) if (test(ascending[i]!)) return ascending[i];
  return undefined;
}

const countOf = (ascending: Float64Array, value: number): number =>
  ascending.reduce((count, x) => count + (x === value ? 1 : 0), 0);
