/** Labels and ids that there are not: refused wherever the host knows them. */
import { constant, type HostTensor, input, type Tensor, type TensorLike } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { afterAll, describe, expect, it } from 'vitest';
import {
  bceWithLogits,
  contrastive,
  crossEntropy,
  ctc,
  type Dataset,
  dense,
  embedding,
  fit,
  hinge,
  initialize,
  multiClassHinge,
  parametersOf,
  predict,
  Random,
  sequential,
  sgd,
  Trainer,
  UserError,
} from './index.ts';

const ints = (...values: number[]): HostTensor => ({
  dtype: 'int64',
  dims: [values.length],
  data: BigInt64Array.from(values, BigInt),
});
const open: Trainer[] = [];
afterAll(() => Promise.all(open.map((trainer) => trainer.close())));

/** One step of a dense layer of 4 on labels. */
async function step(
  y: HostTensor,
  loss: (scores: Tensor, labels: Tensor) => Tensor = (z, labels) => crossEntropy(z, labels),
): Promise<number> {
  const model = sequential(dense(4));
  model.forward(input('x', [3, 2]));
  initialize(model, new Random(0));
  const trainer = new Trainer(
    [
      {
        name: 'loss',
        loss: ({ x, y }) => loss(model.forward(x!), y!),
        parameters: parametersOf(model),
        optimizer: sgd({ learningRate: 0.1 }),
      },
    ],
    { random: new Random(0), threads: 1 },
  );
  open.push(trainer);
  const x = { dtype: 'float32', dims: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) } as const;
  return (await trainer.step({ x, y })).loss!;
}

describe('a batch with a label that is no class is refused, by its name, place and value', () => {
  it.each([
    [[0, -1, 1], 'the label at [1] of "y" is -1; expected a whole number from 0 to 3.'],
    [
      [1, 4, 2],
      'the label at [1] of "y" is 4; expected a whole number from 0 to 3. Where labels are counted from 1',
    ],
    [
      [0, 1, -100],
      'the label at [2] of "y" is -100; expected a whole number from 0 to 3. A label that is not to count is named: { ignored: -100 }',
    ],
  ])('%s', async (labels, message) => {
    await expect(step(ints(...labels))).rejects.toThrow(message);
    await expect(step(ints(...labels))).rejects.toThrow(UserError);
  });

  it('in both languages', async () => {
    const error = await step(ints(1, 4, 2)).catch((error: UserError) => error);
    expect((error as UserError).localized.zh).toBe(
      'crossEntropy：“y”的位置 [1] 处的标签为 4；应为 0 到 3 之间的整数。如果标签从 1 开始计数，请减去 1。',
    );
  });

  it('also where they are floats, have more axes, or are fractions', async () => {
    const floats = (...data: number[]) =>
      ({ dtype: 'float32', dims: [3, 1], data: Float32Array.from(data) }) as const;
    expect(await step(floats(0, 1, 2))).toBeGreaterThan(0);
    await expect(step(floats(0, 1, 4))).rejects.toThrow('the label at [2, 0] of "y" is 4');
    await expect(step(floats(0, 1.5, 2))).rejects.toThrow('is 1.5');
    await expect(step(floats(0, Number.NaN, 2))).rejects.toThrow('is NaN');
  });

  it('but not one that is ignored, or masked by a weight of 0', async () => {
    expect(await step(ints(0, -100, 1), (z, y) => crossEntropy(z, y, { ignored: -100 }))).toBeGreaterThan(0);
    expect(await step(ints(0, -1, 9), (z, y) => crossEntropy(z, y, { weights: [1, 0, 0] }))).toBeGreaterThan(
      0,
    );
  });

  it('and so is the sign of a binary label', async () => {
    const column = (z: Tensor) => z.slice([0], [1], [1]);
    await expect(step(ints(0, 2, 1), (z, y) => bceWithLogits(column(z), y))).rejects.toThrow(
      'bceWithLogits: the label at [1] of "y" is 2; expected 0 or 1, or a probability between',
    );
    await expect(step(ints(1, -1, 1), (z, y) => bceWithLogits(column(z), y))).rejects.toThrow('is -1');
    await expect(step(ints(1, 0, 1), (z, y) => hinge(column(z), y))).rejects.toThrow(
      'hinge: the label at [1] of "y" is 0; expected -1 or 1',
    );
  });
});

