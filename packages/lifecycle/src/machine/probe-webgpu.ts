/** A program that computes two sums on WebGPU, and fails where it cannot. */
import { input } from '@gradus/engine';
import { compile } from '@gradus/engine/node';

const x = input('x', [2]);
const model = await compile({ name: 'probe', inputs: { x }, outputs: { y: x.add(x) } }, { device: 'webgpu' });
const { y } = await model.run({ x: { dtype: 'float32', dims: [2], data: Float32Array.of(1, 2) } });
await model.close();
if (y?.data[0] !== 2 || y.data[1] !== 4) throw new Error('WebGPU adds wrongly');
