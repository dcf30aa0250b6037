/**
 * Whether a column is late in time what it was early. The rows are cut at the median of the time column, and the two
 * halves compared by the population stability index over bins of the early one (Siddiqi, "Credit Risk Scorecards",
 * 2006), for numbers also by the distance of Kolmogorov and Smirnov. Chance alone gives an index of about
 * (bins − 1)(1/n + 1/m): what is not well above that is no drift.
 */
import { kolmogorovSmirnovDistance, psi } from '@gradus/stats';
import { binned, countsOf } from './bins.ts';
import { sorted } from './distribution.ts';
import type { ColumnDrift, Drift } from './document.ts';
import { type Feature, isMissing, rowsOf } from './feature.ts';

const BINS = 10;
const PARTS = 12;
const SHIFTED = 0.1;
const STRONGLY = 0.25;
/** As often as chance would have it. */
const BEYOND_CHANCE = 3;
const FEWEST = 50;

/** @returns undefined where too few rows have a time, or all the same */
export function driftOver(
  time: Feature & { kind: 'number' },
  features: readonly Feature[],
): Drift | undefined {
  const { numbers } = time;
  const rows = Uint32Array.from({ length: rowsOf(time) }, (_, i) => i)
    .filter((row) => !isMissing(time, row))
    .sort((a, b) => numbers[a]! - numbers[b]! || a - b);
  if (rows.length < 2 * FEWEST) return undefined;
  const boundary = numbers[rows[rows.length >> 1]!]!;
  const early = rows.filter((row) => numbers[row]! < boundary);
  const late = rows.filter((row) => numbers[row]! >= boundary);
  if (early.length < FEWEST || late.length < FEWEST) return undefined;
  const iso = (row: number) => new Date(numbers[row]!).toISOString();
  const columns = features
    .map((feature) => columnDrift(feature, early, late, rows, iso))
    .sort((a, b) => b.psi - a.psi || (a.column < b.column ? -1 : 1));
  return {
    column: time.name,
    boundary: new Date(boundary).toISOString(),
    early: { from: iso(early[0]!), rows: early.length },
    late: { to: iso(late.at(-1)!), rows: late.length },
    columns,
  };
}

function columnDrift(
  feature: Feature,
  early: Uint32Array,
  late: Uint32Array,
  rows: Uint32Array,
  iso: (row: number) => string,
): ColumnDrift {
  const bins = binned(feature, early, BINS);
  const [before, after] = [countsOf(bins, early), countsOf(bins, late)];
  const index = psi(before, after, 'smaller');
  const used = before.filter((count, i) => count + after[i]! > 0).length;
  const chance = (used - 1) * (1 / early.length + 1 / late.length);
  const real = index > BEYOND_CHANCE * chance;
  const level =
    real && index > STRONGLY ? 'strongly shifted' : real && index > SHIFTED ? 'shifted' : 'stable';
  const ks =
    feature.kind === 'number'
      ? distanceOf(taken(feature.numbers, early), taken(feature.numbers, late))
      : undefined;
  return {
    column: feature.name,
    psi: index,
    chance,
    ...(ks !== undefined && { ks }),
    level,
    course: courseOf(feature, rows, mostChanged(before, after), iso),
  };
}

/** Of samples in ascending order; undefined where one holds nothing. */
const distanceOf = (early: Float64Array, late: Float64Array): number | undefined =>
  early.length > 0 && late.length > 0 ? kolmogorovSmirnovDistance(early, late) : undefined;

const taken = (numbers: Float64Array, rows: Uint32Array): Float64Array =>
  sorted(Float64Array.from(rows, (row) => numbers[row]!));

function mostChanged(before: Float64Array, after: Float64Array): number {
  const total = (counts: Float64Array) => counts.reduce((a, b) => a + b, 0);
  const [n, m] = [total(before), total(after)];
  const change = Array.from(before, (count, i) => Math.abs(after[i]! / m - count / n));
  return change.indexOf(Math.max(...change));
}

/** The mean of numbers, or the share of a level (the bin after the last: missing). */
function courseOf(
  feature: Feature,
  rows: Uint32Array,
  level: number,
  iso: (row: number) => string,
): ColumnDrift['course'] {
  const parts = Array.from({ length: PARTS }, (_, k) =>
    rows.subarray(Math.floor((k * rows.length) / PARTS), Math.floor(((k + 1) * rows.length) / PARTS)),
  );
  const times = parts.map((part) => iso(part[part.length >> 1]!));
  if (feature.kind === 'number') {
    const values = parts.map((part) => {
      const held = part.filter((row) => !isMissing(feature, row));
      return held.reduce((sum, row) => sum + feature.numbers[row]!, 0) / Math.max(1, held.length);
    });
    return { of: null, times, values };
  }
  const code = level < feature.levels.length ? level : -1;
  const values = parts.map((part) => part.filter((row) => feature.codes[row] === code).length / part.length);
  return { of: code < 0 ? '' : (feature.levels[code] ?? '…'), times, values };
}
