import { WORKLOADS } from './workloads.ts';
import { Random, type HostTensor, writeOnnx } from '@gradus/engine';
import { InferenceSession, Tensor as T } from 'onnxruntime-node';
import { readFileSync, readdirSync, unlinkSync } from 'node:fs';
const w = WORKLOADS.find((x) => x.key === process.argv[2])!;
const th = Number(process.argv[3] ?? 1);
let graph = w.make(); { const { lowerForCpu } = await import('../packages/engine/src/transforms/lower-for-cpu.ts'); const o = lowerForCpu(Object.values(graph.outputs), 16); graph = { ...graph, outputs: Object.fromEntries(Object.keys(graph.outputs).map((n, i) => [n, o[i]!])) }; }
const s = await InferenceSession.create(writeOnnx(graph), { executionProviders: ['cpu'], graphOptimizationLevel: 'all', intraOpNumThreads: th, interOpNumThreads: 1, enableProfiling: true, profileFilePrefix: '/tmp/w3/prof', logSeverityLevel: 3, ...(process.env.DUMP ? { optimizedModelFilePath: '/tmp/w3/opt.onnx' } : {}) } as never);
const random = new Random(1);
const feeds: Record<string, T> = {};
for (const [name, { dtype, shape }] of Object.entries(graph.inputs)) {
  const dims = shape as number[]; const size = dims.reduce((a, b) => a * b, 1);
  feeds[name] = dtype === 'int64' ? new T('int64', BigInt64Array.from({ length: size }, () => BigInt(random.below(10))), dims)
    : new T('float32', Float32Array.from({ length: size }, () => /^(mean|square|momentum)/.test(name) ? 0 : /scalar:rate/.test(name) ? 1e-3 : /unningVar|scale/.test(name) ? 1 : random.normal(0, 0.05)), dims);
}
for (let i = 0; i < 12; i++) await s.run(feeds);
s.endProfiling(); await s.release();
const f = readdirSync('/tmp/w3').filter((x) => x.startsWith('prof')).sort().at(-1)!;
const ev = JSON.parse(readFileSync('/tmp/w3/' + f, 'utf8')); unlinkSync('/tmp/w3/' + f);
const by = new Map<string, [number, number]>(); const nodes = new Map<string, [number, string]>(); let total = 0;
for (const e of ev) if (e.cat === 'Node' && e.name.endsWith('_kernel_time')) {
  const [a, c] = by.get(e.args.op_name) ?? [0, 0]; by.set(e.args.op_name, [a + e.dur, c + 1]); total += e.dur;
  const sh = JSON.stringify(e.args.input_type_shape).replaceAll('"float":', '').replaceAll(/[{}]/g, '') + ' -> ' + JSON.stringify(e.args.output_type_shape).replaceAll('"float":', '').replaceAll(/[{}]/g, '');
  const [d] = nodes.get(e.name) ?? [0]; nodes.set(e.name, [d + e.dur, sh]);
}
console.log('total', (total / 12000).toFixed(2), 'ms');
for (const [k, [d, c]] of [...by].sort((a, b) => b[1][0] - a[1][0]).slice(0, 16)) console.log(k.padEnd(28), (d / 12000).toFixed(3).padStart(9), String(c / 12).padStart(7));
console.log('---'); for (const [k, [d, sh]] of [...nodes].sort((a, b) => b[1][0] - a[1][0]).slice(0, Number(process.env.TOP ?? 22))) console.log((d / 12000).toFixed(3).padStart(8), k.replace('_kernel_time', ''), sh.slice(0, 150));
