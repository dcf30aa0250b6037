import { Random, UserError } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import type { Judged } from '../answers.ts';
import type { ClassTarget } from '../columns.ts';
import { evaluateTable, requireMeasurable, tableHeldOut } from './evaluate.ts';
import type { ClassDetail, NumberDetail } from './evaluation.ts';
import { defaultMetric, metricNames, requireMetric } from './metrics.ts';
import { churn, classTarget, fiveClasses, numberTarget, prices } from './testing/judged.ts';

const OPTIONS = { metric: 'auc', trainedOn: 1000 } as const;

describe('an evaluation of a table', () => {
  it('of two classes has the figures of scikit-learn, weighted and not', () => {
    const labels = [0, 1, 1, 0, 1, 0, 1, 1, 0, 0, 1, 0];
    const answers = Float64Array.of(0.1, 0.8, 0.7, 0.7, 0.35, 0.4, 0.9, 0.55, 0.2, 0.55, 0.97, 0.02);
    const judged: Judged = {
      target: classTarget(labels),
      answers,
      baselines: { majority: new Float64Array(12).fill(0.5) },
      slices: {},
    };
    // The literals are scikit-learn 1.9.1's.
    expect(evaluateTable(judged, OPTIONS).metrics).toMatchObject({
      auc: expect.closeTo(0.8611111111111112, 12),
      averagePrecision: expect.closeTo(0.8634920634920634, 12),
      accuracy: expect.closeTo(9 / 12, 12),
      error: expect.closeTo(3 / 12, 12),
      logLoss: expect.closeTo(0.4354425201874192, 12),
      brier: expect.closeTo(0.1474, 12),
      macroF1: expect.closeTo(0.7482517482517482, 12),
    });
    const weights = Float64Array.of(1, 2, 0.5, 3, 1, 0, 2, 1.5, 1, 2, 0.25, 4);
    expect(evaluateTable({ ...judged, weights }, OPTIONS).metrics).toMatchObject({
      auc: expect.closeTo(0.8526645768025078, 12),
      averagePrecision: expect.closeTo(0.8250512663352326, 12),
    });
  });

  it('of numbers has the figures of scikit-learn', () => {
    const judged: Judged = {
      target: numberTarget([3, 5, 2, 7, 4, 1.5, 8, 6, 2.5, 9]),
      answers: Float64Array.of(2.5, 5.5, 2, 8, 3, 2, 7, 6.5, 4, 8),
      baselines: { mean: new Float64Array(10).fill(4.8) },
      slices: {},
    };
    const { metrics, figure } = evaluateTable(judged, { ...OPTIONS, metric: 'rmse' });
    expect(metrics).toMatchObject({
      rmse: expect.closeTo(Math.sqrt(0.725), 12),
      mae: expect.closeTo(0.75, 12),
      r2: expect.closeTo(0.8832528180354268, 12),
      medianAbsoluteError: expect.closeTo(0.75, 12),
      mape: expect.closeTo(0.19123015873015872, 12),
    });
    expect(figure.isGain).toBe(false);
  });

  it('says that a better model is better, and that one which knows no more is not', () => {
    const good = evaluateTable(churn(2000, 1), OPTIONS);
    expect(good).toMatchObject({ standing: 'better', verdict: 'better', baseline: { name: 'linear' } });
    expect(good.figure.value).toBeGreaterThan(good.baseline.value);
    const judged = churn(2000, 1);
    const alike = evaluateTable({ ...judged, answers: judged.baselines.linear! }, OPTIONS);
    expect(alike).toMatchObject({ standing: 'alike', verdict: 'no better than linear', pValue: 1 });
  });

  it('holds its figures inside their intervals, all of them finite', () => {
    const random = new Random(3);
    for (const judged of [churn(300, 1), fiveClasses(400, random), prices(300)]) {
      for (const metric of metricNames(judged.target)) {
        const { figure, metrics, interval } = evaluateTable(judged, { ...OPTIONS, metric });
        expect(metrics[metric]).toBe(figure.value);
        expect(Object.values(metrics).every(Number.isFinite)).toBe(true);
        for (const [name, [low, high]] of Object.entries(interval)) {
          expect(low, name).toBeLessThanOrEqual(metrics[name]!);
          expect(high, name).toBeGreaterThanOrEqual(metrics[name]!);
        }
      }
    }
  });

  it('counts rows of a group as one: intervals grow, and few groups are seen', () => {
    const rows = churn(2000, 1);
    const repeated = (groups?: Int32Array): Judged => {
      const judged = churn(200, 1);
      const repeat = (values: Float64Array) => Float64Array.from(rows.answers, (_, i) => values[i % 200]!);
      return {
        ...judged,
        target: classTarget(
          Array.from(rows.answers, (_, i) => (judged.target as ClassTarget).labels[i % 200]!),
        ),
        answers: repeat(judged.answers),
        baselines: { majority: repeat(judged.baselines.majority!) },
        ...(groups && { groups }),
      };
    };
    const width = ({ figure: { interval } }: ReturnType<typeof evaluateTable>) => interval[1] - interval[0];
    const single = evaluateTable(churn(200, 1), OPTIONS);
    const grouped = evaluateTable(repeated(Int32Array.from(rows.answers, (_, i) => 7 * (i % 200))), OPTIONS);
    expect(width(grouped)).toBeCloseTo(width(single), 2);
    expect(width(evaluateTable(repeated(), OPTIONS))).toBeLessThan(0.4 * width(single));
    expect(grouped).toMatchObject({ groups: 200, hasFewGroups: false });
    const few = evaluateTable(repeated(Int32Array.from(rows.answers, (_, i) => i % 4)), OPTIONS);
    expect(few).toMatchObject({ groups: 4, hasFewGroups: true });
  });

  it('claims nothing from one group', () => {
    for (const judged of [churn(300, 1), prices(300)]) {
      const metric = defaultMetric(judged.target);
      const one = evaluateTable({ ...judged, groups: new Int32Array(300).fill(4) }, { ...OPTIONS, metric });
      expect(one).toMatchObject({ groups: 1, hasFewGroups: true, standing: 'alike' });
      expect(Object.values(one.interval).flat().every(Number.isFinite)).toBe(true);
    }
  });

  it('says that it does not beat guessing, though a linear model is the better baseline', () => {
    const judged = prices(60);
    const { target } = judged;
    if (target.kind !== 'numbers') throw new Error('prices are numbers');
    const mean = target.values.reduce((sum, value) => sum + value, 0) / 60;
    const guess = new Float64Array(60).fill(mean);
    const said = evaluateTable(
      {
        ...judged,
        answers: guess.map((value) => value * 1.001),
        baselines: { mean: guess, linear: judged.answers },
      },
      { ...OPTIONS, metric: 'rmse' },
    );
    expect(said).toMatchObject({ verdict: 'no better than mean', baseline: { name: 'mean' } });
    expect(said.against.linear!.standing).toBe('worse');
  });

  it('finds for whom it is worse, and nobody where there is nobody', () => {
    const n = 3000;
    const judged = churn(n, 1);
    const region = Array.from({ length: n }, (_, i) =>
      i % 10 === 0 ? 'north' : i % 10 === 1 ? null : 'south',
    );
    const times = Float64Array.from({ length: n }, (_, i) => i);
    const fair = evaluateTable({ ...judged, slices: { region }, times }, OPTIONS);
    expect(fair.slices.map(({ name }) => name.en)).toEqual([
      'region: north',
      'region: south',
      'the newest quarter',
    ]);
    expect(fair.slices.filter(({ isWorse }) => isWorse)).toEqual([]);
    const random = new Random(1);
    const answers = judged.answers.map((p, i) => (i % 10 === 0 ? random.uniform() : p));
    const unfair = evaluateTable({ ...judged, answers, slices: { region }, times }, OPTIONS);
    expect(unfair.slices.filter(({ isWorse }) => isWorse).map(({ name }) => name.zh)).toEqual([
      'region：north',
    ]);
  });

  it('does not blame it for rows that are harder by nature', () => {
    const n = 6000;
    const random = new Random('harder');
    const season = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 'summer' : 'winter'));
    const answers = Float64Array.from(season, (each) => {
      const odds = random.normal(0, each === 'summer' ? 0.3 : 2.5);
      return 1 / (1 + Math.exp(-odds));
    });
    const target = classTarget(Array.from(answers, (p) => (random.uniform() < p ? 1 : 0)));
    const baselines = { majority: new Float64Array(n).fill(0.5), linear: answers };
    for (const metric of ['auc', 'accuracy', 'logLoss'] as const) {
      const judged = { target, answers, baselines, slices: { season } };
      const { slices } = evaluateTable(judged, { ...OPTIONS, metric });
      expect(slices.find(({ name }) => name.en === 'season: summer')!.pValue).toBeLessThan(1e-6);
      expect(slices.filter(({ isWorse }) => isWorse)).toEqual([]);
    }
  });

  it('counts how often intervals of numbers hold the true value', () => {
    const { detail } = evaluateTable(prices(2000), { ...OPTIONS, metric: 'mae' });
    const { intervals, tenths, points } = detail as NumberDetail;
    expect(intervals!.coverage.value).toBeGreaterThan(0.87);
    expect(intervals!.coverage.value).toBeLessThan(0.93);
    expect(intervals!.meanWidth).toBeCloseTo(2 * 1.645 * 10, 1);
    expect(tenths).toHaveLength(10);
    expect(points).toHaveLength(500);
  });

  it('says what came of a promised error rate', () => {
    const judged = churn(1000, 1);
    const isGiven = Array.from(judged.answers, (p) => Math.abs(p - 0.5) > 0.3);
    const { detail } = evaluateTable(judged, { ...OPTIONS, abstention: { errorRate: 0.1, isGiven } });
    const { coverage, observed } = (detail as ClassDetail).abstention!;
    expect(coverage.value).toBeCloseTo(isGiven.filter(Boolean).length / 1000, 12);
    expect(observed.value).toBeLessThan(0.2);
  });

  it('does not compare a linear model with itself, and has no R² above 1', () => {
    const judged = prices(30);
    const { baseline, against, baselines, interval } = evaluateTable(judged, {
      metric: 'rmse',
      trainedOn: 100,
      same: 'linear',
    });
    expect(baseline.name).toBe('mean');
    expect(Object.keys(against)).toEqual(['mean']);
    expect(Object.keys(baselines)).toEqual(['mean', 'linear']);
    expect(interval.r2![1]).toBeLessThanOrEqual(1);
  });

  it('says before anything is learnt which figure no answers could show', () => {
    const constant = classTarget(new Array<number>(50).fill(0));
    expect(() => requireMeasurable('auc', constant)).toThrow(/ROC AUC cannot be measured/);
    expect(() => requireMeasurable('accuracy', constant)).not.toThrow();
  });

  it('is refused where the rows cannot tell the figure', () => {
    const judged = { ...churn(50, 1), target: classTarget(new Array<number>(50).fill(0)) };
    expect(() => evaluateTable(judged, OPTIONS)).toThrow(/ROC AUC cannot be measured/);
    expect(evaluateTable(judged, { ...OPTIONS, metric: 'accuracy' }).metrics).not.toHaveProperty('auc');
  });

  it('leaves held-out answers that survive JSON', () => {
    const judged = prices(60, { times: new Float64Array(60).fill(Number.NaN) });
    const heldOut = tableHeldOut(
      judged,
      Int32Array.from({ length: 60 }, (_, i) => i + 1),
      'rmse',
    );
    expect(JSON.parse(JSON.stringify(heldOut))).toEqual(heldOut);
    expect(heldOut.answers).toMatchObject({ kind: 'values', deciding: 'rmse' });
  });
});

describe('metrics', () => {
  it('are those that can be told of the target, and others are refused with a list', () => {
    const many = classTarget(
      [0],
      Array.from({ length: 30 }, (_, k) => `c${k}`),
    );
    expect(metricNames(many)).not.toContain('auc');
    expect(metricNames(numberTarget([1, 0]))).not.toContain('mape');
    expect([classTarget([0]), many, numberTarget([1])].map(defaultMetric)).toEqual([
      'auc',
      'accuracy',
      'rmse',
    ]);
    expect(requireMetric('mae', numberTarget([1]))).toBe('mae');
    expect(() => requireMetric('auc', many)).toThrow(UserError);
    expect(() => requireMetric('rmsle', numberTarget([1]))).toThrow(/rmse, mae, r2/);
  });
});
