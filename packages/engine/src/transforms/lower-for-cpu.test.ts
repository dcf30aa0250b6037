/** Ops that the CPU has a faster way for compute what they did. */

import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, type Graph, input } from '../index.ts';
import { compile } from '../runtime/node/index.ts';
import { lowerForCpu } from './lower-for-cpu.ts';

describe('means of windows side by side', () => {
  it('are those of AveragePool', async () => {
    const small = fc.integer({ min: 1, max: 4 });
    await fc.assert(
      fc.asyncProperty(fc.tuple(small, small, small, small, small, small), async (sizes) => {
        const [batch, channels, down, across, rows, columns] = sizes;
        const dims = [batch, channels, down * rows, across * columns];
        const x = input('x', dims);
        const kernel = [down, across];
        const y = apply('AveragePool', [x], { kernel_shape: kernel, strides: kernel });
        const graph = (lowered: typeof y): Graph => ({
          name: 'means',
          inputs: { x },
          outputs: { y: lowered },
        });
        const [product] = lowerForCpu([y], 0, 1);
        expect(product!.source).toMatchObject({ node: { op: 'Reshape' } });
        const random = new Random('means');
        const data = Float32Array.from({ length: dims.reduce((a, b) => a * b) }, () => random.normal());
        const outputs = await Promise.all(
          [y, product!].map(async (value) => {
            const compiled = await compile(graph(value), { threads: 1, lower: false });
            const { y: computed } = await compiled.run({ x: { dtype: 'float32', dims, data } });
            await compiled.close();
            return computed!;
          }),
        );
        expect(outputs[1]!.dims).toEqual(outputs[0]!.dims);
        for (const [i, value] of (outputs[0]!.data as Float32Array).entries()) {
          expect(outputs[1]!.data[i]).toBeCloseTo(value, 5);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('are left to the runtime where windows overlap, reach over the border or are in blocks', () => {
    const left = (channels: number, attributes: Parameters<typeof apply>[2], block = 16) => {
      const y = apply('AveragePool', [input('x', [1, channels, 8, 8])], attributes);
      return lowerForCpu([y], block, 1)[0]!.source;
    };
    const pooled = { node: { op: 'AveragePool' } };
    expect(left(3, { kernel_shape: [3, 3] })).toMatchObject(pooled);
    expect(left(3, { kernel_shape: [2, 2], strides: [2, 2], pads: [1, 1, 1, 1] })).toMatchObject(pooled);
    expect(left(32, { kernel_shape: [2, 2], strides: [2, 2] })).toMatchObject(pooled);
    expect(left(32, { kernel_shape: [2, 2], strides: [2, 2] }, 0)).not.toMatchObject(pooled);
  });
});
