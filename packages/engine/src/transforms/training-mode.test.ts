/** Dropout and batch normalization in training mode. */
import { describe, expect, it } from 'vitest';
import { apply, gradients, input, rebuild, scalar, trainingMode } from '../index.ts';
import { compile } from '../runtime/node/index.ts';

describe('trainingMode', () => {
  it('drops elements and scales up the others, in the gradient too', async () => {
    const x = input('x', [2, 2]);
    const u = input('u', [2, 2]);
    const y = apply('Dropout', [x, scalar(0.25)]).mul(3);
    const [trained] = trainingMode([y], { noise: () => u }).outputs;
    const [dx] = gradients(trained!.sum(), [x]);
    const graph = await compile({
      name: 'g',
      inputs: { x, u },
      outputs: { used: y, trained: trained!, dx: dx! },
    });
    const feed = (...data: number[]) =>
      ({ dtype: 'float32', dims: [2, 2], data: Float32Array.from(data) }) as const;
    const results = await graph.run({ x: feed(1, 2, 3, 4), u: feed(0.1, 0.9, 0.5, 0.2) });
    expect(Array.from(results.used!.data as Float32Array)).toEqual([3, 6, 9, 12]);
    expect(Array.from(results.trained!.data as Float32Array)).toEqual([0, 8, 12, 0]);
    expect(Array.from(results.dx!.data as Float32Array)).toEqual([0, 4, 4, 0]);
    await graph.close();
  });
});

describe('rebuild', () => {
  it('infers shapes again when an input gets a size', () => {
    const x = input('x', ['batch', 6]);
    const y = x.reshape(['batch', 2, 3]).sum([2]);
    expect(y.shape).toEqual(['batch', 2]);
    const [fixed] = rebuild([y], { values: new Map([[x, input('x', [4, 6])]]) });
    expect(fixed!.shape).toEqual([4, 2]);
    expect(rebuild([y], {})[0]).toBe(y);
  });
});
