/** Figures, their intervals and what is said of them, against textbook values and simulated rows whose truth is known. */
import { Random } from '@gradus/base';
import { wilsonInterval } from '@gradus/stats';
import { describe, expect, it } from 'vitest';
import { isWorse, ratioDifference, type SliceColumn, sliceFindings } from './differences.ts';
import { estimateFigure, type Figure, type Ratio } from './figure.ts';
import { judge, togetherOf } from './judgement.ts';

const share = (values: readonly number[]): Ratio => ({
  kind: 'ratio',
  range: 'share',
  numerator: Float64Array.from(values),
  denominator: new Float64Array(values.length).fill(1),
});
const ones = (n: number, of: number) => Array.from({ length: of }, (_, i) => Number(i < n));

describe('a figure', () => {
  it('that is a share has Wilson’s interval, also where all rows pass', () => {
    const [low, high] = wilsonInterval(3000, 4000);
    const found = estimateFigure(share(ones(3000, 4000)))!;
    expect(found.low).toBeCloseTo(low, 3);
    expect(found.high).toBeCloseTo(high, 3);
    const perfect = estimateFigure(share(ones(20, 20)))!;
    expect(perfect.low).toBeGreaterThan(0.8);
    expect(perfect.low).toBeLessThan(0.86);
  });

  it('that is an exact share has Clopper and Pearson’s interval, wider where rows repeat a piece', () => {
    const exact = (values: readonly number[]): Ratio => ({ ...share(values), range: 'exact share' });
    // scipy.stats.binomtest(k, n).proportion_ci(method='exact')
    const alone = estimateFigure(exact(ones(10, 200)))!;
    expect([alone.low, alone.high]).toEqual([expect.closeTo(0.02424, 4), expect.closeTo(0.09005, 4)]);
    expect(estimateFigure(exact(ones(0, 12)))).toMatchObject({ low: 0, high: expect.closeTo(0.26465, 4) });
    const pairs = Int32Array.from({ length: 200 }, (_, i) => i >> 1);
    const clustered = estimateFigure(exact(ones(10, 200)), pairs)!;
    expect(clustered.high - clustered.low).toBeGreaterThan(1.2 * (alone.high - alone.low));
    // Of pieces that are all the same as many rows count as there are pieces.
    expect(estimateFigure(exact(ones(0, 24)), pairs.slice(0, 24))!.high).toBeCloseTo(0.26465, 4);
  });

  it('never leaves its bounds, and is open where nothing bounds it', () => {
    const score = { ...share([100, -100, 100, 100]), range: 'any' as const, bounds: [-100, 100] as const };
    expect(estimateFigure(score)).toMatchObject({ low: -100, high: 100 });
    const rate = { ...share([0, 1]), range: 'positive' as const, denominator: Float64Array.of(2, 1) };
    expect(estimateFigure(rate)).toMatchObject({ low: 0, high: Infinity });
  });

  it('of rows that repeat a user is as sure as its users are many', () => {
    const values = Array.from({ length: 400 }, (_, i) => Number(Math.floor(i / 20) % 4 > 0));
    const clusters = Int32Array.from(values, (_, i) => Math.floor(i / 20));
    const [alone, together] = [estimateFigure(share(values))!, estimateFigure(share(values), clusters)!];
    expect(together.pieces).toBe(20);
    expect(together.high - together.low).toBeGreaterThan(3 * (alone.high - alone.low));
  });

  it('that is a quantile has an interval that holds the truth', () => {
    const random = new Random(1);
    let held = 0;
    for (let k = 0; k < 300; k++) {
      const values = Float64Array.from({ length: 200 }, () => -Math.log(1 - random.uniform()));
      const { low, high } = estimateFigure({ kind: 'quantile', values, at: 0.9 })!;
      if (low <= Math.log(10) && Math.log(10) <= high) held++;
    }
    expect(held / 300).toBeGreaterThan(0.92);
    expect(held / 300).toBeLessThan(0.985);
  });
});

describe('a judgement', () => {
  const estimate = (value: number, half: number) => ({
    value,
    low: value - half,
    high: value + half,
    n: 100,
    pieces: 100,
  });
  it.each([
    [0.9, 0.05, { atLeast: 0.8 }, 'meets', null],
    [0.7, 0.05, { atLeast: 0.8 }, 'fails', null],
    // Twice as near as the interval reaches: four times the rows.
    [0.75, 0.5, { atLeast: 0.5 }, 'cannot tell', 400],
    [0.8, 0.1, { atLeast: 0.8 }, 'cannot tell', null],
    [0.1, 0.05, { atMost: 0.2 }, 'meets', null],
    [0.3, 0.05, { atMost: 0.2 }, 'fails', null],
  ] as const)('of %d ± %d against %o', (value, half, limit, verdict, needed) => {
    expect(judge(estimate(value, half), limit)).toMatchObject({ verdict, needed });
  });

  it('of several fails where one fails, and meets where all meet', () => {
    expect(togetherOf(['meets', 'fails', 'cannot tell'])).toBe('fails');
    expect(togetherOf(['meets', 'cannot tell'])).toBe('cannot tell');
    expect(togetherOf(['meets', 'meets'])).toBe('meets');
    expect(togetherOf([])).toBe('cannot tell');
  });
});

describe('a difference', () => {
  it('of pairs is surer than of strangers, and chance is called one in a twentieth of the cases', () => {
    const random = new Random(2);
    const of = (row: number) => row < 100;
    const hard = Array.from({ length: 100 }, () => random.uniform());
    const rows = [0, 0.1].flatMap((gain) =>
      hard.map((each) => Number(random.uniform() < Math.min(1, each + gain))),
    );
    const clusters = Int32Array.from(rows, (_, i) => i % 100);
    const [paired, apart] = [clusters, undefined].map(
      (given) => ratioDifference(share(rows), given, of, (row) => !of(row))!,
    );
    expect(paired!.difference).toBe(apart!.difference);
    expect(paired!.high - paired!.low).toBeLessThan(apart!.high - apart!.low);
    let called = 0;
    for (let k = 0; k < 400; k++) {
      const same = Array.from({ length: 200 }, () => Number(random.uniform() < 0.7));
      if (ratioDifference(share(same), undefined, of, (row) => !of(row))!.pValue < 0.05) called++;
    }
    expect(called / 400).toBeLessThan(0.085);
  });

  it('of slices names the heavy one first, and none where there is none', () => {
    const random = new Random(3);
    const column = (name: string): SliceColumn => ({
      name,
      levels: ['a', 'b', 'c'],
      codes: Int32Array.from({ length: 1500 }, () => random.below(3)),
    });
    const [real, other] = [column('real'), column('other')];
    const values = Array.from(real.codes, (code) => Number(random.uniform() < (code === 1 ? 0.6 : 0.85)));
    const figure: Figure = {
      id: 'right',
      title: { en: 'right', zh: '正确' },
      unit: 'share',
      better: 'more',
      values: share(values),
    };
    const found = sliceFindings([figure], [other, real], undefined);
    expect(found.filter(isWorse).map(({ column, level }) => `${column} ${level}`)).toEqual(['real b']);
    expect(found[0]!.burden).toBeGreaterThan(0.3);
  });
});
