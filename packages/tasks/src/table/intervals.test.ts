import { predictTrees, Random, type TreeColumn } from '@gradus/classical';
import { describe, expect, it } from 'vitest';
import { fitIntervals, type Intervals } from './intervals.ts';

const N = 3000;
const groups = Int32Array.from({ length: N }, (_, i) => i);

/** Errors whose size grows with a column, or does not. */
function errors(seed: number, size: (x: number) => number) {
  const random = new Random(seed);
  const x = Float64Array.from({ length: N }, () => random.uniform(0, 4));
  const columns: TreeColumn[] = [
    { kind: 'number', values: x },
    { kind: 'number', values: Float64Array.from(x, () => random.normal()) },
  ];
  return { columns, residuals: x.map((value) => size(value) * random.normal()), groups, isOrdered: false };
}

function heldBy(
  { low, high, scale }: Intervals,
  rows: ReturnType<typeof errors>,
): { share: number; width: number } {
  const scales = scale ? predictTrees(scale, rows.columns) : new Float64Array(N).fill(1);
  const held = rows.residuals.filter((error, i) => error >= low * scales[i]! && error <= high * scales[i]!);
  return { share: held.length / N, width: ((high - low) * scales.reduce((sum, of) => sum + of, 0)) / N };
}

describe('intervals', () => {
  it('hold nine of ten later values, and are narrower where it can be seen how large errors are', async () => {
    const size = (x: number) => 0.2 + x;
    const intervals = await fitIntervals(errors(1, size), { random: new Random(0) });
    expect(intervals.scale).not.toBeNull();
    const later = heldBy(intervals, errors(2, size));
    expect(Math.abs(later.share - 0.9)).toBeLessThan(0.02);
    const same = heldBy(
      { ...intervals, ...quantiles(errors(1, size).residuals), scale: null },
      errors(2, size),
    );
    expect(later.width).toBeLessThan(0.9 * same.width);
  });

  it('are as wide for all where it cannot', async () => {
    const intervals = await fitIntervals(
      errors(3, () => 2),
      { random: new Random(0) },
    );
    expect(intervals.scale).toBeNull();
    expect(
      Math.abs(
        heldBy(
          intervals,
          errors(4, () => 2),
        ).share - 0.9,
      ),
    ).toBeLessThan(0.02);
  });

  it('of later times go by the latest errors', async () => {
    const rows = errors(5, () => 1);
    const growing = {
      ...rows,
      residuals: rows.residuals.map((error, i) => error * (1 + (2 * i) / N)),
      isOrdered: true,
    };
    const { low, high, scale } = await fitIntervals(growing, { random: new Random(0) });
    expect(scale).toBeNull();
    expect(low).toBe(-high);
    // 1.645 deviations, of which the last third has 2.67 on average.
    expect(high).toBeGreaterThan(3.9);
    expect(high).toBeLessThan(4.9);
  });

  it('of few rows are as wide as all of them', async () => {
    const few = {
      columns: [],
      residuals: Float64Array.of(-1, 3, 2),
      groups: groups.slice(0, 3),
      isOrdered: false,
    };
    expect(await fitIntervals(few, { random: new Random(0) })).toMatchObject({
      low: -1,
      high: 3,
      scale: null,
    });
  });
});

function quantiles(values: Float64Array): { low: number; high: number } {
  const sorted = values.toSorted();
  return { low: sorted[Math.floor(0.05 * N)]!, high: sorted[Math.floor(0.95 * N)]! };
}
