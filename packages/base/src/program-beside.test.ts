import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { neverStarted, programBeside } from './program-beside.ts';

describe('programBeside', () => {
  it('finds the source beside a source, and the packed program beside a packed module', () => {
    expect(existsSync(programBeside(import.meta.url, 'random'))).toBe(true);
    expect(programBeside('file:///a.b/src/pool.ts', 'worker').href).toBe('file:///a.b/src/worker.ts');
    expect(programBeside('file:///a.b/dist/pool.js', 'worker').href).toBe('file:///a.b/dist/worker.js');
    expect(programBeside('file:///a.b/dist/pool.js?v=1', 'worker').href).toBe('file:///a.b/dist/worker.js');
  });
});

describe('neverStarted', () => {
  it('tells a worker that has no program from one that failed', async () => {
    const errorOf = async (worker: Worker) => (await once(worker, 'error')) as [Error];
    const [missing] = await errorOf(new Worker(programBeside(import.meta.url, 'no-program')));
    expect(neverStarted(missing)?.message).toMatch(/could not start: .*no-program\.ts.* install it again/);
    const [failed] = await errorOf(new Worker('throw new Error("too much")', { eval: true }));
    expect(neverStarted(failed)).toBeUndefined();
  });
});
