/** Causes and effects against published figures, statsmodels and SciPy; what data cannot tell is refused. */
import { existsSync, readFileSync } from 'node:fs';
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { differenceInDifferences } from './difference-in-differences.ts';
import { balancedComparison } from './entropy-balancing.ts';
import { geoPower } from './geo-power.ts';
import { interruptedSeries } from './interrupted-series.ts';
import type { Panel } from './panel.ts';
import { groupSize, randomisedTest } from './randomised-test.ts';
import { simplexWeights } from './simplex-weights.ts';
import { syntheticControl } from './synthetic-control.ts';

const data = new URL('../../../../../shared/data/causal-strategy/', import.meta.url);
const cells = (file: string) =>
  readFileSync(new URL(file, data), 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));

describe.skipIf(!existsSync(data))('on published cases (skipped without shared/data)', () => {
  const smoking = (): Panel => {
    const [head, ...rows] = cells('causalpy/california_prop99.csv');
    const units = head!.slice(1);
    return { units, values: units.map((_, i) => Float64Array.from(rows, (row) => Number(row[i + 1]))) };
  };
  const START = 19; // 1989

  it("Proposition 99: the estimators' figures of Arkhangelsky et al. (2021), table 1", () => {
    const panel = smoking();
    const california = [panel.units.indexOf('California')];
    expect(differenceInDifferences(panel, california, START).value).toBeCloseTo(-27.3, 1);
    expect(syntheticControl(panel, california, START, { demean: true }).value).toBeCloseTo(-11.1, 1);
    const plain = syntheticControl(panel, california, START);
    expect(plain.value).toBeCloseTo(-19.6, 0);
    // About 26 packs less in 2000, and Utah first in the mix (Abadie et al., 2010).
    expect(plain.gaps.at(-1)).toBeLessThan(-22);
    expect(plain.gaps.at(-1)).toBeGreaterThan(-30);
    expect(plain.weights[0]!.unit).toBe('Utah');
    expect(plain.interval[0]).toBeLessThan(-19);
    expect(plain.interval[1]).toBeGreaterThan(-19);
    expect(plain.pValue).toBeLessThan(0.1);
    // The lines were not parallel, and the report can say so.
    expect(differenceInDifferences(panel, california, START).slopeBefore.pValue).toBeLessThan(0.05);
  });

  it('LaLonde: weights undo a comparison that points the wrong way; the experiment said 1,794', () => {
    const [head, ...rows] = cells('causalpy/lalonde.csv');
    const at = (name: string) => head!.indexOf(name);
    const column = (name: string) => rows.map((row) => Number(row[at(name)]));
    const race = (name: string) => rows.map((row) => Number(row[at('race')] === name));
    const treated = column('treat').map((value) => value === 1);
    const known = [
      ...['age', 'educ', 'married', 'nodegree', 're74', 're75'].map(column),
      race('black'),
      race('hispan'),
    ];
    const found = balancedComparison(column('re78'), treated, known);
    // SciPy's BFGS on the same dual: 1273.26, of 98.46 effective others. The plain difference is −635.
    expect(found.value).toBeCloseTo(1273.26, 1);
    expect(found.effectiveOthers).toBeCloseTo(98.46, 1);
    expect(found.interval[0]).toBeLessThan(1794);
    expect(found.interval[1]).toBeGreaterThan(1794);
  });

  it('forty cities: a lift of 10 % put into two of them is found, and its size covered', () => {
    const rows = cells('geolift_pretest.csv').slice(1);
    const units = [...new Set(rows.map(([city]) => city!))];
    const values = units.map((unit) =>
      Float64Array.from(
        rows.filter(([city]) => city === unit),
        ([, sales]) => Number(sales),
      ),
    );
    const treated = ['chicago', 'portland'].map((city) => units.indexOf(city));
    const start = 75;
    const base = values.map((unit) =>
      unit.map((value, t) => value * (treated.some((i) => values[i] === unit) && t >= start ? 1.1 : 1)),
    );
    const found = syntheticControl({ units, values: base }, treated, start);
    expect(found.pValue).toBeLessThan(0.1);
    expect(found.interval[0] / found.expected).toBeLessThan(0.1);
    expect(found.interval[1] / found.expected).toBeGreaterThan(0.1);
    expect(found.interval[0]).toBeGreaterThan(0);
  });
});

