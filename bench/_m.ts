import { InferenceSession, Tensor as T } from 'onnxruntime-node';
import { writeOnnx, input, constant, apply, type Tensor } from '@gradus/engine';
import { readFileSync, readdirSync, unlinkSync } from 'node:fs';
export async function prof(name: string, build: (c: (s: number[]) => Tensor, i: (s: number[]) => Tensor) => Tensor | Tensor[], th = 1) {
  const ins: Record<string, Tensor> = {}; let n = 0;
  const rnd = (s: number[]) => Float32Array.from({ length: s.reduce((a, b) => a * b, 1) }, () => Math.random() - 0.5);
  const c = (s: number[]) => constant({ dtype: 'float32', dims: s, data: rnd(s) });
  const i = (s: number[]) => (ins['x' + n] = input('x' + n++, s));
  const ys = [build(c, i)].flat();
  const graph = { name: 'g', inputs: ins, outputs: Object.fromEntries(ys.map((y, k) => ['y' + k, y])) };
  const s = await InferenceSession.create(writeOnnx(graph), { executionProviders: ['cpu'], graphOptimizationLevel: 'all', intraOpNumThreads: th, enableProfiling: true, profileFilePrefix: '/tmp/w3/m', logSeverityLevel: 3 } as never);
  const feeds = Object.fromEntries(Object.entries(ins).map(([k, v]) => [k, new T('float32', rnd(v.shape as number[]), v.shape as number[])]));
  const ts = []; for (let k = 0; k < 15; k++) { const t = performance.now(); await s.run(feeds); ts.push(performance.now() - t); }
  s.endProfiling(); await s.release();
  const f = readdirSync('/tmp/w3').filter((x) => x.startsWith('m')&&x.endsWith('json')).sort().at(-1)!;
  const ev = JSON.parse(readFileSync('/tmp/w3/' + f, 'utf8')); unlinkSync('/tmp/w3/' + f);
  const nodes = new Map<string, number[]>();
  for (const e of ev) if (e.cat === 'Node' && e.name.endsWith('_kernel_time')) { const k = e.args.op_name + (e.args.provider ? '' : ''); nodes.set(e.name.replace('_kernel_time', ''), [...(nodes.get(e.name.replace('_kernel_time', '')) ?? []), e.dur]); }
  console.log(name.padEnd(40), ts.sort((a, b) => a - b)[4]!.toFixed(2), 'ms |', [...nodes].map(([k, d]) => `${k} ${(d.sort((a, b) => a - b)[4]! / 1000).toFixed(2)}`).join(', '));
}
