/** A network learns the exclusive or. */
import assert from 'node:assert/strict';
import { adam, bceWithLogits, type Dataset, dense, fit, Random, sequential, tanh } from '@gradus/nn';

const bits = (row: number): readonly [number, number] => [row & 1, (row >> 1) & 1];
const table: Dataset = {
  size: 4,
  batch: (rows) => ({
    x: { dtype: 'float32', dims: [rows.length, 2], data: Float32Array.from([...rows].flatMap(bits)) },
    y: {
      dtype: 'float32',
      dims: [rows.length, 1],
      data: Float32Array.from(rows, (row) => bits(row)[0] ^ bits(row)[1]),
    },
  }),
};
const model = sequential(dense(8), tanh(), dense(1));
const { epochs } = await fit(model, table, {
  loss: ({ x, y }) => bceWithLogits(model.forward(x!), y!),
  optimizer: adam({ learningRate: 0.1 }),
  epochs: 100,
  batchSize: 4,
  random: new Random(0),
});
assert(epochs.at(-1)!.loss < 0.05);
console.log('nn: the network has learnt');
