/** Jobs in real worker processes, which are killed, on both databases. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Random } from '@gradus/engine';
import { listRuns, readRun } from '@gradus/loop';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/tables.ts';
import { addCorrections } from '../feedback.ts';
import { aliasTarget, promote } from '../registry/aliases.ts';
import { showModel } from '../registry/models.ts';
import { onBothDatabases } from '../testing/databases.ts';
import { wordsFile } from '../testing/words.ts';
import { enqueueIterate } from './enqueue-iterate.ts';
import { hasEnded } from './events.ts';
import { cancel, enqueue, findJob, type Job, retry } from './queue.ts';

const program = join(import.meta.dirname, '..', 'testing', 'worker.ts');

onBothDatabases((place) => {
  let database: Database;
  let runs: string;
  let url: string;
  let file: string;
  const children: ChildProcess[] = [];
  beforeEach(async () => {
    const [directory, address] = await place();
    [runs, url] = [join(directory, 'runs'), address];
    mkdirSync(runs);
    database = await openDatabase(runs, url);
    file = wordsFile(join(directory, 'words.csv'));
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await database.destroy();
  });

  function worker(): ChildProcess {
    const child = spawn(process.execPath, [program, runs], {
      env: { ...process.env, DATABASE_URL: url },
      stdio: 'ignore',
    });
    children.push(child);
    return child;
  }
  const add = (kind: string, payload: object) => enqueue(database, { kind, payload, by: 'test' });
  async function until(id: number, holds: (job: Job) => boolean): Promise<Job> {
    for (const deadline = Date.now() + 60_000; ; await after(50)) {
      const job = await findJob(database, id);
      if (holds(job)) return job;
      if (Date.now() > deadline) throw new Error(`waited in vain; job ${id} is ${JSON.stringify(job)}`);
    }
  }
  const training = (slow: number, more: object = {}) => ({
    recipe: 'words',
    input: file,
    options: { slow },
    ...more,
  });
  /** Nobody waits for the lease of a dead worker to end. */
  const endLeases = () =>
    database
      .updateTable('jobs')
      .set({ leaseUntil: new Date(0).toISOString() })
      .where('state', '=', 'running')
      .execute();

  it('a job whose worker is killed is done by another, to the same result, and once', async () => {
    worker();
    const calm = await until(await add('train', training(50)), hasEnded);
    expect(calm).toMatchObject({ state: 'done', attempts: 1 });
    for (const child of children.splice(0)) child.kill('SIGKILL');

    const random = new Random(7);
    const id = await add('train', training(50, { model: 'shop' }));
    for (let kills = 0; kills < 2; kills++) {
      const child = worker();
      await until(id, ({ state, attempts }) => state === 'running' && attempts === kills + 1);
      await after(1000 * random.uniform());
      child.kill('SIGKILL');
      await endLeases();
    }
    worker();
    const job = await until(id, hasEnded);
    expect(job.state, job.error ?? '').toBe('done');
    expect(job.attempts).toBeGreaterThan(1);
    const [first, second] = [calm, job].map(({ result }) =>
      readRun(join(runs, (result as { run: string }).run)),
    );
    const scores = (directory: string) => readFileSync(join(directory, 'scores.json'), 'utf8');
    expect(scores(second!.directory)).toBe(scores(first!.directory));
    expect(second!.summary).toEqual(first!.summary);
    expect(second!.id).toMatch(new RegExp(`^words-\\d{8}-\\d{6}-j${id}$`));
    expect(listRuns(runs)).toHaveLength(2);
    expect((await showModel(database, 'shop')).versions).toMatchObject([{ version: 1, run: second!.id }]);
  });

  it('is cancelled in the middle, and done when it is tried again', async () => {
    worker();
    const id = await add('train', training(200));
    const { progress } = await until(id, (job) => (job.progress as { step?: string })?.step === 'train');
    expect(progress).toMatchObject({ step: 'train', what: { en: 'piece', zh: '片' }, total: 40 });
    await cancel(database, id);
    expect(await until(id, hasEnded)).toMatchObject({ state: 'cancelled' });
    expect(listRuns(runs)).toEqual([]);
    await retry(database, id);
    expect(await until(id, hasEnded)).toMatchObject({ state: 'done', cancelAsked: false });
  });

  it('many workers do many jobs, each once; what is wrong with one is said', async () => {
    for (let i = 0; i < 3; i++) worker();
    const good = await Promise.all(
      Array.from({ length: 6 }, (_, seed) => add('train', training(1, { seed }))),
    );
    const wrong = [
      await add('train', training(0, { input: '/nowhere.csv' })),
      await add('train', training(0, { recipe: 'magic' })),
      await add('train', training(0, { options: { slow: 'very' } })),
      await add('train', training(0, { surprise: 1 })),
      await add('predict', { model: 'nothing', input: file }),
    ];
    for (const id of good) expect(await until(id, hasEnded)).toMatchObject({ state: 'done', attempts: 1 });
    expect(listRuns(runs)).toHaveLength(6);
    const errors = [];
    for (const id of wrong) errors.push((await until(id, hasEnded)).error);
    expect(errors).toEqual([
      expect.stringContaining('There is no file /nowhere.csv'),
      expect.stringContaining('There is no recipe "magic". There are: words'),
      expect.stringContaining('Wrong options'),
      expect.stringContaining('surprise'),
      expect.stringContaining('There is no run "nothing"'),
    ]);
  });

  it('improves a model with its corrections, though its worker is killed, and says why it did not', async () => {
    // The rows that are held out speak in words that no other row has; the corrections explain them.
    wordsFile(file, 200, true);
    const first = worker();
    const made = await until(await add('train', training(50, { model: 'shop' })), hasEnded);
    const { run } = made.result as { run: string };
    await promote(database, { model: 'shop', version: 1, by: 'test' });
    const nothing = await until(
      (await enqueueIterate(database, { model: 'shop', by: 'drift' })).id,
      hasEnded,
    );
    expect(nothing).toMatchObject({ state: 'failed', error: expect.stringContaining('no corrections') });

    const corrections = Array.from({ length: 200 }, (_, i) => ({
      text: `${i % 2 ? 'fine' : 'poor'} one`,
      label: i % 2,
    }));
    await addCorrections(database, run, corrections, 'test');
    first.kill('SIGKILL');
    const { id } = await enqueueIterate(database, { model: 'shop', by: 'drift' });
    const second = worker();
    await until(id, () => existsSync(join(runs, '.jobs', String(id), 'plan.json')));
    second.kill('SIGKILL');
    await endLeases();
    // What comes in meanwhile is the next iteration's.
    await addCorrections(database, run, [{ text: 'fine late', label: 1 }], 'test');
    worker();
    const done = await until(id, hasEnded);
    expect(done, done.error ?? '').toMatchObject({
      state: 'done',
      result: { champion: run, corrections: 140, recent: 60, promote: true },
    });
    const { challenger } = done.result as { challenger: string };
    expect(await aliasTarget(database, 'shop')).toEqual({ version: 2, run: challenger });
    const { comparisons } = await showModel(database, 'shop');
    expect(comparisons).toMatchObject([
      { champion: run, challenger, promoted: true, verdict: { gates: [{ gate: 'latency', passed: true }] } },
    ]);
    const again = await until((await enqueueIterate(database, { model: 'shop', by: 'drift' })).id, hasEnded);
    expect(again).toMatchObject({ state: 'done', result: { promote: false } });
  });

  it('predicts a file, though its worker is killed, by the version that began', async () => {
    worker();
    const made = await until(await add('train', training(0)), hasEnded);
    const { run } = made.result as { run: string };
    const input = wordsFile(join(runs, '..', 'many.csv'), 40_000);
    const calm = await until(await add('predict', { model: run, input }), hasEnded);
    for (const child of children.splice(0)) child.kill('SIGKILL');
    const id = await add('predict', { model: run, input });
    const child = worker();
    await until(id, ({ state, progress }) => state === 'running' && progress !== null);
    child.kill('SIGKILL');
    await endLeases();
    worker();
    const job = await until(id, hasEnded);
    expect(job.result, job.error ?? '').toEqual({ ...(calm.result as object) });
    const output = (of: Job) => readFileSync(join(runs, '.jobs', String(of.id), 'result.csv'), 'utf8');
    expect(output(job)).toBe(output(calm));
    expect(output(job).split('\n')).toHaveLength(40_002);
    expect(readdirSync(join(runs, '.jobs', String(id))).sort()).toEqual([
      'result.csv',
      'result.csv.set-aside.csv',
      'run',
    ]);
  });
});
