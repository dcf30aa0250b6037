/** Prints how far apart the CPU and WebGPU are after a training step of LeNet, relative to each array's largest value. */

import { Random } from '@gradus/base';
import { type HostTensor, input, type Tensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { crossEntropy, initialize, lenet, parametersOf, sgd, trainingStep } from '../../index.ts';

const net = lenet(10);
const batch = { x: input('x', [4, 3, 32, 32]), labels: input('labels', [4], 'int64') };
const loss = ({ x, labels }: Readonly<Record<string, Tensor>>) => crossEntropy(net.forward(x!), labels!);
loss(batch);
initialize(net, new Random(0));
const { graph } = trainingStep(loss, batch, parametersOf(net), sgd({ learningRate: 0.1, momentum: 0.9 }));
const random = new Random(1);
const feeds = Object.fromEntries(
  Object.entries(graph.inputs).map(([name, { dtype, shape }]): [string, HostTensor] => {
    const dims = shape as readonly number[];
    const length = dims.reduce((a, b) => a * b, 1);
    return dtype === 'int64'
      ? [name, { dtype, dims, data: BigInt64Array.from({ length }, () => BigInt(random.below(10))) }]
      : [name, { dtype, dims, data: Float32Array.from({ length }, () => random.normal(0, 0.1)) }];
  }),
);
const run = async (device: 'cpu' | 'webgpu') => {
  const compiled = await compile(graph, { device });
  const results = await compiled.run(feeds);
  await compiled.close();
  return results;
};
const [cpu, gpu] = [await run('cpu'), await run('webgpu')];
const apart = Object.keys(cpu).map((name) => {
  const [a, b] = [cpu[name]!.data as Float32Array, gpu[name]!.data as Float32Array];
  const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-6);
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0) / scale;
});
console.log(JSON.stringify({ largest: Math.max(...apart) }));
