/** Charts and indices against R's qcc and Montgomery's textbook; intervals against simulated processes whose truth is known. */
import { existsSync, readFileSync } from 'node:fs';
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { betaQuantile, binomialCdf, fQuantile, incompleteBeta } from '../distributions/beta.ts';
import { capability, momentsOf, normalityPValue, normalized, potential } from './capability.ts';
import { attributeChart, individualCharts, outside, subgroupCharts } from './control-chart.ts';
import { c4, rangeConstants } from './control-constants.ts';
import { gaugeStudy } from './gauge.ts';
import { runRuleBreaks } from './run-rules.ts';
import { cusumChart, ewmaChart } from './time-weighted.ts';

const QCC = new URL('../../../../../shared/data/spc/qcc/', import.meta.url);
const isThere = existsSync(QCC);
const read = (name: string): string[][] =>
  readFileSync(new URL(name, QCC), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/));

describe('constants', () => {
  // Montgomery, appendix VI.
  it.each([
    [2, 1.128, 0.853, 0.7979],
    [5, 2.326, 0.864, 0.94],
    [10, 3.078, 0.797, 0.9727],
    [25, 3.931, 0.708, 0.9896],
  ])('of samples of %d', (n, d2, d3, c) => {
    expect(rangeConstants(n).d2).toBeCloseTo(d2, 3);
    expect(rangeConstants(n).d3).toBeCloseTo(d3, 3);
    expect(c4(n)).toBeCloseTo(c, 4);
  });
});

describe.skipIf(!isThere)('charts of the data of qcc (skipped where ../shared/data is not there)', () => {
  it('of piston rings have its centre, deviation and limits', () => {
    const rows = read('pistonrings.txt').map(([diameter, sample]) => [Number(diameter), Number(sample)]);
    const samples = Array.from({ length: 40 }, (_, i) =>
      rows.filter(([, sample]) => sample === i + 1).map(([diameter]) => diameter!),
    );
    const { level } = subgroupCharts(samples, 25);
    expect(level.center).toBeCloseTo(74.00118, 5);
    expect(level.sigma).toBeCloseTo(0.009785, 6);
    expect(Math.abs(level.lower[0]! - 73.98805)).toBeLessThan(1e-5);
    expect(Math.abs(level.upper[0]! - 74.01431)).toBeLessThan(1e-5);
    // qcc's vignette: beyond limits 37, 38, 39 of the monitored samples.
    expect(outside(level).map((i) => i + 1)).toEqual([37, 38, 39]);
  });

  it('of orange juice cans, circuits and computers are Montgomery’s', () => {
    const juice = read('orangejuice.txt').filter(([, , , trial]) => trial === 'TRUE');
    const p = attributeChart(
      'p',
      juice.map(([, d]) => Number(d)),
      juice.map(([, , n]) => Number(n)),
    );
    // Montgomery, example 7.1: p̄ 0.2313, limits 0.0524 and 0.4102; samples 15 and 23 are out.
    expect(p.center).toBeCloseTo(0.2313, 4);
    expect(p.lower[0]).toBeCloseTo(0.0524, 4);
    expect(p.upper[0]).toBeCloseTo(0.4102, 4);
    expect(outside(p).map((i) => i + 1)).toEqual([15, 23]);
    const circuits = read('circuit.txt').filter(([, , , trial]) => trial === 'TRUE');
    const c = attributeChart(
      'c',
      circuits.map(([, x]) => Number(x)),
      circuits.map(() => 1),
    );
    // Example 7.3: c̄ 19.85, limits 6.48 and 33.22.
    expect(c.center).toBeCloseTo(19.85, 2);
    expect(c.lower[0]).toBeCloseTo(6.48, 2);
    expect(c.upper[0]).toBeCloseTo(33.21, 1);
    const computers = read('pcmanufact.txt');
    const u = attributeChart(
      'u',
      computers.map(([x]) => Number(x)),
      computers.map(([, n]) => Number(n)),
    );
    // qcc: ū 1.93, upper limit 3.793865.
    expect(u.center).toBeCloseTo(1.93, 10);
    expect(u.upper[0]).toBeCloseTo(3.793865, 5);
  });

  it('of viscosity are an individual chart of its batches', () => {
    const rows = read('viscosity.txt').filter(([, , trial]) => trial === 'TRUE');
    const { level, spread } = individualCharts(rows.map(([, viscosity]) => Number(viscosity)));
    // NumPy on the same twenty batches.
    expect(level.center).toBeCloseTo(34.088, 9);
    expect(spread.center).toBeCloseTo(0.5726315789473682, 9);
    expect(level.sigma).toBeCloseTo(spread.center / rangeConstants(2).d2, 12);
  });
});

