/** Graphs on several threads at the same time, on arrays that all of them share. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { GraphError, type HostTensor, input, int64 } from '../../index.ts';
import { type Crew, crewOf, type Job } from './crew.ts';

function array(crew: Crew, dims: readonly number[], value = 0): HostTensor {
  const size = dims.reduce((a, b) => a * b, 1);
  const { buffer, offset } = crew.heap.allocate(4 * size);
  return { dtype: 'float32', dims, data: new Float32Array(buffer, offset, size).fill(value) };
}

/** Each member adds its number to x; then each sums all members' results over a part of them. */
async function summing(crew: Crew, members: number) {
  const [size, part] = [64, 64 / members];
  const xs = [1, 10].map((value) => array(crew, [size], value));
  const added = Array.from({ length: members }, () => array(crew, [size]));
  const sums = [array(crew, [size]), array(crew, [size])];
  const first = added.map((y, k): Job => {
    const x = input('x', [size]);
    return {
      graph: { name: 'add', inputs: { x }, outputs: { y: x.add(k).exp().log() } },
      variants: xs.map((given) => ({ feeds: { x: given }, into: { y } })),
    };
  });
  const piece = ({ data }: HostTensor, k: number): HostTensor => ({
    dtype: 'float32',
    dims: [part],
    data: (data as Float32Array).subarray(k * part, (k + 1) * part),
  });
  const second = added.map((_, k): Job => {
    const inputs = Object.fromEntries(added.map((_, i) => [`y${i}`, input(`y${i}`, [part])]));
    const sum = Object.values(inputs).reduce((a, b) => a.add(b));
    return {
      graph: { name: 'sum', inputs, outputs: { sum } },
      variants: sums.map((into) => ({
        feeds: Object.fromEntries(added.map((y, i) => [`y${i}`, piece(y, k)])),
        into: { sum: piece(into, k) },
      })),
    };
  });
  const round = await crew.prepare([first, second]);
  return { round, sums };
}

describe('a crew', () => {
  it.each([1, 2, 4])('of %i goes through the stages in step', async (members) => {
    const crew = crewOf(members);
    const { round, sums } = await summing(crew, members);
    const offsets = (members * (members - 1)) / 2;
    for (let i = 0; i < 200; i++) {
      for (const sum of sums) (sum.data as Float32Array).fill(0);
      await round((i % 2) as 0 | 1);
      const expected = members * (i % 2 === 0 ? 1 : 10) + offsets;
      const got = sums[i % 2]!.data as Float32Array;
      expect(Math.max(...got.map((value) => Math.abs(value - expected)))).toBeLessThan(1e-3);
    }
    await crew.close();
  });

  it('takes rounds of fewer members, and of one, in turns', async () => {
    const crew = crewOf(4);
    expect(crew.members(10)).toBe(4);
    const many = await summing(crew, 4);
    const few = await summing(crew, 2);
    const one = await summing(crew, 1);
    for (let i = 0; i < 20; i++) {
      for (const { round, sums } of [many, one, few]) {
        (sums[0]!.data as Float32Array).fill(0);
        await round(0);
        expect((sums[0]!.data as Float32Array)[0]).toBeGreaterThan(0.9);
      }
    }
    await crew.close();
  });

  it.each([0, 1])('says what member %i could not compute, and goes on', async (member) => {
    const crew = crewOf(2);
    const table = input('table', [3]);
    const ids = input('ids', [1], 'int64');
    const { buffer, offset } = crew.heap.allocate(8);
    const id = new BigInt64Array(buffer, offset, 1);
    const [feed, into] = [array(crew, [3]), array(crew, [1])];
    const fragile: Job = {
      graph: { name: 'g', inputs: { table, ids }, outputs: { y: table.gather(ids) } },
      variants: [{ feeds: { table: feed, ids: { dtype: 'int64', dims: [1], data: id } }, into: { y: into } }],
    };
    const x = input('x', [3]);
    const steady: Job = {
      graph: { name: 'h', inputs: { x }, outputs: { y: x.exp() } },
      variants: [{ feeds: { x: feed }, into: { y: array(crew, [3]) } }],
    };
    const round = await crew.prepare([member === 0 ? [fragile, steady] : [steady, fragile], [steady]]);
    await round(0);
    id[0] = 7n;
    await expect(round(0)).rejects.toThrow(GraphError);
    await expect(round(0)).rejects.toThrow(/Gather/);
    id[0] = 2n;
    await round(0);
    await crew.close();
  });

  it('says at once what cannot be made ready', async () => {
    const crew = crewOf(2);
    const x = input('x', [3]);
    const job: Job = {
      graph: { name: 'g', inputs: { x }, outputs: { y: x.gather(int64([0])) } },
      variants: [{ feeds: { x: array(crew, [4]) }, into: { y: array(crew, [1]) } }],
    };
    await expect(crew.prepare([[job, job]])).rejects.toThrow('float32[4]; expected float32[3]');
    await crew.close();
  });

  it('leaves nothing open: neither when it is closed nor when it is forgotten', async () => {
    const program = (close: string) => `
      import { input } from '${new URL('../../index.ts', import.meta.url)}';
      import { crewOf } from '${new URL('./crew.ts', import.meta.url)}';
      const crew = crewOf(2);
      const x = input('x', [3]);
      const { buffer, offset } = crew.heap.allocate(64);
      const at = (place) => ({ dtype: 'float32', dims: [3], data: new Float32Array(buffer, offset + place, 3) });
      const job = { graph: { name: 'g', inputs: { x }, outputs: { y: x.exp() } }, variants: [{ feeds: { x: at(0) }, into: { y: at(16) } }] };
      const round = await crew.prepare([[job, job]]);
      for (let i = 0; i < 10; i++) await round(0);
      ${close}
      console.log('done');
    `;
    for (const close of ['await crew.close();', '']) {
      const run = promisify(execFile)(
        process.execPath,
        ['--input-type=module-typescript', '-e', program(close)],
        { timeout: 20_000 },
      );
      expect((await run).stdout).toBe('done\n');
    }
  });
});
