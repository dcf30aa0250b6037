import { readFileSync } from 'node:fs';
import { kolmogorovSmirnovDistance, psi } from '@gradus/stats';
import { describe, expect, it } from 'vitest';
import { associations, correlationRatio, cramersV, pearson } from './association.ts';
import { numberProfile } from './distribution.ts';
import type { Feature } from './feature.ts';
import { areaUnderCurve } from './target.ts';

/** By numpy and scipy; testing/make.py makes them. */
const golden = JSON.parse(readFileSync(new URL('testing/scipy.json', import.meta.url), 'utf8'));
const x = Float64Array.from(golden.x as number[]);

describe('figures of numbers', () => {
  const found = numberProfile(x);

  it('are those of numpy and scipy', () => {
    expect(found.mean).toBeCloseTo(golden.mean, 12);
    expect(found.deviation).toBeCloseTo(golden.deviation, 12);
    expect(found.skewness).toBeCloseTo(golden.skewness, 12);
    for (const [share, value] of Object.entries(found.quantiles))
      expect(value).toBeCloseTo(golden.quantiles[share], 12);
  });

  it('count every value once in the histogram', () => {
    const { counts, below, above, edges } = found.histogram;
    expect(counts.reduce((a, b) => a + b, 0) + below + above).toBe(x.length);
    expect(edges).toHaveLength(counts.length + 1);
  });

  it('call a run of nines far from all else a code, and no value of the scale', () => {
    const coded = Float64Array.from({ length: 200 }, (_, i) => (i % 20 === 0 ? 999 : i % 60));
    expect(numberProfile(coded).sentinel).toEqual({ value: 999, count: 10 });
    expect(numberProfile(Float64Array.from({ length: 200 }, (_, i) => i % 100)).sentinel).toBeUndefined();
  });
});

describe('figures of pairs', () => {
  const number = (name: string, values: readonly (number | null)[]): Feature => ({
    kind: 'number',
    name,
    type: 'number',
    numbers: Float64Array.from(values, (value) => value ?? Number.NaN),
  });

  it('are those of scipy, with equal values and with gaps', () => {
    expect(pearson(x, Float64Array.from(golden.y as number[])).value).toBeCloseTo(golden.pearson, 12);
    const ties = associations([number('x', golden.x), number('ties', golden.ties)]).pairs[0]!;
    expect(ties.spearman).toBeCloseTo(golden.spearmanTies, 12);
    const gaps = associations([number('gap', golden.gap), number('x', golden.x)]).pairs[0]!;
    expect(gaps.value).toBeCloseTo(golden.pearsonGap, 12);
    expect(gaps.spearman).toBeCloseTo(golden.spearmanGap, 12);
    expect(gaps.rows).toBe(51);
  });

  it('measure categories by Cramér’s V without what chance gives, and numbers by category by the correlation ratio', () => {
    const [a, b] = [Int32Array.from(golden.a as number[]), Int32Array.from(golden.b as number[])];
    expect(cramersV(a, 3, b, 4).value).toBeCloseTo(golden.cramersV, 12);
    expect(correlationRatio(x, a, 3).value).toBeCloseTo(golden.correlationRatio, 12);
  });

  it('say nothing of what does not vary', () => {
    expect(
      associations([
        number('x', golden.x),
        number(
          'one',
          golden.x.map(() => 1),
        ),
      ]).pairs,
    ).toEqual([]);
  });
});

describe('figures of two parts', () => {
  it('are those of scipy and of the formula', () => {
    const sorted = (values: number[]) => Float64Array.from(values).sort();
    expect(kolmogorovSmirnovDistance(sorted(golden.early), sorted(golden.late))).toBeCloseTo(golden.ks, 12);
    expect(psi(Float64Array.of(10, 20, 30, 40), Float64Array.of(25, 25, 25, 25), 'smaller')).toBeCloseTo(
      golden.psi,
      12,
    );
  });

  it('measure a score by the area under its curve, ties by half', () => {
    const bins = [...new Set(golden.score as number[])];
    const count = (label: number) =>
      Float64Array.from(
        bins,
        (bin) =>
          (golden.score as number[]).filter((score, i) => score === bin && golden.label[i] === label).length,
      );
    expect(areaUnderCurve(Float64Array.from(bins), count(1), count(0)).area).toBeCloseTo(golden.auc, 12);
  });
});
