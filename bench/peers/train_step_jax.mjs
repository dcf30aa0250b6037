/**
 * Two workloads of ../workloads.ts in jax-js on WebAssembly, from the folder that GRADUS_PEERS names. Reads lines "key threads
 * steps" and answers each with the milliseconds of every step, as JSON; null where it has no such workload.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const folder = process.env.GRADUS_PEERS ?? '.';
const require = createRequire(join(folder, 'package.json'));
const { version } = JSON.parse(readFileSync(join(folder, 'node_modules/@jax-js/jax/package.json')));
console.log = console.warn = () => {};
const {
  blockUntilReady,
  defaultDevice,
  init,
  jit,
  lax,
  nn,
  numpy: np,
  random,
  tree,
  valueAndGrad,
} = require('@jax-js/jax');
await init('wasm');
defaultDevice('wasm');

const normal = (shape) => random.normal(random.key(0), shape).mul(0.05);
const dense = (inputs, outputs) => ({ w: normal([inputs, outputs]), b: np.zeros([outputs]) });
const apply = (x, { w, b }) => np.dot(x, w).add(b);

const WORKLOADS = {
  mlp: {
    shape: [64, 784],
    parameters: () => ({ a: dense(784, 512), b: dense(512, 256), c: dense(256, 10) }),
    forward: ({ a, b, c }, x) => apply(nn.relu(apply(nn.relu(apply(x, a)), b)), c),
  },
  'mnist-cnn': {
    shape: [32, 1, 28, 28],
    parameters: () => ({
      filters: normal([32, 1, 3, 3]),
      bias: np.zeros([32, 1, 1]),
      a: dense(5408, 128),
      b: dense(128, 10),
    }),
    forward: ({ filters, bias, a, b }, x) => {
      const maps = nn.relu(lax.conv(x, filters, [1, 1], 'VALID').add(bias));
      const pooled = np.max(maps.reshape([32, 32, 13, 2, 13, 2]), [3, 5]);
      return apply(nn.relu(apply(pooled.reshape([32, 5408]), a)), b);
    },
  },
};

function make({ shape, parameters, forward }) {
  const loss = (p, x, y) => np.mean(nn.logSoftmax(forward(p, x)).mul(y).sum(-1)).neg();
  const step = jit((p, m, v, x, y) => {
    const [value, g] = valueAndGrad(loss)(tree.ref(p), x, y);
    const mean = tree.map((m, g) => m.mul(0.9).add(g.mul(0.1)), m, tree.ref(g));
    const square = tree.map((v, g) => v.mul(0.999).add(np.square(g).mul(0.001)), v, g);
    const next = tree.map(
      (p, m, v) => p.sub(m.div(np.sqrt(v).add(1e-7)).mul(1e-3)),
      p,
      tree.ref(mean),
      tree.ref(square),
    );
    return [value, next, mean, square];
  });
  let p = parameters();
  const zeros = () => tree.map((x) => np.zeros(x.shape), p);
  let [m, v] = [zeros(), zeros()];
  const x = random.normal(random.key(1), shape);
  const labels = Int32Array.from({ length: shape[0] }, (_, i) => i % 10);
  const y = nn.oneHot(np.array(labels), 10);
  return async () => {
    const [value, ...next] = step(p, m, v, x.ref, y.ref);
    [p, m, v] = next;
    await blockUntilReady([p, m, v]);
    await value.data();
  };
}

process.stdout.write(`${JSON.stringify({ version: `jax-js ${version}` })}\n`);
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
    made[key] ??= make(WORKLOADS[key]);
    for (let i = 0; i < Number(steps); i++) {
      const started = now();
      await made[key]();
      times.push(now() - started);
    }
  }
  process.stdout.write(`${JSON.stringify(times)}\n`);
}
