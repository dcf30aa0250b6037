/** Blocked convolutions compute what plain ones do, and their gradients. */

import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { apply, type Graph, gradients, input } from '../index.ts';
import { blockOfChannels, compile } from '../runtime/node/index.ts';

const side = fc.integer({ min: 1, max: 4 });

describe('a convolution in blocks of channels', () => {
  it('is the plain one, in every direction', { timeout: 60_000 }, async () => {
    expect([0, 8, 16]).toContain(await blockOfChannels());
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          batch: fc.integer({ min: 1, max: 33 }),
          channels: fc.integer({ min: 1, max: 35 }),
          filters: fc.integer({ min: 1, max: 35 }),
          kernel: fc.tuple(side, side),
          strides: fc.integer({ min: 1, max: 3 }),
          pads: fc.tuple(fc.nat(2), fc.nat(2), fc.nat(2), fc.nat(2)),
          size: fc.tuple(fc.integer({ min: 6, max: 11 }), fc.integer({ min: 6, max: 11 })),
          bias: fc.boolean(),
        }),
        async ({ batch, channels, filters, kernel, strides, pads, size, bias }) => {
          const x = input('x', [batch, channels, ...size]);
          const w = input('w', [filters, channels, ...kernel]);
          const b = input('b', [filters]);
          const y = apply('Conv', bias ? [x, w, b] : [x, w], { strides: [strides, strides], pads });
          const weights = input('weights', y.shape);
          const [dx, dw] = gradients(y.mul(weights).sum(), [x, w]);
          const graph: Graph = {
            name: 'convolution',
            inputs: { x, w, b, weights },
            outputs: { y, dx: dx!, dw: dw! },
          };
          const random = new Random('blocks');
          const feeds = Object.fromEntries(
            Object.entries(graph.inputs).map(([name, { shape }]) => {
              const dims = shape as readonly number[];
              const length = dims.reduce((a, b) => a * b, 1);
              const data = Float32Array.from({ length }, () => random.uniform(-1, 1));
              return [name, { dtype: 'float32', dims, data } as const];
            }),
          );
          const [plain, blocked] = await Promise.all([
            compile(graph, { threads: 1, lower: false }),
            compile(graph, { threads: 1 }),
          ]);
          const [expected, got] = [await plain.run(feeds), await blocked.run(feeds)];
          await Promise.all([plain.close(), blocked.close()]);
          for (const name of ['y', 'dx', 'dw']) {
            const [a, b] = [expected[name]!.data as Float32Array, got[name]!.data as Float32Array];
            expect(got[name]!.dims).toEqual(expected[name]!.dims);
            const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
            for (let i = 0; i < a.length; i++) {
              if (Math.abs(a[i]! - b[i]!) > 1e-4 * scale)
                throw new Error(`${name}[${i}]: ${a[i]} and ${b[i]}`);
            }
          }
        },
      ),
      { numRuns: 120 },
    );
  });
});