describe('patterns', () => {
  it('are found by their rules, and hardly ever in noise', () => {
    const random = new Random(4);
    const noise = Array.from({ length: 4000 }, () => random.normal());
    const chart = individualCharts(noise).level;
    expect(runRuleBreaks(chart, [1]).length / noise.length).toBeLessThan(0.006);
    const shifted = individualCharts(
      [...noise.slice(0, 200), ...noise.slice(200, 240).map((x) => x + 1.5)],
      200,
    ).level;
    const found = runRuleBreaks(shifted);
    expect(found.filter(({ point }) => point >= 200).length).toBeGreaterThan(3);
    const rising = individualCharts([...noise.slice(0, 100), 0, 0.1, 0.2, 0.3, 0.4, 0.5], 100).level;
    expect(runRuleBreaks(rising, [3]).map(({ point }) => point)).toContain(105);
  });

  it('of Laney keep counts that vary more than chance in control', () => {
    const random = new Random(5);
    const counts = Array.from({ length: 60 }, () => {
      const rate = 0.1 + 0.03 * random.normal();
      return Array.from({ length: 1000 }, () => Number(random.uniform() < rate)).reduce((a, b) => a + b, 0);
    });
    const sizes = counts.map(() => 1000);
    const plain = outside(attributeChart('p', counts, sizes)).length;
    const wide = attributeChart('p', counts, sizes, { laney: true });
    expect(plain).toBeGreaterThan(10);
    expect(outside(wide).length).toBeLessThanOrEqual(1);
    expect(wide.overdispersion).toBeGreaterThan(2);
  });

  it('with memory find a small lasting shift, and weigh as Montgomery’s example 9.2', () => {
    const chart = ewmaChart([9.45, 7.99, 9.29], { center: 10, sigma: 1, lambda: 0.1, sigmas: 2.7 });
    expect(chart.points[0]).toBeCloseTo(9.945, 3);
    expect(chart.points[1]).toBeCloseTo(9.7495, 3);
    expect(chart.upper[0]).toBeCloseTo(10.27, 2);
    expect(chart.upper[1]).toBeCloseTo(10.36, 2);
    const random = new Random(6);
    const values = Array.from({ length: 60 }, (_, i) => random.normal() + (i >= 30 ? 1 : 0));
    const { alarms } = cusumChart(values, { center: 0, sigma: 1 });
    expect(alarms[0]).toBeGreaterThanOrEqual(30);
    expect(alarms[0]).toBeLessThan(50);
  });
});

describe('capability', () => {
  it('has intervals that hold the truth in 95 ± 2 % of 1,000 processes', () => {
    const random = new Random(7);
    const limits = { lower: -4, upper: 5 };
    const [truth, potentialTruth] = [4 / 3, 9 / 6];
    let [held, heldPotential] = [0, 0];
    for (let k = 0; k < 1000; k++) {
      const values = Float64Array.from({ length: 60 }, () => random.normal());
      const { mean, deviation } = momentsOf(values);
      const [low, high] = capability(limits, { mean, deviation, n: 60, freedom: 59 }).interval;
      if (low <= truth && truth <= high) held++;
      const p = potential(limits, deviation, 59)!;
      if (p.interval[0] <= potentialTruth && potentialTruth <= p.interval[1]) heldPotential++;
    }
    expect(Math.abs(held / 1000 - 0.95)).toBeLessThanOrEqual(0.02);
    expect(Math.abs(heldPotential / 1000 - 0.95)).toBeLessThanOrEqual(0.02);
  });

  it('of values that are not normal is taken after they are made so', () => {
    const random = new Random(8);
    const values = Float64Array.from({ length: 400 }, () => Math.exp(0.6 * random.normal()));
    expect(normalityPValue(values)).toBeLessThan(0.001);
    const { values: made, limits } = normalized(values, { upper: 8 });
    expect(normalityPValue(made)).toBeGreaterThan(0.05);
    const { mean, deviation } = momentsOf(made);
    const found = capability(limits, { mean, deviation, n: 400, freedom: 399 }).value;
    // The truth by the logarithm: (ln 8 − 0) / (3 × 0.6) = 1.155.
    expect(Math.abs(found - Math.log(8) / 1.8)).toBeLessThan(0.2);
  });
});

describe('a gauge study', () => {
  it('parts what varies, and its interval holds the truth', () => {
    const truth = Math.sqrt((0.3 ** 2 + 0.2 ** 2) / (0.3 ** 2 + 0.2 ** 2 + 1));
    let held = 0;
    for (let k = 0; k < 60; k++) {
      const random = new Random(k);
      const parts = Array.from({ length: 10 }, () => random.normal());
      const operators = Array.from({ length: 3 }, () => 0.2 * random.normal());
      const { share, interval } = gaugeStudy(
        parts.map((part) =>
          operators.map((operator) => [0, 1, 2].map(() => part + operator + 0.3 * random.normal())),
        ),
      );
      expect(share).toBeGreaterThan(0);
      if (interval[0] <= truth && truth <= interval[1]) held++;
    }
    expect(held).toBeGreaterThanOrEqual(53);
  });
});

describe('the beta function', () => {
  // SciPy: special.betainc, stats.f.ppf, stats.binom.cdf.
  it('and what comes from it', () => {
    expect(incompleteBeta(0.3, 2, 5)).toBeCloseTo(0.579825, 6);
    expect(betaQuantile(0.95, 2, 5)).toBeCloseTo(0.5818034, 6);
    expect(fQuantile(0.95, 3, 20)).toBeCloseTo(3.0983912, 6);
    expect(binomialCdf(2, 80, 0.01)).toBeCloseTo(0.9534468142640673, 9);
  });
});
