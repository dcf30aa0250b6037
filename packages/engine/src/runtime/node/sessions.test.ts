/** Graphs compiled on Node: feeding, fetching, errors, and nothing left open. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Random } from '@gradus/base';
import { describe, expect, it } from 'vitest';
import { GraphError, gradients, type HostTensor, input, readOnnx, writeOnnx } from '../../index.ts';
import { compile } from './index.ts';

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

  it('takes inputs called like properties that every object has', async () => {
    const names = Object.getOwnPropertyNames(Object.prototype);
    const inputs = Object.fromEntries(names.map((name) => [name, input(name, [2])]));
    const y = Object.values(inputs).reduce((sum, value) => sum.add(value));
    const { graph: read } = readOnnx(writeOnnx({ name: 'g', inputs, outputs: { y } }));
    const graph = await compile(read);
    const given = Object.fromEntries(names.map((name, i) => [name, floats([2], Float32Array.of(i, 1))]));
    const n = names.length;
    expect(Array.from((await graph.run(given)).y!.data as Float32Array)).toEqual([(n * (n - 1)) / 2, n]);
    await graph.close();
  });

  it('makes no other arrays for such outputs', async () => {
    const size = 1 << 20;
    const x = input('x', [size]);
    const graph = await compile({ name: 'g', inputs: { x }, outputs: { y: x.mul(2) } });
    const given = { x: floats([size], new Float32Array(size).fill(3)) };
    const into = { y: floats([size], new Float32Array(size)) };
    const held = () => process.memoryUsage().arrayBuffers;
    const before = held();
    expect(await graph.run(given, into)).toEqual(into);
    expect(held() - before).toBeLessThan(size);
    expect((into.y.data as Float32Array).every((value) => value === 6)).toBe(true);
    await expect(graph.run({ x: floats([1], new Float32Array(1)) }, into)).rejects.toThrow('float32[1]');
    await graph.close();
  });

  it('says which input is missing', async () => {
    const x = input('x', [3]);
    const graph = await compile({ name: 'g', inputs: { x }, outputs: { y: x.mul(2) } });
    await expect(graph.run({})).rejects.toThrow(GraphError);
    await graph.close();
  });

  it('says what a feed is and what it should be', async () => {
    const [x, ids] = [input('x', ['batch', 3]), input('ids', [2], 'int64')];
    const graph = await compile({ name: 'g', inputs: { x, ids }, outputs: { y: x.gather(ids) } });
    const rows = (...values: bigint[]): HostTensor => ({
      dtype: 'int64',
      dims: [values.length],
      data: BigInt64Array.from(values),
    });
    const run = (x: HostTensor, ids: HostTensor) => graph.run({ x, ids });
    const table = floats([2, 3], new Float32Array(6));
    await expect(run(floats([6], new Float32Array(6)), rows(0n, 1n))).rejects.toThrow(
      'input "x" is fed float32[6]; expected float32[batch, 3]',
    );
    await expect(run(table, rows(0n))).rejects.toThrow('input "ids" is fed int64[1]; expected int64[2]');
    await expect(run(table, floats([2], new Float32Array(2)))).rejects.toThrow('expected int64[2]');
    // What only shows when the graph runs names the node.
    await expect(run(table, rows(0n, 2n))).rejects.toThrow(/cannot be computed: .*Gather/);
    expect((await run(table, rows(0n, 1n))).y!.dims).toEqual([2, 3]);
    await graph.close();
  });

  it('leaves nothing open: a program that closes its graphs ends', async () => {
    const program = `
      import { readdirSync } from 'node:fs';
      import { input } from '${new URL('../../index.ts', import.meta.url)}';
      import { compile } from '${new URL('./index.ts', import.meta.url)}';
      const x = input('x', [3]);
      const once = async () => {
        const graph = await compile({ name: 'g', inputs: { x }, outputs: { y: x.mul(2) } }, { threads: 2 });
        await graph.run({ x: { dtype: 'float32', dims: [3], data: new Float32Array(3) } });
        await graph.close();
      };
      const threads = () => readdirSync('/proc/self/task').length;
      await once();
      const before = threads();
      for (let i = 0; i < 10; i++) await once();
      const resources = process.getActiveResourcesInfo().filter((name) => !/^(Pipe|TTY|File)/.test(name));
      console.log(JSON.stringify({ more: threads() - before, resources }));
    `;
    const { stdout } = await promisify(execFile)(process.execPath, [
      '--input-type=module-typescript',
      '-e',
      program,
    ]);
    expect(JSON.parse(stdout)).toEqual({ more: 0, resources: [] });
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
