/** A tabular network finds what a known function says, and its graph answers what it answers. */
import { Random, UserError } from '@gradus/base';
import { type Graph, type HostTensor, input, writeOnnx } from '@gradus/engine';
import { compile } from '@gradus/engine/runtime';
import { logLoss, rootMeanSquaredError } from '@gradus/stats';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DenseData } from '../dense-data.ts';
import { fitMlp, type MlpModel, type MlpTarget, mlpGraph, mlpScores } from './mlp.ts';
import { quantileEdges } from './mlp-bins.ts';
import { type MlpConfig, mlpConfigs } from './mlp-config.ts';

const quick: MlpConfig = { ...mlpConfigs.default, epochs: 3 };

/** Two numbers and a category of three levels and an unknown one. */
function rowsOf(rows: number, seed: string): DenseData {
  const random = new Random(seed);
  return {
    rows,
    numbers: Float32Array.from({ length: rows * 2 }, () => random.normal()),
    width: 2,
    codes: Int32Array.from({ length: rows }, () => 1 + random.below(3)),
    categories: [4],
  };
}

/** A bend, a product and an effect of the level: no line says them. */
const truthAt = ({ numbers, codes }: DenseData, row: number): number =>
  2 * Math.abs(numbers[row * 2]!) + (codes[row] === 2 ? 1 : -1) * numbers[row * 2 + 1]! - 1.5;

const truthOf = (data: DenseData) => Float64Array.from({ length: data.rows }, (_, row) => truthAt(data, row));

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));

function labelled(data: DenseData, seed: string): MlpTarget {
  const random = new Random(seed);
  const labels = Int32Array.from(truthOf(data), (z) => Number(random.uniform() < sigmoid(z)));
  return { kind: 'classes', classes: 2, labels };
}

const [train, validation, test] = [rowsOf(2400, 'train'), rowsOf(600, 'validation'), rowsOf(2000, 'test')];

describe('a tabular network', () => {
  it('predicts numbers nearly as well as their noise allows', async () => {
    const target = (data: DenseData, seed: string): MlpTarget => {
      const random = new Random(seed);
      return { kind: 'numbers', values: truthOf(data).map((z) => 1000 + 50 * (z + random.normal(0, 0.2))) };
    };
    const model = await fitMlp(train, target(train, 'a'), {
      validation: { data: validation, target: target(validation, 'b') },
      config: mlpConfigs.default,
      random: new Random(1),
    });
    const scores = await mlpScores(model, test);
    const off = rootMeanSquaredError(
      truthOf(test).map((z) => 1000 + 50 * z),
      scores,
    );
    expect(off).toBeLessThan(50 * 0.12); // the truth varies by 50 × 1.6, the noise by 50 × 0.2
  });

  it('gives log-odds that lose little to the true ones', async () => {
    const target = labelled(train, 'a');
    const model = await fitMlp(train, target, {
      validation: { data: validation, target: labelled(validation, 'b') },
      config: mlpConfigs.default,
      random: new Random(1),
    });
    const truth = truthOf(test);
    const scores = await mlpScores(model, test);
    // The expected log loss is the entropy of the truth and the divergence from it.
    const divergence = truth.reduce((sum, z, row) => {
      const [p, q] = [sigmoid(z), sigmoid(scores[row]!)];
      return sum + p * Math.log(p / q) + (1 - p) * Math.log((1 - p) / (1 - q));
    }, 0);
    expect(divergence / test.rows).toBeLessThan(0.02);
  });

  it('tells several classes apart, and forgets rows of weight 0', async () => {
    const classAt = (data: DenseData, row: number) =>
      truthAt(data, row) < -1 ? 0 : truthAt(data, row) < 0.5 ? 1 : 2;
    const labelsOf = (data: DenseData) =>
      Int32Array.from({ length: data.rows }, (_, row) => classAt(data, row));
    const weights = Float64Array.from({ length: train.rows }, (_, row) => row % 2);
    const wrong = labelsOf(train).map((label, row) => (weights[row] === 0 ? (label + 1) % 3 : label));
    const model = await fitMlp(
      train,
      { kind: 'classes', classes: 3, labels: wrong },
      {
        weights,
        validation: {
          data: validation,
          target: { kind: 'classes', classes: 3, labels: labelsOf(validation) },
        },
        config: mlpConfigs.default,
        random: new Random(1),
      },
    );
    const scores = await mlpScores(model, test);
    expect(scores.length).toBe(test.rows * 3);
    const shares = Array.from({ length: test.rows }, (_, row) => {
      const exps = Array.from(scores.slice(row * 3, row * 3 + 3), Math.exp);
      const total = exps.reduce((a, b) => a + b, 0);
      return exps.map((value) => value / total);
    });
    expect(logLoss(labelsOf(test), shares.flat(), 3)).toBeLessThan(0.2);
  });

  const targets: Readonly<Record<string, MlpTarget>> = {
    'two classes': labelled(train, 'a'),
    'three classes': {
      kind: 'classes',
      classes: 3,
      labels: Int32Array.from({ length: train.rows }, (_, row) => row % 3),
    },
    numbers: { kind: 'numbers', values: truthOf(train).map((z) => 200 + 30 * z) },
  };
  it.each(Object.entries(targets))('a file of its graph answers the same: %s', async (_, target) => {
    const model = await fitMlp(train, target, { config: quick, random: new Random(2) });
    await expectSame(structuredClone(model), test);
  });

  it.each([
    ['numbers alone', { ...train, codes: new Int32Array(0), categories: [] }],
    ['categories alone', { ...train, numbers: new Float32Array(0), width: 0 }],
    [
      'a number that is always the same',
      { ...train, numbers: train.numbers.map((x, i) => (i % 2 === 0 ? 0.5 : x)) },
    ],
  ])('learns from %s', async (_, data: DenseData) => {
    const model = await fitMlp(data, targets['two classes']!, { config: quick, random: new Random(2) });
    await expectSame(model, data);
  });

  it('answers values that no training row had', async () => {
    const model = await fitMlp(train, targets['two classes']!, { config: quick, random: new Random(2) });
    const strange: DenseData = {
      rows: 3,
      numbers: Float32Array.of(1e6, -1e6, 50, 50, -3, 3),
      width: 2,
      codes: Int32Array.of(0, 1, 0),
      categories: [4],
    };
    expect((await mlpScores(model, strange)).every(Number.isFinite)).toBe(true);
    expect(await mlpScores(model, { ...strange, rows: 0 })).toEqual(new Float64Array(0));
  });

  it('is the same to the last bit with the same seed, and another with another', async () => {
    const fitted = async (seed: number) =>
      fitMlp(train, targets['two classes']!, { config: quick, random: new Random(seed) });
    const first = await fitted(3);
    expect(await fitted(3)).toEqual(first);
    expect((await fitted(4)).parameters).not.toEqual(first.parameters);
  });

  it('tells each epoch, keeps the best one, and stops when asked', async () => {
    const losses: number[] = [];
    const options = {
      validation: { data: validation, target: labelled(validation, 'b') },
      config: { ...mlpConfigs.default, patience: 2 },
      random: new Random(1),
    };
    const model = await fitMlp(train, labelled(train, 'a'), {
      ...options,
      onEpoch: ({ validationLoss }) => losses.push(validationLoss!),
    });
    expect(losses.indexOf(Math.min(...losses)) + 1).toBe(model.epoch);
    const signal = AbortSignal.abort();
    await expect(fitMlp(train, labelled(train, 'a'), { ...options, signal })).rejects.toThrow(/abort/);
  });

  it('refuses tables without rows and without columns', async () => {
    const options = { config: quick, random: new Random(1) };
    const target: MlpTarget = { kind: 'classes', classes: 2, labels: new Int32Array(0) };
    await expect(fitMlp({ ...train, rows: 0 }, target, options)).rejects.toThrow(UserError);
    const bare = {
      ...train,
      width: 0,
      numbers: new Float32Array(0),
      categories: [],
      codes: new Int32Array(0),
    };
    await expect(fitMlp(bare, target, options)).rejects.toThrow(/no columns/);
  });
});

