import { existsSync, readFileSync } from 'node:fs';
import { Random } from '@gradus/base';
import { rocAuc } from '@gradus/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BoostedTreesOptions, boostedTrees } from './boosted-trees.ts';
import type { TreeColumn } from './columns.ts';
import { predictTrees } from './predict.ts';
import { graphAnswers } from './testing/graph-answers.ts';

const numbers = (values: ArrayLike<number>, monotone?: 1 | -1): TreeColumn => ({
  kind: 'number',
  values,
  ...(monotone && { monotone }),
});
const draw = (rows: number, one: () => number) => Float64Array.from({ length: rows }, one);

/** Columns of all kinds with missing values, and a number that follows from them. */
function sample(seed: number, rows = 600) {
  const random = new Random(seed);
  const a = draw(rows, () => (random.below(8) === 0 ? Number.NaN : random.normal()));
  const b = draw(rows, () => random.uniform(-2, 2));
  const city = Int32Array.from({ length: rows }, () => random.below(41) - 1);
  const y = draw(rows, () => 0).map(
    (_, i) =>
      (Number.isNaN(a[i]!) ? 1 : a[i]!) * 2 + b[i]! ** 2 + ((city[i]! * 7) % 5) + 0.3 * random.normal(),
  );
  const columns: TreeColumn[] = [numbers(a), numbers(b), { kind: 'category', codes: city, categories: 40 }];
  return { columns, y, city, b };
}

const meanSquare = (y: ArrayLike<number>, answers: ArrayLike<number>) =>
  Array.from(y, (value, i) => (value - answers[i]!) ** 2).reduce((sum, square) => sum + square, 0) / y.length;

const QUICK = { rounds: 30, minRows: 5, threads: 1 } satisfies Partial<BoostedTreesOptions>;

