import { performance } from 'node:perf_hooks';
import { WORKLOADS } from '/work/main/bench/workloads.ts';
import { Random, type HostTensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
const keys = process.argv[3]?.split(',');
const threads = (process.argv[2] ?? '1').split(',').map(Number);
for (const w of WORKLOADS) {
  if (keys && !keys.includes(w.key)) continue;
  for (const th of threads) {
  let t0 = performance.now();
  const graph = w.make();
  const t1 = performance.now();
  const c = await compile(graph, { threads: th });
  const t2 = performance.now();
  const random = new Random(1);
  const feeds: Record<string, HostTensor> = {};
  for (const [name, { dtype, shape }] of Object.entries(graph.inputs)) {
    const dims = shape as number[]; const size = dims.reduce((a, b) => a * b, 1);
    feeds[name] = dtype === 'int64' ? { dtype, dims, data: BigInt64Array.from({ length: size }, () => BigInt(random.below(10))) }
      : { dtype, dims, data: Float32Array.from({ length: size }, () => /^(mean|square|momentum)/.test(name) ? 0 : /scalar:rate/.test(name) ? 1e-3 : /unningVar|scale/.test(name) ? 1 : random.normal(0, 0.05)) };
  }
  const into: Record<string, HostTensor> = {};
  for (const [name, { shape }] of Object.entries(graph.outputs)) { const dims = shape as number[]; into[name] = { dtype: 'float32', dims, data: new Float32Array(dims.reduce((a, b) => a * b, 1)) }; }
  const ts: number[] = [];
  const N = Number(process.env.N ?? 40);
  for (let i = 0; i < N + 8; i++) { const s = performance.now(); await c.run(feeds, into); if (i >= 8) ts.push(performance.now() - s); }
  ts.sort((a, b) => a - b);
  console.log(th, w.key.padEnd(12), ts[N >> 1]!.toFixed(2).padStart(8), 'ms  min', ts[0]!.toFixed(2), ' trace', (t1 - t0).toFixed(0), 'compile', (t2 - t1).toFixed(0));
  await c.close();
  }
}