it('rows of a validation are checked too', async () => {
  const model = sequential(dense(4));
  const rows = (labels: number[]): Dataset => ({
    size: 3,
    batch: (rows) => ({
      x: { dtype: 'float32', dims: [rows.length, 2], data: new Float32Array(2 * rows.length) },
      y: ints(...Array.from(rows, (row) => labels[row]!)),
    }),
  });
  const fitted = fit(model, rows([0, 1, 2]), {
    loss: ({ x, y }) => crossEntropy(model.forward(x!), y!),
    optimizer: sgd({ learningRate: 0.1 }),
    epochs: 1,
    batchSize: 3,
    validation: rows([0, 4, 1]),
    random: new Random(0),
  });
  await expect(fitted).rejects.toThrow('the label at [1] of "y" is 4');
});

describe('a constant is refused when the loss is traced', () => {
  const scores = input('z', [2, 3]);
  it.each<[string, () => unknown]>([
    ['crossEntropy', () => crossEntropy(scores, [0, 3])],
    ['multiClassHinge', () => multiClassHinge(scores, [-1, 0])],
    [
      'bceWithLogits',
      () =>
        bceWithLogits(scores, [
          [1, 2, 0],
          [0, 0, 0],
        ]),
    ],
    ['contrastive', () => contrastive(scores, scores, [1, -1])],
    ['embedding', () => embedding(3, 2).forward(constant(ints(0, -1)))],
    ['embedding', () => embedding(3, 2).forward([[0], [3]])],
    ['ctc', () => ctc(input('z', [1, 4, 3]), [[1, 3]], [4], [2])],
    ['ctc', () => ctc(input('z', [1, 4, 3]), [[1, 2]], [5], [2])],
    ['ctc', () => ctc(input('z', [1, 4, 3]), [[1, 2]], [4], [3])],
  ])('by %s', (name, loss) => {
    expect(loss).toThrow(UserError);
    expect(loss).toThrow(`${name}: the `);
  });
});

it('ids that are no rows are refused where a model predicts', async () => {
  const table = embedding(3, 2);
  initialize(table, new Random(0));
  const x = input('x', ['batch'], 'int64');
  const model = { name: 'table', inputs: { x }, outputs: { y: table.forward(x) } };
  const rows = (...ids: number[]): Dataset => ({
    size: ids.length,
    batch: (rows) => ({ x: ints(...Array.from(rows, (row) => ids[row]!)) }),
  });
  expect((await predict(model, rows(0, 2))).y).toHaveLength(4);
  await expect(predict(model, rows(0, -1))).rejects.toThrow(
    'embedding: the id at [1] of "x" is -1; expected a whole number from 0 to 2.',
  );
});

it('where a graph is run by hand, the runtime refuses a negative label too', async () => {
  const [z, y] = [input('z', [2, 3]), input('y', [2], 'int64')];
  const graph = await compile({ name: 'loss', inputs: { z, y }, outputs: { loss: crossEntropy(z, y) } });
  const scores: HostTensor = { dtype: 'float32', dims: [2, 3], data: new Float32Array(6) };
  await expect(graph.run({ z: scores, y: ints(0, -1) })).rejects.toThrow('an index is outside the axis');
  await expect(graph.run({ z: scores, y: ints(0, 3) })).rejects.toThrow('an index is outside the axis');
  expect((await graph.run({ z: scores, y: ints(0, 2) })).loss!.data[0]).toBeCloseTo(Math.log(3), 6);
  await graph.close();
});

it('ids that a model computes are not checked', () => {
  const ids: TensorLike = input('x', [2], 'int64').add(5);
  expect(() => embedding(3, 2).forward(ids)).not.toThrow();
});
