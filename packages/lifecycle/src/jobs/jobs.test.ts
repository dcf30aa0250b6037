/** The queue and its workers, on both databases. */
import { mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { UserError } from '@gradus/base';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/tables.ts';
import { onBothDatabases, type Place } from '../testing/databases.ts';
import { makeJobDirectory } from './directory.ts';
import { enqueueIterate } from './enqueue-iterate.ts';
import { cancel, claim, enqueue, findJob, finish, listJobs, renew, retry } from './queue.ts';
import { forgetJobs } from './retention.ts';
import { enqueueDue, setSchedule } from './schedules.ts';
import { type Handler, work } from './worker.ts';

onBothDatabases((place) => {
  let database: Database;
  let where: Place;
  beforeEach(async () => {
    where = await place();
    database = await openDatabase(...where);
  });
  afterEach(() => database.destroy());

  const add = (kind: string, payload: unknown = {}) => enqueue(database, { kind, payload, by: 'test' });
  async function worked(kinds: Record<string, Handler>, until: () => Promise<boolean>, workers = 1) {
    const controller = new AbortController();
    const working = Array.from({ length: workers }, () =>
      work({ database, place: { runs: where[0], url: where[1] }, kinds, signal: controller.signal }),
    );
    for (const deadline = Date.now() + 30_000; !(await until()); await after(20)) {
      if (Date.now() > deadline) throw new Error('waited in vain');
    }
    controller.abort(new Error('stopped'));
    await Promise.all(working);
  }
  const states = async () => (await listJobs(database)).map(({ state }) => state);
  const allEnded = async () => (await states()).every((state) => state !== 'queued' && state !== 'running');

  it('each job goes to one of many workers, oldest first, and its result is kept', async () => {
    const ids: number[] = [];
    for (let i = 0; i < 20; i++) ids.push(await add('double', { number: i }));
    const seen: number[] = [];
    const double: Handler = async (payload) => {
      const { number } = payload as { number: number };
      seen.push(number);
      await after(10);
      return 2 * number;
    };
    await worked({ double }, allEnded, 4);
    expect(seen.toSorted((a, b) => a - b)).toEqual(ids.map((_, i) => i));
    expect(await Promise.all(ids.map(async (id) => (await findJob(database, id)).result))).toEqual(
      ids.map((_, i) => 2 * i),
    );
  });

  it('forgets what ended more than 30 days ago, with its files', async () => {
    const [runs] = where;
    const [old, young, running, waiting] = [await add('a'), await add('a'), await add('a'), await add('a')];
    for (const id of [old, young, running]) {
      const job = await claim(database, 'worker');
      makeJobDirectory(runs, job!);
      if (id !== running) await finish(database, id, 'worker', { state: 'done', result: 1 });
    }
    const long = new Date(Date.now() - 31 * 24 * 3600 * 1000).toISOString();
    await database.updateTable('jobs').set({ finishedAt: long }).where('id', '=', old).execute();
    // Of a job that another machine has forgotten, and of somebody else.
    for (const name of ['987654', 'notes']) mkdirSync(join(runs, '.jobs', name));
    for (const name of [old, running, '987654', 'notes'].map(String)) {
      utimesSync(join(runs, '.jobs', name), new Date(long), new Date(long));
    }
    // Perhaps of another database's job.
    mkdirSync(join(runs, '.jobs', '123456'));
    await forgetJobs(database, runs);
    expect((await listJobs(database)).map(({ id }) => id).toSorted((a, b) => a - b)).toEqual([
      young,
      running,
      waiting,
    ]);
    expect(readdirSync(join(runs, '.jobs')).toSorted()).toEqual(
      [String(young), String(running), '123456', 'notes'].toSorted(),
    );
  });

  it('claims made at the same moment do not meet', async () => {
    await add('a');
    await add('b');
    const claims = await Promise.all(['1', '2', '3', '4'].map((worker) => claim(database, worker)));
    expect(claims.flatMap((job) => job?.kind ?? []).sort()).toEqual(['a', 'b']);
  });

  it('one job at a time improves a model, whoever asks and however often', async () => {
    const drift = () => enqueueIterate(database, { model: 'shop', by: 'drift' });
    const asked = await Promise.all([drift(), drift(), drift(), drift()]);
    expect(new Set(asked.map(({ id }) => id)).size).toBe(1);
    expect(asked.filter(({ added }) => added).length).toBe(1);
    const { id } = asked[0]!;
    expect(await enqueueIterate(database, { model: '商店', by: 'drift' })).toMatchObject({ added: true });
    await claim(database, 'worker');
    expect(await drift()).toEqual({ id, added: false });
    await database.updateTable('jobs').set({ state: 'failed' }).where('id', '=', id).execute();
    expect(await drift()).toMatchObject({ added: true });
    await expect(retry(database, id)).rejects.toThrow(/does what job \d+ should do again/);
  });

  it('counts its changes', async () => {
    const id = await add('a');
    const revision = async () => (await findJob(database, id)).revision;
    expect(await revision()).toBe(0);
    await claim(database, 'worker');
    expect(await revision()).toBe(1);
    await renew(database, id, 'worker');
    expect(await revision()).toBe(1);
    await renew(database, id, 'worker', { done: 1 });
    expect(await revision()).toBe(2);
    await finish(database, id, 'worker', { state: 'done', result: null });
    expect(await revision()).toBe(3);
  });

  it('a job whose worker died goes to another, and the dead one has no say any more', async () => {
    const id = await add('a');
    await claim(database, 'dead');
    expect(await claim(database, 'next')).toBeUndefined();
    await database
      .updateTable('jobs')
      .set({ leaseUntil: new Date(0).toISOString() })
      .execute();
    expect(await claim(database, 'next')).toMatchObject({ id, attempts: 2 });
    expect(await renew(database, id, 'dead', null)).toBe('lost');
    expect(await renew(database, id, 'next', { done: 1 })).toBe('go on');
    expect(await findJob(database, id)).toMatchObject({ progress: { done: 1 } });
  });

  it('a job that no worker survives is given up', async () => {
    await add('a');
    for (let i = 0; i < 5; i++) {
      expect(await claim(database, `worker ${i}`)).toMatchObject({ attempts: i + 1 });
      await database
        .updateTable('jobs')
        .set({ leaseUntil: new Date(0).toISOString() })
        .execute();
    }
    expect(await claim(database, 'last')).toBeUndefined();
    expect(await listJobs(database)).toMatchObject([
      { state: 'failed', error: expect.stringContaining('5 times') },
    ]);
  });

  it('is cancelled while it waits, and while it runs', async () => {
    const waiting = await add('slow');
    await cancel(database, waiting);
    const running = await add('slow');
    const slow: Handler = async (_, { signal, progress }) => {
      progress({ begun: true });
      await after(60_000, undefined, { signal });
    };
    let asked = false;
    await worked({ slow }, async () => {
      const job = await findJob(database, running);
      if (job.progress && !asked) {
        asked = true;
        await cancel(database, running);
      }
      return allEnded();
    });
    expect(await states()).toEqual(['cancelled', 'cancelled']);
    await expect(cancel(database, running)).rejects.toThrow(/has ended already: cancelled/);
    await expect(cancel(database, 99)).rejects.toThrow(/no job 99/);
    await retry(database, running);
    expect(await findJob(database, running)).toMatchObject({ state: 'queued', attempts: 0 });
    await expect(retry(database, running)).rejects.toThrow(/is queued/);
  });

  it('keeps a job that computes without a pause, longer than a lease', async () => {
    const id = await add('busy');
    let begun = 0;
    const busy: Handler = async () => {
      begun += 1;
      await database
        .updateTable('jobs')
        .set({ leaseUntil: new Date(Date.now() + 1500).toISOString() })
        .execute();
      for (const end = Date.now() + 2500; Date.now() < end; );
      const { leaseUntil } = await database.selectFrom('jobs').select('leaseUntil').executeTakeFirstOrThrow();
      return leaseUntil! > new Date().toISOString();
    };
    await worked({ busy }, allEnded);
    expect(await findJob(database, id)).toMatchObject({ result: true });
    expect(begun).toBe(1);
  });

  it('fails at once for what it was given, and is tried again for anything else', async () => {
    const wrong = await add('wrong');
    const flaky = await add('flaky');
    const unknown = await add('unknown');
    let tries = 0;
    const kinds: Record<string, Handler> = {
      wrong: async () => {
        throw new UserError('no such file');
      },
      flaky: async () => {
        tries += 1;
        if (tries === 1) throw new Error('connection reset');
        return 'well';
      },
    };
    await worked(kinds, async () => {
      // Nobody waits ten seconds for the retry.
      await database
        .updateTable('jobs')
        .set({ notBefore: new Date(0).toISOString() })
        .execute();
      return allEnded();
    });
    expect(await findJob(database, wrong)).toMatchObject({
      state: 'failed',
      error: 'no such file',
      attempts: 1,
    });
    expect(await findJob(database, flaky)).toMatchObject({ state: 'done', result: 'well', attempts: 2 });
    expect(await findJob(database, unknown)).toMatchObject({
      error: expect.stringContaining('no kind of job'),
    });
  });

  it('is given back by a worker that is stopped, and not counted against it', async () => {
    const id = await add('slow');
    const slow: Handler = async (_, { signal }) => after(60_000, undefined, { signal });
    await worked({ slow }, async () => (await findJob(database, id)).state === 'running');
    expect(await findJob(database, id)).toMatchObject({ state: 'queued', attempts: 0 });
  });

  it('comes round by schedule, once however many workers look', async () => {
    await setSchedule(database, {
      name: 'nightly',
      kind: 'iterate',
      payload: { model: 'm' },
      everySeconds: 3600,
    });
    await enqueueDue(database);
    expect(await listJobs(database)).toEqual([]);
    await database
      .updateTable('schedules')
      .set({ nextAt: new Date(0).toISOString() })
      .execute();
    await Promise.all([enqueueDue(database), enqueueDue(database), enqueueDue(database)]);
    expect(await listJobs(database)).toMatchObject([
      { kind: 'iterate', payload: { model: 'm' }, by: 'schedule nightly' },
    ]);
    const often = setSchedule(database, { name: 'often', kind: 'iterate', payload: {}, everySeconds: 1 });
    await expect(often).rejects.toThrow(/at least 60/);
  });
});