describe('boosted trees', () => {
  it('make the split that lowers the squared loss most, and answer with means', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: -9, max: 9 }), fc.integer({ min: -9, max: 9 })), {
          minLength: 4,
          maxLength: 30,
        }),
        async (rows) => {
          const [x, y] = [rows.map(([value]) => value), rows.map(([, value]) => value)];
          const model = await boostedTrees(
            [numbers(x)],
            { values: y },
            {
              loss: 'squared',
              rounds: 1,
              learningRate: 1,
              leaves: 2,
              minRows: 1,
              threads: 1,
            },
          );
          const answers = predictTrees(model, [numbers(x)]);
          const mean = (of: readonly number[]) => of.reduce((sum, value) => sum + value, 0) / of.length;
          const squares = (of: readonly number[]) =>
            of.reduce((sum, value) => sum + (value - mean(of)) ** 2, 0);
          const best = Math.min(
            squares(y),
            ...[...new Set(x)]
              .toSorted((p, q) => p - q)
              .slice(0, -1)
              .map(
                (at) => squares(y.filter((_, i) => x[i]! <= at)) + squares(y.filter((_, i) => x[i]! > at)),
              ),
          );
          expect(meanSquare(y, answers) * y.length).toBeCloseTo(best, 4);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are the same to the last bit on any number of threads, and for the same seed', async () => {
    const { columns, y } = sample(1, 2000);
    // Longer than threads take to start.
    const options = {
      ...QUICK,
      rounds: 300,
      loss: 'squared',
      rowShare: 0.7,
      columnShare: 0.7,
      seed: 5,
    } as const;
    const [one, two, three] = await Promise.all(
      [1, 2, 3].map((threads) => boostedTrees(columns, { values: y }, { ...options, threads })),
    );
    expect(two!.trees).toEqual(one!.trees);
    expect(three!.trees).toEqual(one!.trees);
    const other = await boostedTrees(columns, { values: y }, { ...options, rounds: 3, seed: 6 });
    expect(other.trees).not.toEqual(one!.trees.slice(0, 3));
  });

  it('give the same answers as their ONNX file, to 1e-6 of the largest, in both of its forms', async () => {
    const { columns, y } = sample(2);
    const fresh: TreeColumn[] = [
      numbers([Number.NaN, 0.1, 1e30, -1e30, Infinity, -Infinity]),
      numbers([0, Number.NaN, 1, 2, 3, -4]),
      { kind: 'category', codes: [0, 39, -1, 40, 1_000_000, 7], categories: 40 },
    ];
    const targets: [BoostedTreesOptions['loss'], Float64Array][] = [
      ['squared', y],
      ['logistic', y.map((value) => (value > 3 ? 1 : 0))],
      [{ softmax: 3 }, y.map((value) => (value > 4 ? 2 : value > 2 ? 1 : 0))],
      ['poisson', y.map((value) => Math.max(0, Math.round(value)))],
    ];
    for (const [loss, values] of targets) {
      const model = await boostedTrees(columns, { values }, { ...QUICK, loss });
      for (const rows of [columns, fresh]) {
        const right = predictTrees(model, rows);
        const largest = Math.max(1, ...right.map(Math.abs));
        for (const version of [3, 5] as const) {
          const got = await graphAnswers(model, rows, version);
          expect(got.length).toBe(right.length);
          for (const [i, value] of right.entries()) {
            expect(Math.abs(got[i]! - value)).toBeLessThan(1e-6 * largest);
          }
        }
      }
    }
  });

  it('learn from what is missing, and send what was never missing where most rows go', async () => {
    const x = draw(200, () => 0).map((_, i) => (i % 2 === 0 ? Number.NaN : i));
    const y = x.map((value) => (Number.isNaN(value) ? 10 : 0));
    const model = await boostedTrees(
      [numbers(x)],
      { values: y },
      { ...QUICK, loss: 'squared', learningRate: 1 },
    );
    expect([...predictTrees(model, [numbers([Number.NaN, 5])])]).toEqual([
      expect.closeTo(10),
      expect.closeTo(0),
    ]);
    const whole = draw(100, () => 0).map((_, i) => i);
    const step = whole.map((value) => (value < 30 ? 0 : 1));
    const other = await boostedTrees(
      [numbers(whole)],
      { values: step },
      { ...QUICK, loss: 'squared', learningRate: 1 },
    );
    expect(predictTrees(other, [numbers([Number.NaN])])[0]).toBeCloseTo(1);
  });

  it('split sets of categories as no order of their codes could', async () => {
    const random = new Random(9);
    const codes = Int32Array.from({ length: 3000 }, () => random.below(60));
    const odd = new Set(random.permutation(60).subarray(0, 30));
    const y = Float64Array.from(codes, (code) => (odd.has(code) ? 1 : 0));
    const columns: TreeColumn[] = [{ kind: 'category', codes, categories: 60 }];
    const model = await boostedTrees(
      columns,
      { values: y },
      {
        loss: 'squared',
        rounds: 3,
        leaves: 4,
        learningRate: 1,
        threads: 1,
      },
    );
    expect(meanSquare(y, predictTrees(model, columns))).toBeLessThan(1e-6);
  });

  it('never go against a monotone column', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 1000 }),
        fc.constantFrom(1 as const, -1 as const),
        async (seed, way) => {
          const { columns, y, b } = sample(seed, 300);
          const monotone = [columns[0]!, numbers(b, way), columns[2]!];
          const model = await boostedTrees(monotone, { values: y }, { ...QUICK, loss: 'squared' });
          const steps = Array.from({ length: 40 }, (_, i) => -2.5 + i / 8);
          for (const [a, code] of [
            [0, 3],
            [Number.NaN, 17],
            [1.5, -1],
          ] as const) {
            const answers = predictTrees(model, [
              numbers(steps.map(() => a)),
              numbers(steps),
              { kind: 'category', codes: steps.map(() => code), categories: 40 },
            ]);
            for (let i = 1; i < answers.length; i++) {
              expect(way * (answers[i]! - answers[i - 1]!)).toBeGreaterThanOrEqual(-1e-12);
            }
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it('let only columns of one group act on each other', async () => {
    const { columns, y } = sample(4);
    const model = await boostedTrees(
      columns,
      { values: y },
      { ...QUICK, loss: 'squared', interactions: [[0, 1]] },
    );
    for (const [tree] of model.trees) {
      const asked = new Set([...tree!.column].filter((column) => column >= 0));
      expect(asked.has(2) && asked.size > 1).toBe(false);
    }
  });

  it('stop by rows that they did not learn from, and keep the best round', async () => {
    const [train, held] = [sample(5), sample(6)];
    const seen: number[] = [];
    const model = await boostedTrees(
      train.columns,
      { values: train.y },
      {
        ...QUICK,
        loss: 'squared',
        rounds: 500,
        learningRate: 0.3,
        patience: 10,
        validation: { columns: held.columns, target: { values: held.y } },
        onRound: ({ validation }) => seen.push(validation!),
      },
    );
    const best = model.validation.indexOf(Math.min(...model.validation)) + 1;
    expect(model.trees.length).toBe(best);
    expect(seen.length).toBe(best + 10);
    expect(meanSquare(held.y, predictTrees(model, held.columns))).toBeCloseTo(Math.min(...seen), 9);
  });

  it('answer with quantiles below which as many targets lie as promised', async () => {
    const random = new Random(2);
    const x = draw(4000, () => random.uniform(0, 10));
    const y = x.map((value) => value + random.normal() * (1 + value / 5));
    for (const level of [0.1, 0.5, 0.9]) {
      const model = await boostedTrees(
        [numbers(x)],
        { values: y },
        { ...QUICK, loss: { quantile: level }, minRows: 50 },
      );
      const answers = predictTrees(model, [numbers(x)]);
      const below = y.filter((value, i) => value <= answers[i]!).length / y.length;
      expect(Math.abs(below - level)).toBeLessThan(0.02);
    }
  });

  it('order rows within groups, and hazards by time', async () => {
    const random = new Random(11);
    const x = draw(1000, () => random.normal());
    const noise = draw(1000, () => random.normal());
    const columns = [numbers(noise), numbers(x)];
    const grades = x.map((value) => Math.min(3, Math.max(0, Math.round(value + 0.3 * random.normal() + 1))));
    const options = { ...QUICK, loss: 'lambdarank', minHessian: 0 } as const;
    const groups = new Array(100).fill(10);
    const ranked = await boostedTrees(columns, { values: grades, groups }, options);
    const scores = predictTrees(ranked, columns);
    expect(
      rocAuc(
        grades.map((grade) => (grade >= 2 ? 1 : 0)),
        scores,
      ),
    ).toBeGreaterThan(0.9);
    const times = x.map((value) => -Math.log(random.uniform() + 1e-9) * Math.exp(-value) + 1e-6);
    const cut = times.map((time) => (time > 3 ? -3 : time));
    const survival = await boostedTrees(columns, { values: cut }, { ...QUICK, loss: 'cox' });
    const hazards = predictTrees(survival, columns);
    expect(
      rocAuc(
        cut.map((time) => (time > 0 && time < 0.5 ? 1 : 0)),
        hazards,
      ),
    ).toBeGreaterThan(0.75);
  });

  it.each<[string, () => Promise<unknown>]>([
    [
      'Row 2 has the target NaN',
      () => boostedTrees([numbers([1, 2])], { values: [0, Number.NaN] }, { loss: 'squared' }),
    ],
    [
      'Row 1 has the target 2; expected 0 or 1',
      () => boostedTrees([numbers([1, 2])], { values: [2, 1] }, { loss: 'logistic' }),
    ],
    [
      'expected a class from 0 to 2',
      () => boostedTrees([numbers([1])], { values: [3] }, { loss: { softmax: 3 } }),
    ],
    [
      'Row 2 has the weight -1',
      () => boostedTrees([numbers([1, 2])], { values: [0, 1], weights: [1, -1] }, { loss: 'squared' }),
    ],
    [
      'The columns have 2 rows, the target 3',
      () => boostedTrees([numbers([1, 2])], { values: [0, 1, 2] }, { loss: 'squared' }),
    ],
    [
      'Column 2 has 1 rows; expected 2',
      () => boostedTrees([numbers([1, 2]), numbers([1])], { values: [0, 1] }, { loss: 'squared' }),
    ],
    ['There are no rows', () => boostedTrees([], { values: [] }, { loss: 'squared' })],
    [
      'has no option "leafs"',
      () => boostedTrees([numbers([1])], { values: [1] }, { loss: 'squared', leafs: 3 } as never),
    ],
  ])('refuse what cannot be learnt: %s', async (message, train) => {
    await expect(train()).rejects.toThrow(message);
  });

  it('answer with the constant where there is nothing to split', async () => {
    for (const x of [
      [1, 1, 1, 1],
      [Number.NaN, Number.NaN, Number.NaN, Number.NaN],
      [1, 2, 3, 4],
    ]) {
      const model = await boostedTrees(
        [numbers(x)],
        { values: [1, 2, 3, 6] },
        { loss: 'squared', threads: 1 },
      );
      expect(predictTrees(model, [numbers([7])])[0]).toBeCloseTo(3);
      expect((await graphAnswers(model, [numbers([7])], 5))[0]).toBeCloseTo(3);
    }
  });

  it('stop when they are told to', async () => {
    const { columns, y } = sample(7);
    const stop = new AbortController();
    const training = boostedTrees(
      columns,
      { values: y },
      {
        ...QUICK,
        loss: 'squared',
        rounds: 10_000,
        signal: stop.signal,
        onRound: ({ round }) => round === 3 && stop.abort(),
      },
    );
    await expect(training).rejects.toThrow('abort');
  });
});

