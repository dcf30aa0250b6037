import { Random } from '@gradus/base';
import { boostedTrees, predictTrees, type TreeColumn } from '@gradus/classical';
import { describe, expect, it } from 'vitest';
import type { NumberCells, TableColumn, Target } from '../columns.ts';
import { type ExplainOptions, explainTable, isSeen } from './explanation.ts';

const numberColumn = (name: string, values: Float64Array): TableColumn => ({
  name,
  cells: { kind: 'number', values, decimal: '.' },
});
const numbers = (values: Float64Array): Target => ({
  kind: 'numbers',
  name: 'y',
  values,
  decimal: '.',
  nature: 'number',
});
const valuesOf = (columns: readonly TableColumn[], name: string): Float64Array =>
  (columns.find((column) => column.name === name)!.cells as NumberCells).values;
const normals = (random: Random, rows: number): Float64Array =>
  Float64Array.from({ length: rows }, () => random.normal());

/** y = 3a + noise; b is of no use; the model knows it. */
function straight(seed: number, rows: number): ExplainOptions {
  const random = new Random(seed);
  const [a, b] = [normals(random, rows), normals(random, rows)];
  return {
    columns: [numberColumn('b', b), numberColumn('a', a)],
    judged: { target: numbers(a.map((value) => 3 * value + random.normal())) },
    predict: async (columns) => valuesOf(columns, 'a').map((value) => 3 * value),
    random: new Random(seed),
  };
}
/** E(3a − 3a′)² for independent a and a′ of variance 1. */
const TRUE_IMPORTANCE = 18;

describe('importance', () => {
  it('of a column is what it is by its formula, and of one of no use 0', async () => {
    const { importance, loss, dependence } = await explainTable(straight(1, 4000));
    expect(importance.map(({ column }) => column)).toEqual(['a', 'b']);
    expect(importance[0]!.interval[0]).toBeLessThan(TRUE_IMPORTANCE);
    expect(importance[0]!.interval[1]).toBeGreaterThan(TRUE_IMPORTANCE);
    expect(importance[1]).toEqual({ column: 'b', loss: 0, interval: [0, 0] });
    expect(loss).toBeCloseTo(1, 0);
    expect(dependence.map(({ column }) => column)).toEqual(['a']);
    for (const { at, answer, low, high } of dependence[0]!.points) {
      for (const value of [answer, low, high]) expect(value).toBeCloseTo(3 * Number(at), 9);
    }
    expect(dependence[0]!.points.reduce((sum, { rows }) => sum + rows, 0)).toBe(4000);
  });

  it('has intervals that hold the true value about 95 times of 100', async () => {
    let held = 0;
    for (let seed = 0; seed < 300; seed++) {
      const { importance } = await explainTable(straight(seed, 150));
      const [low, high] = importance[0]!.interval;
      if (low <= TRUE_IMPORTANCE && TRUE_IMPORTANCE <= high) held++;
    }
    expect(held / 300).toBeGreaterThan(0.91);
    expect(held / 300).toBeLessThan(0.99);
  });

  it('of noise that the model took for real is seen no more often than chance', async () => {
    let seen = 0;
    for (let seed = 0; seed < 300; seed++) {
      const { importance } = await explainTable({
        ...straight(seed, 150),
        predict: async (columns) =>
          valuesOf(columns, 'a').map((value, row) => 3 * value + 0.5 * valuesOf(columns, 'b')[row]!),
      });
      if (isSeen(importance.find(({ column }) => column === 'b')!)) seen++;
    }
    // One end of a 95 % interval.
    expect(seen / 300).toBeLessThan(0.045);
  });

  it('has intervals by groups where rows stand or fall together', async () => {
    let held = 0;
    for (let seed = 0; seed < 200; seed++) {
      const options = straight(seed, 400);
      const groups = Int32Array.from({ length: 400 }, (_, row) => Math.floor(row / 8));
      const a = valuesOf(options.columns, 'a');
      for (const row of a.keys()) a[row] = a[8 * groups[row]!]!;
      const target = numbers(a.map((value) => 3 * value));
      const { importance } = await explainTable({ ...options, judged: { target, groups } });
      const [low, high] = importance[0]!.interval;
      if (low <= TRUE_IMPORTANCE && TRUE_IMPORTANCE <= high) held++;
    }
    expect(held / 200).toBeGreaterThan(0.89);
  });

  it('shuffles cells between groups, never within one', async () => {
    const groups = Int32Array.from({ length: 60 }, (_, row) => row % 7);
    const column = numberColumn('patient', Float64Array.from(groups));
    const asked: Float64Array[] = [];
    await explainTable({
      columns: [column],
      judged: { target: numbers(new Float64Array(60)), groups },
      predict: async (columns) => {
        asked.push(valuesOf(columns, 'patient'));
        return new Float64Array(valuesOf(columns, 'patient').length);
      },
      random: new Random(0),
    });
    const shuffled = asked[1]!;
    expect(shuffled.length).toBe(5 * 60);
    for (let row = 0; row < shuffled.length; row++) {
      const [copy, own] = [Math.floor(row / 60), groups[row % 60]!];
      expect(shuffled[row]).not.toBe(own);
      // All rows of a group get the cells of one other group.
      expect(shuffled[row]).toBe(shuffled[60 * copy + own]);
    }
  });

  it('of columns that hide each other is seen when they are shuffled together', async () => {
    const options = straight(2, 3000);
    const a = valuesOf(options.columns, 'a');
    const { importance, together } = await explainTable({
      ...options,
      columns: [...options.columns, numberColumn('copy of a', a.slice())],
      predict: async (columns) =>
        valuesOf(columns, 'a').map((value, row) => 1.5 * (value + valuesOf(columns, 'copy of a')[row]!)),
    });
    // (3/2)² · 2 alone.
    for (const of of importance.slice(0, 2)) {
      expect(of.interval[0]).toBeLessThan(TRUE_IMPORTANCE / 4);
      expect(of.interval[1]).toBeGreaterThan(TRUE_IMPORTANCE / 4);
    }
    expect(together.length).toBe(1);
    expect(together[0]!.columns).toEqual(['a', 'copy of a']);
    expect(together[0]!.association).toBeCloseTo(1, 9);
    expect(together[0]!.interval[0]).toBeLessThan(TRUE_IMPORTANCE);
    expect(together[0]!.interval[1]).toBeGreaterThan(TRUE_IMPORTANCE);
  });

  it('finds the few columns that matter in a wide table, within the budget', async () => {
    const random = new Random(5);
    const columns = Array.from({ length: 1200 }, (_, i) => numberColumn(`c${i}`, normals(random, 500)));
    const used = ['c7', 'c600', 'c1199'];
    const answer = (of: readonly TableColumn[]) => {
      const values = used.map((name) => valuesOf(of, name));
      return values[0]!.map((value, row) => value + 2 * values[1]![row]! + 3 * values[2]![row]!);
    };
    let asked = 0;
    const { importance, leftOut } = await explainTable({
      columns,
      judged: { target: numbers(answer(columns)) },
      predict: async (of) => {
        const answers = answer(of);
        asked += answers.length;
        return answers;
      },
      random: new Random(0),
    });
    expect(importance.filter(isSeen).map(({ column }) => column)).toEqual(used.toReversed());
    expect(leftOut).toBe(1160);
    expect(asked).toBeLessThan(170_000);
  });

  it('counts rows by their weights', async () => {
    const options = straight(3, 2000);
    const weights = Float64Array.from({ length: 2000 }, (_, row) => (row < 1000 ? 1 : 0));
    // Rows without weight are as wrong as can be: only rows with weight may count.
    const a = valuesOf(options.columns, 'a');
    const target = numbers(a.map((value, row) => (row < 1000 ? 3 * value : 1e6)));
    const { loss, importance } = await explainTable({ ...options, judged: { target, weights } });
    expect(loss).toBe(0);
    expect(importance[0]!.interval[0]).toBeLessThan(TRUE_IMPORTANCE);
    expect(importance[0]!.interval[1]).toBeGreaterThan(TRUE_IMPORTANCE);
  });
});

