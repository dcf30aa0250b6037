/** A gradient: of the sum of squares, which is twice the numbers. */
import assert from 'node:assert/strict';
import { type Graph, gradients, input } from '@gradus/engine';
import { compile } from '@gradus/engine/node';

const x = input('x', ['n']);
const loss = x.mul(x).sum();
const [slope] = gradients(loss, [x]);
const graph: Graph = { name: 'squares', inputs: { x }, outputs: { loss, slope: slope! } };

const compiled = await compile(graph, { threads: 1 });
const data = Float32Array.of(1, 2, 3);
const outputs = await compiled.run({ x: { dtype: 'float32', dims: [3], data } });
await compiled.close();

assert.deepEqual([...(outputs.loss!.data as Float32Array)], [14]);
assert.deepEqual([...(outputs.slope!.data as Float32Array)], [2, 4, 6]);
console.log('engine: the gradient is right');
