/**
 * Two workloads of ../workloads.ts in TensorFlow.js, from the folder that GRADUS_PEERS names. Reads lines "key threads steps"
 * and answers each with the milliseconds of every step, as JSON; null where it has no such workload.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const require = createRequire(join(process.env.GRADUS_PEERS ?? '.', 'package.json'));
console.log = console.warn = () => {};
const tf = require('@tensorflow/tfjs');
require('@tensorflow/tfjs-backend-wasm');

const { layers } = tf;
const dense = (units, activation, more = {}) => layers.dense({ units, activation, ...more });
const flat = (inputShape) => layers.flatten({ inputShape });

// The fastest backend in Node that can: WebAssembly has no gradient of a convolution's filter.
const WORKLOADS = {
  mlp: {
    backend: 'wasm',
    shape: [64, 784],
    net: () => [dense(512, 'relu', { inputShape: [784] }), dense(256, 'relu'), dense(10)],
  },
  'mnist-cnn': {
    backend: 'cpu',
    shape: [32, 28, 28, 1],
    net: () => [
      layers.conv2d({ filters: 32, kernelSize: 3, activation: 'relu', inputShape: [28, 28, 1] }),
      layers.maxPooling2d({ poolSize: 2 }),
      flat([13, 13, 32]),
      dense(128, 'relu'),
      dense(10),
    ],
  },
};

async function make({ backend, shape, net }) {
  await tf.setBackend(backend);
  await tf.ready();
  const model = tf.sequential({ layers: net() });
  model.compile({
    optimizer: tf.train.adam(),
    loss: (y, logits) => tf.losses.softmaxCrossEntropy(y, logits),
  });
  const x = tf.randomNormal(shape);
  const y = tf.oneHot(tf.randomUniformInt([shape[0]], 0, 10), 10);
  return async () => {
    await tf.setBackend(backend);
    await model.trainOnBatch(x, y);
  };
}

process.stdout.write(`${JSON.stringify({ version: `tfjs ${tf.version.tfjs}` })}\n`);
const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const made = {};
for await (const line of createInterface({ input: process.stdin })) {
  const [key, , steps, clock] = line.split(' ');
  const now = clock === 'cpu' ? processorTime : () => performance.now();
  const times = WORKLOADS[key] ? [] : null;
  if (times) {
    made[key] ??= await make(WORKLOADS[key]);
    for (let i = 0; i < Number(steps); i++) {
      const started = now();
      await made[key]();
      times.push(now() - started);
    }
  }
  process.stdout.write(`${JSON.stringify(times)}\n`);
}
