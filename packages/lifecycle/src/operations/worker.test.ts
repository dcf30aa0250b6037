/** Jobs in real worker processes, which are killed, on both databases. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Random } from '@gradus/base';
import { type FoundRun, listRuns, readRun, runLoop } from '@gradus/loop';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openDatabase } from '../database/open.ts';
import type { Database } from '../database/tables.ts';
import { addCorrections } from '../iteration/feedback.ts';
import { enqueueIterate } from '../jobs/enqueue-iterate.ts';
import { hasEnded } from '../jobs/events.ts';
import { cancel, enqueue, findJob, type Job, retry } from '../jobs/queue.ts';
import { aliasTarget, promote } from '../registry/aliases.ts';
import { showModel } from '../registry/models.ts';
import { describeRun, register } from '../registry/register.ts';
import { onBothDatabases } from '../testing/databases.ts';
import { words, wordsFile } from '../testing/words.ts';

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
    const calm = await runLoop(words, { sources: { data: file }, options: { slow: 30 }, seed: 0, runs });
    const id = await add('train', training(30, { model: 'shop' }));
    const first = worker();
    await until(id, ({ state }) => state === 'running');
    await after(1000 * new Random(7).uniform());
    first.kill('SIGKILL');
    await endLeases();
    worker();
    const job = await until(id, hasEnded);
    expect(job.state, job.error ?? '').toBe('done');
    const made = readRun(join(runs, (job.result as { run: string }).run));
    const scores = (run: FoundRun) => readFileSync(join(run.directory, 'scores.json'), 'utf8');
    expect(scores(made)).toBe(scores(calm));
    expect(made.summary).toEqual(calm.summary);
    expect(made.id).toMatch(new RegExp(`^words-\\d{8}-\\d{6}-j${id}$`));
    expect(listRuns(runs)).toHaveLength(2);
    expect((await showModel(database, 'shop')).versions).toMatchObject([{ version: 1, run: made.id }]);
  });

  it('many workers do many jobs, each once; one is cancelled and tried again; what is wrong is said', async () => {
    for (let i = 0; i < 2; i++) worker();
    const long = await add('train', training(200));
    const good = await Promise.all(
      Array.from({ length: 4 }, (_, seed) => add('train', training(1, { seed }))),
    );
    const wrong = [
      await add('train', training(0, { input: '/nowhere.csv' })),
      await add('train', training(0, { recipe: 'magic' })),
      await add('train', training(0, { options: { slow: 'very' } })),
      await add('train', training(0, { surprise: 1 })),
      await add('predict', { model: 'nothing', input: file }),
    ];
    const { progress } = await until(long, (job) => (job.progress as { step?: string })?.step === 'train');
    expect(progress).toMatchObject({ step: 'train', what: { en: 'piece', zh: '片' }, total: 40 });
    await cancel(database, long);
    expect(await until(long, hasEnded)).toMatchObject({ state: 'cancelled' });
    await retry(database, long);
    for (const id of good) expect(await until(id, hasEnded)).toMatchObject({ state: 'done', attempts: 1 });
    const errors = [];
    for (const id of wrong) errors.push((await until(id, hasEnded)).error);
    expect(errors).toEqual([
      expect.stringContaining('There is no file /nowhere.csv'),
      expect.stringContaining('There is no recipe "magic". There are: words'),
      expect.stringContaining('Wrong options'),
      expect.stringContaining('surprise'),
      expect.stringContaining('There is no run "nothing"'),
    ]);
    expect(await until(long, hasEnded)).toMatchObject({ state: 'done', cancelAsked: false });
    expect(listRuns(runs)).toHaveLength(5);
  });

  it('improves a model with its corrections, though its worker is killed, and says why it did not', async () => {
    // The rows that are held out speak in words that no other row has; the corrections explain them.
    wordsFile(file, 200, true);
    const run = await runLoop(words, { sources: { data: file }, options: { slow: 20 }, seed: 0, runs });
    await register(database, { model: 'shop', run: describeRun(run), by: 'test' });
    await promote(database, { model: 'shop', version: 1, by: 'test' });
    const corrections = Array.from({ length: 200 }, (_, i) => ({
      text: `${i % 2 ? 'fine' : 'poor'} one`,
      label: i % 2,
    }));
    await addCorrections(database, run.id, corrections, 'test');
    const { id } = await enqueueIterate(database, { model: 'shop', by: 'drift' });
    const first = worker();
    await until(id, () => existsSync(join(runs, '.jobs', String(id), 'plan.json')));
    first.kill('SIGKILL');
    await endLeases();
    // What comes in meanwhile is the next iteration's.
    await addCorrections(database, run.id, [{ text: 'fine late', label: 1 }], 'test');
    worker();
    const done = await until(id, hasEnded);
    expect(done, done.error ?? '').toMatchObject({
      state: 'done',
      result: { champion: run.id, corrections: 140, heldBack: 60, promote: true },
    });
    const { challenger } = done.result as { challenger: string };
    expect(await aliasTarget(database, 'shop')).toEqual({ version: 2, run: challenger });
    expect((await showModel(database, 'shop')).comparisons).toMatchObject([
      {
        champion: run.id,
        challenger,
        promoted: true,
        verdict: { gates: [{ gate: 'latency', passed: true }] },
      },
    ]);
    const next = async () =>
      until((await enqueueIterate(database, { model: 'shop', by: 'drift' })).id, hasEnded);
    expect(await next()).toMatchObject({ state: 'done', result: { promote: false } });
    expect(await next()).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('learnt from already'),
    });
  });

  it('predicts a file, though its worker is killed, by the version that began', async () => {
    const run = await runLoop(words, { sources: { data: file }, options: { slow: 0 }, seed: 0, runs });
    const input = join(runs, '..', 'many.csv');
    const texts = Array.from({ length: 10_000 }, (_, i) => `${i % 100 === 0 ? 'slow' : 'good'} ${i}`);
    writeFileSync(input, `text\n${texts.join('\n')}\n`);
    const id = await add('predict', { model: run.id, input });
    const first = worker();
    const part = join(runs, '.jobs', String(id), 'result.csv.part-state');
    await until(id, () => existsSync(part));
    first.kill('SIGKILL');
    const { state } = JSON.parse(readFileSync(part, 'utf8'));
    expect(state.rows).toBeGreaterThan(0);
    expect(state.rows).toBeLessThan(10_000);
    await endLeases();
    worker();
    const job = await until(id, hasEnded);
    expect(job.result, job.error ?? '').toMatchObject({ run: run.id, rows: 10_000, predicted: 10_000 });
    const output = readFileSync(join(runs, '.jobs', String(id), 'result.csv'), 'utf8').split('\r\n');
    expect(output.slice(1, -1).map((line) => line.split(',')[0])).toEqual(texts);
    expect(readdirSync(join(runs, '.jobs', String(id))).sort()).toEqual([
      'result.csv',
      'result.csv.set-aside.csv',
      'run',
    ]);
  });
});
