import { describe, expect, it } from 'vitest';
import { GraphError, gradients, type HostTensor, input, Random } from '../index.ts';
import { compile } from './node.ts';

const floats = (dims: number[], data: Float32Array): HostTensor => ({ dtype: 'float32', dims, data });

describe('compile', () => {
  it('writes outputs into arrays that the caller keeps', async () => {
    const x = input('x', [3]);
    const graph = await compile({ name: 'g', inputs: { x }, outputs: { y: x.mul(2) } });
    const y = floats([3], new Float32Array(3));
    await graph.run({ x: floats([3], Float32Array.of(1, 2, 3)) }, { y });
    expect(Array.from(y.data as Float32Array)).toEqual([2, 4, 6]);
    await graph.close();
  });

  it('says which input is missing', async () => {
    const x = input('x', [3]);
    const graph = await compile({ name: 'g', inputs: { x }, outputs: { y: x.mul(2) } });
    await expect(graph.run({})).rejects.toThrow(GraphError);
    await graph.close();
  });

  it('adds up the gradient of a table whose rows are looked up many times, on several threads', async () => {
    const [rows, lookups] = [50, 40_000];
    const table = input('table', [rows, 16]);
    const ids = input('ids', [lookups], 'int64');
    const weights = input('weights', [lookups, 16]);
    const [gradient] = gradients(table.gather(ids).mul(weights).sum(), [table]);
    const graph = await compile(
      { name: 'g', inputs: { table, ids, weights }, outputs: { gradient: gradient! } },
      { threads: 2 },
    );
    const random = new Random(1);
    const id = BigInt64Array.from({ length: lookups }, () => BigInt(random.below(rows)));
    const weight = Float32Array.from({ length: lookups * 16 }, () => random.normal());
    // Added in the order of the lookups, in the same precision: the sums are equal to the last bit.
    const expected = new Float32Array(rows * 16);
    for (const [i, w] of weight.entries()) expected[Number(id[i >> 4]) * 16 + (i & 15)]! += w;
    for (let repeat = 0; repeat < 5; repeat++) {
      const { gradient: got } = await graph.run({
        table: floats([rows, 16], new Float32Array(rows * 16)),
        ids: { dtype: 'int64', dims: [lookups], data: id },
        weights: floats([lookups, 16], weight),
      });
      expect(got!.data).toEqual(expected);
    }
    await graph.close();
  });
});
