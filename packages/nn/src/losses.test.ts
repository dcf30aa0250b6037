import { constant, type HostTensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { describe, expect, it } from 'vitest';
import { bceWithLogits, mse } from './index.ts';

const z: HostTensor = {
  dtype: 'float32',
  dims: [2, 2],
  data: Float32Array.from([1, 2, 3, 4], (i) => Math.sin(1.1 * i)),
};
const t: HostTensor = { dtype: 'float32', dims: [2, 2], data: Float32Array.of(1, 0, 0, 1) };

describe('losses are as PyTorch has them', () => {
  it('binary cross-entropy from logits, mean squared error', async () => {
    const outputs = {
      bce: bceWithLogits(constant(z).mul(5), constant(t)),
      mse: mse(constant(z), constant(t)),
    };
    const graph = await compile({ name: 'losses', inputs: {}, outputs });
    const results = await graph.run({});
    expect(results.bce!.data[0]).toBeCloseTo(2.303147, 5);
    expect(results.mse!.data[0]).toBeCloseTo(1.124784, 5);
    await graph.close();
  });

  it('binary cross-entropy does not overflow', async () => {
    const big = constant({ dtype: 'float32', dims: [2], data: Float32Array.of(1000, -1000) });
    const labels = constant({ dtype: 'float32', dims: [2], data: Float32Array.of(0, 0) });
    const graph = await compile({ name: 'losses', inputs: {}, outputs: { bce: bceWithLogits(big, labels) } });
    expect((await graph.run({})).bce!.data[0]).toBe(500);
    await graph.close();
  });
});
