/**
 * The smallest useful network: two inputs, one hidden layer, one yes or no. It learns which side of a curve points are on.
 *
 * Binary cross-entropy needs a probability. A network that ends in a plain dense layer gives any number instead, and a loss that
 * takes its logarithm fails; so the sigmoid belongs either into the network or, safer in floating point, into the loss, as here
 * (`bceWithLogits`), and then also into what is done with the answers.
 *
 *     npx node examples/toy-mlp.ts
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { percent, Random } from '@gradus/base';
import { type HostTensor, input, writeOnnx } from '@gradus/engine';
import { adam, bceWithLogits, type Dataset, dense, fit, predict, sequential, tanh } from '@gradus/nn';
import { lossChart } from './lib/plots.ts';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: 'out/toy-mlp' },
    epochs: { type: 'string', default: '100' },
  },
});

const points = (count: number, random: Random): Dataset & { truth: Float32Array } => {
  const x = Float32Array.from({ length: 2 * count }, () => random.uniform(-1, 1));
  const truth = Float32Array.from({ length: count }, (_, i) =>
    x[2 * i + 1]! > Math.sin(3 * x[2 * i]!) / 2 ? 1 : 0,
  );
  return {
    size: count,
    truth,
    batch: (rows): Record<string, HostTensor> => ({
      x: {
        dtype: 'float32',
        dims: [rows.length, 2],
        data: Float32Array.from({ length: 2 * rows.length }, (_, i) => x[2 * rows[i >> 1]! + (i & 1)]!),
      },
      y: { dtype: 'float32', dims: [rows.length, 1], data: Float32Array.from(rows, (row) => truth[row]!) },
    }),
  };
};

const random = new Random('toy');
const [train, test] = [points(1000, random), points(500, random)];
const model = sequential(dense(16), tanh(), dense(1));
const epochs = Number(values.epochs);
const { epochs: history } = await fit(model, train, {
  loss: ({ x, y }) => bceWithLogits(model.forward(x!), y!),
  optimizer: adam({ learningRate: 0.01 }),
  epochs,
  batchSize: 32,
  random: random.fork('training'),
  onEpoch: ({ epoch, loss }) => {
    if (epoch % 10 === 0 || epoch === epochs)
      console.log(`Epoch ${epoch}/${epochs} - loss: ${loss.toFixed(4)}`);
  },
});
const x = input('x', ['batch', 2]);
const bytes = writeOnnx({ name: 'toy', inputs: { x }, outputs: { probability: model.forward(x).sigmoid() } });
const { probability } = await predict(bytes, test);
const right = test.truth.filter((truth, i) => truth === (probability![i]! > 0.5 ? 1 : 0)).length;
console.log(`Test accuracy: ${percent(right / test.size)} of ${test.size} points`);
mkdirSync(values.out, { recursive: true });
writeFileSync(join(values.out, 'loss.svg'), await lossChart({ loss: history.map(({ loss }) => loss) }));
writeFileSync(join(values.out, 'model.onnx'), bytes);