describe("Friedman's first function", () => {
  const rows = 2000;
  const table = (seed: number) => {
    const random = new Random(seed);
    const x = Array.from({ length: 10 }, () => Float64Array.from({ length: rows }, () => random.uniform()));
    const truth = friedman(x);
    return {
      columns: x.map((values, i) => numberColumn(`x${i + 1}`, values)),
      x,
      y: truth.map((v) => v + random.normal()),
    };
  };
  const friedman = (x: readonly Float64Array[]) =>
    x[0]!.map((_, i) => {
      const [a, b, c, d, e] = x.map((values) => values[i]!) as [number, number, number, number, number];
      return 10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e;
    });
  const explained = (predict: (x: Float64Array[]) => Float64Array) => {
    const { columns, y } = table(1);
    return explainTable({
      columns,
      judged: { target: numbers(y) },
      predict: async (of) => predict(of.map(({ cells }) => (cells as NumberCells).values)),
      random: new Random(0),
    });
  };

  it('has the importance and dependence that its terms have by calculus', async () => {
    const { importance, dependence } = await explained(friedman);
    // Twice the variance of each term that stands alone.
    const truth = { x3: 2 * 400 * (1 / 80 - 1 / 144), x4: (2 * 100) / 12, x5: (2 * 25) / 12 };
    for (const [name, value] of Object.entries(truth)) {
      const { interval } = importance.find(({ column }) => column === name)!;
      expect(interval[0]).toBeLessThan(value);
      expect(interval[1]).toBeGreaterThan(value);
    }
    expect(
      importance
        .filter(isSeen)
        .map(({ column }) => column)
        .toSorted(),
    ).toEqual(['x1', 'x2', 'x3', 'x4', 'x5']);
    const of = (name: string) => dependence.find(({ column }) => column === name)!.points;
    for (const [name, term] of [
      ['x3', (v: number) => 20 * (v - 0.5) ** 2],
      ['x4', (v: number) => 10 * v],
    ] as const) {
      const [first, ...others] = of(name);
      for (const { at, answer } of others) {
        expect(answer - first!.answer).toBeCloseTo(term(Number(at)) - term(Number(first!.at)), 9);
      }
    }
  });

  it('is read from trees that learnt it', async () => {
    const { x, y } = table(2);
    const asTrees = (of: readonly Float64Array[]) =>
      of.map((values): TreeColumn => ({ kind: 'number', values }));
    const model = await boostedTrees(asTrees(x), { values: y }, { loss: 'squared', leaves: 8, threads: 1 });
    const { importance } = await explained((of) => predictTrees(model, asTrees(of)));
    expect(
      importance
        .slice(0, 5)
        .map(({ column }) => column)
        .toSorted(),
    ).toEqual(['x1', 'x2', 'x3', 'x4', 'x5']);
    for (const of of importance.slice(0, 5)) expect(isSeen(of)).toBe(true);
    for (const of of importance.slice(5)) expect(Math.abs(of.loss)).toBeLessThan(importance[4]!.loss / 10);
  });
});