describe('difference in differences', () => {
  it('takes out what happened to everyone: interval as of Welch on the changes (SciPy)', () => {
    const changes = [4.1, 5.6, 3.9, 6.6, 5.2, 1.2, 3.4, 2.2, 5.1, 4.4, 2.9, 3.3];
    const values = changes.map((change, i) => Float64Array.of(i, i, i, i, i + change, i + change));
    const found = differenceInDifferences({ units: changes.map(String), values }, [0, 1, 2, 3, 4], 4);
    expect(found.value).toBeCloseTo(1.865714285714286, 9);
    expect(found.pValue).toBeCloseTo(0.02455632124929832, 7);
    expect(found.interval[0]).toBeCloseTo(0.29629062356843816, 6);
    expect(found.interval[1]).toBeCloseTo(3.435137947860134, 6);
  });

  it('covers no effect in 95 % though the times of a unit go together', () => {
    const random = new Random('trends');
    let covered = 0;
    for (let draw = 0; draw < 400; draw++) {
      const values = Array.from({ length: 12 }, () => {
        let state = 0;
        return Float64Array.from({ length: 20 }, () => {
          state = 0.9 * state + random.normal();
          return 10 + state;
        });
      });
      const { interval } = differenceInDifferences(
        { units: values.map((_, i) => `${i}`), values },
        [0, 1, 2, 3],
        10,
      );
      if (interval[0] <= 0 && 0 <= interval[1]) covered += 1;
    }
    expect(covered / 400).toBeGreaterThan(0.925);
    expect(covered / 400).toBeLessThan(0.98);
  });

  it('refuses units watched at other times, and a history of nothing before', () => {
    const values = [Float64Array.of(1, 2, 3, 4), Float64Array.of(1, 2, 3)];
    expect(() => differenceInDifferences({ units: ['a', 'b'], values }, [0], 2)).toThrow(/"b" has 3 times/);
    expect(() => differenceInDifferences({ units: ['a'], values: [values[0]!] }, [0], 0)).toThrow(
      /before the start/,
    );
  });
});

it('simplex weights find a mix that is there', () => {
  const random = new Random(4);
  const columns = Array.from({ length: 12 }, () =>
    Float64Array.from({ length: 30 }, () => random.normal(50, 10)),
  );
  const truth = [0.5, 0.3, 0.2];
  const target = Float64Array.from({ length: 30 }, (_, t) =>
    truth.reduce((sum, weight, i) => sum + weight * columns[i]![t]!, 0),
  );
  const weights = simplexWeights(columns, target);
  weights.forEach((weight, i) => {
    expect(weight).toBeCloseTo(truth[i] ?? 0, 5);
  });
});

it('an interrupted series: the step beyond trend and season, and nothing where there is none', () => {
  const random = new Random('steps');
  const series = (step: number) =>
    Float64Array.from(
      { length: 120 },
      (_, t) =>
        100 + 0.5 * t + 10 * Math.sin((2 * Math.PI * t) / 12) + random.normal(0, 2) + (t >= 96 ? step : 0),
    );
  const found = interruptedSeries(series(8), 96, { season: 12 });
  expect(found.interval[0]).toBeLessThan(8);
  expect(found.interval[1]).toBeGreaterThan(8);
  expect(found.pValue).toBeLessThan(0.001);
  expect(interruptedSeries(series(0), 96, { season: 12 }).pValue).toBeGreaterThan(0.05);
  expect(() => interruptedSeries(series(0), 20, { season: 12 })).toThrow(/too few/);
});

describe('a randomised test', () => {
  const control = { values: [1.2, 3.4, 2.2, 5.1, 4.4, 2.9, 3.3], before: [1, 3, 2, 4.5, 4.1, 2.2, 3] };
  const treated = { values: [4.1, 5.6, 3.9, 6.6, 5.2], before: [2.5, 4.2, 2.6, 5, 3.7] };

  it("is Welch's test without a time before (SciPy), and with one has the difference of an ANCOVA (statsmodels)", () => {
    const plain = randomisedTest({ values: control.values }, { values: treated.values });
    expect(plain.interval[0]).toBeCloseTo(0.29629062356843816, 6);
    expect(plain.pValue).toBeCloseTo(0.02455632124929832, 7);
    const cuped = randomisedTest(control, treated);
    expect(cuped.difference).toBeCloseTo(1.0539259889408759, 9);
    expect(cuped.explained).toBeGreaterThan(0.8);
    expect(cuped.interval[1] - cuped.interval[0]).toBeLessThan(plain.interval[1] - plain.interval[0]);
  });

  it('needs as many people as statsmodels says (NormalIndPower: 392.44 for a fifth of a deviation)', () => {
    expect(groupSize(0.2, 1)).toBe(393);
    expect(groupSize(0.2, 1, { explained: 0.5 })).toBe(197);
  });
});

it('before a test: more cities and more weeks find smaller lifts, and plans that leave no others are left out', () => {
  const random = new Random('cities');
  const values = Array.from({ length: 20 }, () => {
    const size = random.uniform(100, 1000);
    return Float64Array.from({ length: 60 }, () => size * (1 + random.normal(0, 0.1)));
  });
  const panel = { units: values.map((_, i) => `${i}`), values };
  const plans = geoPower(panel, { cities: [2, 8, 19], lengths: [2, 8] }, new Random(1));
  expect(plans.map(({ cities, length }) => [cities, length])).toEqual([
    [2, 2],
    [2, 8],
    [8, 2],
    [8, 8],
  ]);
  const lift = (cities: number, length: number) =>
    plans.find((plan) => plan.cities === cities && plan.length === length)!.smallestLift;
  expect(lift(8, 2)).toBeLessThan(lift(2, 2));
  expect(lift(2, 8)).toBeLessThan(lift(2, 2));
  // Standard error from theory: .1 · √(1/2 + 1/18) · √(1/2 + 1/8).
  expect(plans[0]!.error).toBeCloseTo(0.1 * Math.sqrt(1 / 2 + 1 / 18) * Math.sqrt(1 / 2 + 1 / 8), 2);
});
