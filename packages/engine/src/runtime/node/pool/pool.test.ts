/** Graphs on several threads at the same time, on arrays that all of them share. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { GraphError, type HostTensor, input, int64 } from '../../../index.ts';
import { type PoolTask, type WorkerPool, workerPool } from './pool.ts';

function array(pool: WorkerPool, dims: readonly number[], value = 0): HostTensor {
  const size = dims.reduce((a, b) => a * b, 1);
  const { buffer, offset } = pool.heap.allocate(4 * size);
  return { dtype: 'float32', dims, data: new Float32Array(buffer, offset, size).fill(value) };
}

/** Each worker adds its number to x; then each sums the results of all workers over a shard of the array. */
async function summingStep(pool: WorkerPool, workers: number) {
  const [size, shard] = [64, 64 / workers];
  const xs = [1, 10].map((value) => array(pool, [size], value));
  const added = Array.from({ length: workers }, () => array(pool, [size]));
  const sums = [array(pool, [size]), array(pool, [size])];
  const first = added.map((y, k): PoolTask => {
    const x = input('x', [size]);
    return {
      graph: { name: 'add', inputs: { x }, outputs: { y: x.add(k).exp().log() } },
      bindings: xs.map((given) => ({ feeds: { x: given }, into: { y } })),
    };
  });
  const shardOf = ({ data }: HostTensor, k: number): HostTensor => ({
    dtype: 'float32',
    dims: [shard],
    data: (data as Float32Array).subarray(k * shard, (k + 1) * shard),
  });
  const second = added.map((_, k): PoolTask => {
    const inputs = Object.fromEntries(added.map((_, i) => [`y${i}`, input(`y${i}`, [shard])]));
    const sum = Object.values(inputs).reduce((a, b) => a.add(b));
    return {
      graph: { name: 'sum', inputs, outputs: { sum } },
      bindings: sums.map((into) => ({
        feeds: Object.fromEntries(added.map((y, i) => [`y${i}`, shardOf(y, k)])),
        into: { sum: shardOf(into, k) },
      })),
    };
  });
  const step = await pool.prepare([first, second]);
  return { step, sums };
}

describe('a worker pool', () => {
  it.each([1, 2, 4])('of %i runs each stage on all workers before the next', async (workers) => {
    const pool = workerPool(workers);
    const { step, sums } = await summingStep(pool, workers);
    const offsets = (workers * (workers - 1)) / 2;
    for (let i = 0; i < 200; i++) {
      for (const sum of sums) (sum.data as Float32Array).fill(0);
      await step.run(i % 2);
      const expected = workers * (i % 2 === 0 ? 1 : 10) + offsets;
      const got = sums[i % 2]!.data as Float32Array;
      expect(Math.max(...got.map((value) => Math.abs(value - expected)))).toBeLessThan(1e-3);
    }
    await pool.close();
  });

  it('runs steps of fewer workers, and of one, in turns', async () => {
    const pool = workerPool(4);
    expect(pool.workers(10)).toBe(4);
    const many = await summingStep(pool, 4);
    const few = await summingStep(pool, 2);
    const one = await summingStep(pool, 1);
    for (let i = 0; i < 20; i++) {
      for (const { step, sums } of [many, one, few]) {
        (sums[0]!.data as Float32Array).fill(0);
        await step.run(0);
        expect((sums[0]!.data as Float32Array)[0]).toBeGreaterThan(0.9);
      }
    }
    await pool.close();
  });

  it.each([0, 1])('says what worker %i could not compute, and runs on', async (worker) => {
    const pool = workerPool(2);
    const table = input('table', [3]);
    const ids = input('ids', [1], 'int64');
    const { buffer, offset } = pool.heap.allocate(8);
    const id = new BigInt64Array(buffer, offset, 1);
    const [feed, into] = [array(pool, [3]), array(pool, [1])];
    const fragile: PoolTask = {
      graph: { name: 'g', inputs: { table, ids }, outputs: { y: table.gather(ids) } },
      bindings: [{ feeds: { table: feed, ids: { dtype: 'int64', dims: [1], data: id } }, into: { y: into } }],
    };
    const x = input('x', [3]);
    const steady: PoolTask = {
      graph: { name: 'h', inputs: { x }, outputs: { y: x.exp() } },
      bindings: [{ feeds: { x: feed }, into: { y: array(pool, [3]) } }],
    };
    const step = await pool.prepare([worker === 0 ? [fragile, steady] : [steady, fragile], [steady]]);
    await step.run(0);
    id[0] = 7n;
    await expect(step.run(0)).rejects.toThrow(GraphError);
    await expect(step.run(0)).rejects.toThrow(/Gather/);
    id[0] = 2n;
    await step.run(0);
    await pool.close();
  });

  it.each([1, 2])(
    'of %i releases a step and runs the others on, also after one that could not be prepared',
    async (size) => {
      const pool = workerPool(size);
      const x = input('x', [3]);
      const task = (dims: readonly number[], value: number): PoolTask => ({
        graph: { name: 'g', inputs: { x }, outputs: { y: x.exp() } },
        bindings: [{ feeds: { x: array(pool, dims, value) }, into: { y: array(pool, [3]) } }],
      });
      const prepared = (dims: readonly number[], value: number) => {
        const tasks = Array.from({ length: size }, () => task(dims, value));
        return { tasks, step: pool.prepare([tasks]) };
      };
      await expect(prepared([4], 0).step).rejects.toThrow(GraphError);
      const first = await prepared([3], 0).step;
      const second = prepared([3], 1);
      const other = await second.step;
      await first.run(0);
      await first.release();
      await other.run(0);
      for (const { bindings } of second.tasks) expect(bindings[0]!.into.y!.data[0]).toBeCloseTo(Math.E, 5);
      await pool.close();
    },
  );

  it('says at once what cannot be prepared', async () => {
    const pool = workerPool(2);
    const x = input('x', [3]);
    const task: PoolTask = {
      graph: { name: 'g', inputs: { x }, outputs: { y: x.gather(int64([0])) } },
      bindings: [{ feeds: { x: array(pool, [4]) }, into: { y: array(pool, [1]) } }],
    };
    await expect(pool.prepare([[task, task]])).rejects.toThrow('float32[4]; expected float32[3]');
    await pool.close();
  });

  it('leaves nothing open, whether it is closed or forgotten', async () => {
    const program = (close: string) => `
      import { input } from '${new URL('../../../index.ts', import.meta.url)}';
      import { workerPool } from '${new URL('./pool.ts', import.meta.url)}';
      const pool = workerPool(2);
      const x = input('x', [3]);
      const { buffer, offset } = pool.heap.allocate(64);
      const at = (place) => ({ dtype: 'float32', dims: [3], data: new Float32Array(buffer, offset + place, 3) });
      const task = { graph: { name: 'g', inputs: { x }, outputs: { y: x.exp() } }, bindings: [{ feeds: { x: at(0) }, into: { y: at(16) } }] };
      const step = await pool.prepare([[task, task]]);
      for (let i = 0; i < 10; i++) await step.run(0);
      ${close}
      console.log('done');
    `;
    for (const close of ['await pool.close();', '']) {
      const run = promisify(execFile)(
        process.execPath,
        ['--input-type=module-typescript', '-e', program(close)],
        { timeout: 20_000 },
      );
      expect((await run).stdout).toBe('done\n');
    }
  });
});
