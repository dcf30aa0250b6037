/** Arrays in memory as a data set. */
import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adam, crossEntropy, crossValidate, dataset, fit, mlp, subset } from '../index.ts';

describe('a data set of arrays', () => {
  it('gives any rows of every array, in their order', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }).chain((size) =>
          fc.tuple(
            fc.array(fc.tuple(fc.integer(), fc.integer({ min: -100, max: 100 })), {
              minLength: size,
              maxLength: size,
            }),
            fc.array(fc.nat({ max: size - 1 }), { maxLength: 30 }),
          ),
        ),
        ([pairs, rows]) => {
          const data = dataset({
            x: pairs.map(([, b]) => [[b], [b + 1]]),
            id: Int32Array.from(pairs, ([a]) => a),
            name: pairs.map(([a]) => `row ${a}`),
          });
          const { x, id, name } = data.batch(Int32Array.from(rows)) as unknown as Record<
            string,
            { dims: number[]; data: ArrayLike<unknown> }
          >;
          expect([data.size, x!.dims, id!.dims, name!.dims]).toEqual([
            pairs.length,
            [rows.length, 2, 1],
            [rows.length],
            [rows.length],
          ]);
          expect(Array.from(x!.data)).toEqual(rows.flatMap((row) => [pairs[row]![1], pairs[row]![1] + 1]));
          expect(Array.from(id!.data)).toEqual(rows.map((row) => pairs[row]![0]));
          expect(Array.from(name!.data)).toEqual(rows.map((row) => `row ${pairs[row]![0]}`));
        },
      ),
    );
  });

  it('is trained on, and cross-validated by folds', async () => {
    const circle = Array.from({ length: 60 }, (_, i) => [Math.cos(i), Math.sin(i)]);
    const data = dataset({ x: circle, y: Int32Array.from(circle, ([a]) => (a! > 0 ? 1 : 0)) });
    const { mean } = await crossValidate(
      data.size,
      async ({ train, test }, random) => {
        const net = mlp([8], 2);
        const { epochs } = await fit(net, subset(data, train), {
          loss: ({ x, y }) => crossEntropy(net.forward(x!), y!),
          optimizer: adam({ learningRate: 0.1 }),
          epochs: 30,
          batchSize: 20,
          validation: subset(data, test),
          random,
        });
        return epochs.at(-1)!.validationLoss!;
      },
      { folds: 3, random: new Random(0) },
    );
    expect(mean).toBeLessThan(0.3);
  });

  it('is refused where arrays differ in rows, are none, or a row is not there', () => {
    expect(() => dataset({ x: [[1], [2]], y: [1, 2, 3] })).toThrow(/"x" has 2 rows and "y" has 3/);
    expect(() => dataset({})).toThrow(/made of arrays by name/);
    expect(() => dataset(undefined as never)).toThrow(/made of arrays by name/);
    expect(() => dataset({ x: 5 as never })).toThrow(/"x" is 5, which is no array/);
    expect(() => subset(dataset({ x: [1, 2] }), [0, 2])).toThrow(/has 2 rows, counted from 0, and no row 2/);
  });
});