describe('bins at quantiles', () => {
  const edgesOf = (values: readonly number[], bins: number) => [
    ...quantileEdges(
      {
        rows: values.length,
        numbers: Float32Array.from(values),
        width: 1,
        codes: new Int32Array(0),
        categories: [],
      },
      bins,
    )[0]!,
  ];

  it('hold equally many rows where values differ', () => {
    const values = Array.from({ length: 100 }, (_, i) => i + 1);
    expect(edgesOf(values, 4)).toEqual([1, 26, 51, 76, 100]);
  });

  it('are not used up by a value that most rows have', () => {
    const values = [...new Array<number>(900).fill(0), ...Array.from({ length: 100 }, (_, i) => i + 1)];
    expect(edgesOf(values, 5)).toEqual([0, 20, 40, 60, 80, 100]);
  });

  it('rise from the least value to the largest, and are none more than asked for', () => {
    const values = fc.array(
      fc.oneof(fc.integer({ min: -3, max: 3 }), fc.float({ noNaN: true, noDefaultInfinity: true })),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 9 }), (values, bins) => {
        const edges = edgesOf(values, bins);
        const distinct = new Set(Float32Array.from(values)).size;
        if (distinct === 1) return edges.length === 0;
        const rising = edges.every((edge, k) => k === 0 || edge > edges[k - 1]!);
        return (
          rising &&
          edges[0] === Math.min(...values) &&
          edges.at(-1) === Math.max(...values) &&
          edges.length <= bins + 1
        );
      }),
    );
  });
});

/** The graph, as a file, answers what the model answers. */
async function expectSame(model: MlpModel, data: DenseData) {
  const { rows, width, categories } = data;
  const inputs = {
    ...(width > 0 && { numbers: input('numbers', ['batch', width]) }),
    ...(categories.length > 0 && { codes: input('codes', ['batch', categories.length], 'int64') }),
  };
  const graph: Graph = { name: 'mlp', inputs, outputs: { scores: mlpGraph(model, inputs) } };
  const compiled = await compile(writeOnnx(graph), { threads: 1 });
  const arrays: Record<string, HostTensor> = {
    numbers: { dtype: 'float32', dims: [rows, width], data: data.numbers },
    codes: { dtype: 'int64', dims: [rows, categories.length], data: BigInt64Array.from(data.codes, BigInt) },
  };
  const { scores } = await compiled.run(
    Object.fromEntries(Object.keys(inputs).map((name) => [name, arrays[name]!])),
  );
  await compiled.close();
  const expected = await mlpScores(model, data);
  expect(scores!.dims[0]).toBe(rows);
  const found = scores!.data as Float32Array;
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries())
    expect(Math.abs(found[i]! - value)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)));
}
