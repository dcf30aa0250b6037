/**
 * One step of gradient descent in the open, without layers, optimizers or fit(): trace a loss, differentiate it, run the graph.
 * A line y = w x + b begins flat and learns to pass through four points of y = 2x + 1.
 *
 *     npx node examples/first-step.ts
 */
import { gradients, type HostTensor, input } from '@gradus/engine';
import { compile } from '@gradus/engine/node';

// Inputs of the graph: four points, and the two numbers that are learnt.
const x = input('x', [4]);
const y = input('y', [4]);
const w = input('w', []);
const b = input('b', []);

// Trace. Nothing is computed here: every call adds a node to a graph.
const loss = x.mul(w).add(b).sub(y).square().mean();

// Differentiate. The gradients are nodes of the same graph, made of the same ops.
const [dw, db] = gradients(loss, [w, b]);

// A step against the gradients is part of the graph as well.
const rate = 0.05;
const outputs = { loss, dw: dw!, db: db!, nextW: w.sub(dw!.mul(rate)), nextB: b.sub(db!.mul(rate)) };

// Run. The graph is ONNX, and ONNX Runtime computes it.
const step = await compile({ name: 'first-step', inputs: { x, y, w, b }, outputs });
const numbers = (...data: number[]): HostTensor => ({
  dtype: 'float32',
  dims: data.length > 1 ? [data.length] : [],
  data: Float32Array.from(data),
});
let line = { w: numbers(0), b: numbers(0) };
for (let i = 1; i <= 200; i++) {
  const result = await step.run({ x: numbers(0, 1, 2, 3), y: numbers(1, 3, 5, 7), ...line });
  line = { w: result.nextW!, b: result.nextB! };
  const show = (name: string) => Number(result[name]!.data[0]).toFixed(3);
  if (i === 1) console.log(`loss ${show('loss')}, gradients ${show('dw')} and ${show('db')}`);
  if (i === 1 || i === 200) console.log(`step ${i}: y = ${show('nextW')} x + ${show('nextB')}`);
}
await step.close();