const ADULT = new URL('../../../../../shared/data/adult-income/', import.meta.url);

describe.skipIf(!existsSync(ADULT))('boosted trees on adult-income (../shared/data is absent)', () => {
  it('tell who earns more as well as LightGBM 4.7, whose AUC is 0.9274 with the same options', async () => {
    const read = (file: string) =>
      readFileSync(new URL(file, ADULT), 'utf8')
        .split('\n')
        .map((line) => line.split(',').map((cell) => cell.trim()))
        .filter(({ length }) => length === 15);
    const [train, test] = [read('adult-train.csv'), read('adult-test.csv')];
    const isNumber = (column: number) => train.every((row) => Number.isFinite(Number(row[column])));
    const kinds = Array.from({ length: 14 }, (_, column) =>
      isNumber(column)
        ? undefined
        : [...new Set(train.map((row) => row[column]!))].filter((value) => value !== '?'),
    );
    const columns = (rows: readonly string[][]): TreeColumn[] =>
      kinds.map((categories, column) =>
        categories
          ? {
              kind: 'category',
              codes: rows.map((row) => categories.indexOf(row[column]!)),
              categories: categories.length,
            }
          : numbers(rows.map((row) => Number(row[column]))),
      );
    const earnsMore = (rows: readonly string[][]) => rows.map((row) => (row[14]!.startsWith('>50K') ? 1 : 0));
    const model = await boostedTrees(columns(train), { values: earnsMore(train) }, { loss: 'logistic' });
    expect(rocAuc(earnsMore(test), predictTrees(model, columns(test)))).toBeGreaterThan(0.9254);
  });
});
