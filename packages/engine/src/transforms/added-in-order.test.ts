/** Rows that are added at the same position add up to the same bits, on any number of threads. */

import { Random } from '@gradus/base';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Graph, gradients, input } from '../index.ts';
import { compile } from '../runtime/node/index.ts';

describe('the gradient of looking up rows', () => {
  it('is the sum, in order, of what came back to each row', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          rows: fc.integer({ min: 1, max: 40 }),
          width: fc.integer({ min: 1, max: 70 }),
          looked: fc.integer({ min: 1, max: 3000 }),
          seed: fc.integer(),
        }),
        async ({ rows, width, looked, seed }) => {
          const random = new Random(seed);
          const [table, positions] = [input('table', [rows, width]), input('positions', [looked], 'int64')];
          const weights = input('weights', [looked, width]);
          const loss = table.gather(positions).mul(weights).sum();
          const graph: Graph = {
            name: 'lookups',
            inputs: { table, positions, weights },
            outputs: { d: gradients(loss, [table])[0]! },
          };
          const at = Array.from({ length: looked }, () => random.below(2 * rows) - rows);
          const added = Float32Array.from({ length: looked * width }, () => random.normal());
          const expected = new Float32Array(rows * width);
          for (const [i, row] of at.entries()) {
            const start = ((row + rows) % rows) * width;
            for (let j = 0; j < width; j++) expected[start + j]! += added[i * width + j]!;
          }
          for (const threads of [1, 2]) {
            const compiled = await compile(graph, { threads });
            const { d } = await compiled.run({
              table: { dtype: 'float32', dims: [rows, width], data: new Float32Array(rows * width) },
              positions: { dtype: 'int64', dims: [looked], data: BigInt64Array.from(at, BigInt) },
              weights: { dtype: 'float32', dims: [looked, width], data: added },
            });
            await compiled.close();
            expect(d!.data).toEqual(expected);
          }
        },
      ),
      { numRuns: 20 },
    );
  });
});