describe('dependence', () => {
  const day = 86_400_000;
  const start = Date.UTC(2024, 0, 1);
  const times = Float64Array.from({ length: 364 }, (_, i) => start + i * day);
  const plans = ['free', 'paid', 'gone'];
  const codes = Int32Array.from(times, (_, i) => (i % 20 === 0 ? 2 : i % 3 === 0 ? 1 : 0));
  const columns: TableColumn[] = [
    { name: 'plan', cells: { kind: 'category', codes, levels: plans } },
    { name: 'day', cells: { kind: 'time', values: times } },
    { name: 'note', cells: { kind: 'text', values: Array.from(times, (_, i) => `row ${i}`) } },
  ];
  const chance = (of: readonly TableColumn[]) => {
    const [plan, when] = of.map(({ cells }) => cells);
    if (plan?.kind !== 'category' || when?.kind !== 'time') throw new Error('other columns');
    return Float64Array.from(
      plan.codes,
      (code, row) => 0.2 + 0.2 * code + 0.01 * new Date(when.values[row]!).getUTCMonth(),
    );
  };
  const options: ExplainOptions = {
    columns,
    judged: {
      target: {
        kind: 'classes',
        name: 'left',
        classes: ['no', 'yes'],
        labels: Int32Array.from(chance(columns), (p, row) => (((row * 7919) % 1000) / 1000 < p ? 1 : 0)),
      },
    },
    predict: async (of) => chance(of),
    random: new Random(4),
  };

  it('of classes speaks of the second; categories by how frequent they are, times by month', async () => {
    const { speaksOf, lossName, dependence, importance } = await explainTable(options);
    expect([speaksOf, lossName]).toEqual(['yes', 'log loss']);
    expect(importance.find(({ column }) => column === 'note')!.loss).toBe(0);
    const plan = dependence.find(({ column }) => column === 'plan')!;
    expect(plan.points.map(({ at, rows }) => [at, rows])).toEqual([
      ['free', 230],
      ['paid', 115],
      ['gone', 19],
    ]);
    expect(plan.points[1]!.answer - plan.points[0]!.answer).toBeCloseTo(0.2, 9);
  });

  it('of times goes month by month', async () => {
    const month = (of: readonly TableColumn[]) =>
      valuesOf(of, 'day').map((time) => new Date(time).getUTCMonth());
    const { dependence } = await explainTable({
      ...options,
      judged: { target: numbers(month(columns)) },
      predict: async (of) => month(of),
    });
    expect(dependence.map(({ column }) => column)).toEqual(['day']);
    expect(dependence[0]!.points.map(({ at, answer, high }) => [at, answer, high])).toEqual(
      Array.from({ length: 12 }, (_, i) => [`2024-${String(i + 1).padStart(2, '0')}`, i, i]),
    );
  });

  it('of more than two classes speaks of the most frequent', async () => {
    const target: Target = {
      kind: 'classes',
      name: 'size',
      classes: ['s', 'm', 'l'],
      labels: codes.map((code) => (code + 1) % 3),
    };
    const { speaksOf, dependence } = await explainTable({
      ...options,
      judged: { target },
      predict: async (of) => {
        const plan = of[0]!.cells;
        if (plan.kind !== 'category') throw new Error('another column');
        return Float64Array.from({ length: 3 * plan.codes.length }, (_, i) =>
          i % 3 === (plan.codes[Math.floor(i / 3)]! + 1) % 3 ? 0.8 : 0.1,
        );
      },
    });
    expect(speaksOf).toBe('m');
    const [plan] = dependence;
    for (const [i, answer] of [0.8, 0.1, 0.1].entries())
      expect(plan!.points[i]!.answer).toBeCloseTo(answer, 9);
  });

  it('is the same again with the same seed, and survives JSON', async () => {
    const first = await explainTable({ ...options, random: new Random(4) });
    const second = await explainTable({ ...options, random: new Random(4) });
    expect(second).toEqual(first);
    expect(JSON.parse(JSON.stringify(first))).toEqual(first);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const predict = async (of: readonly TableColumn[]) => {
      controller.abort(new Error('enough'));
      return chance(of);
    };
    await expect(explainTable({ ...options, predict, signal: controller.signal })).rejects.toThrow('enough');
  });
});
