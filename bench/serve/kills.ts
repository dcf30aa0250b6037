/**
 * Server, worker and database are killed (SIGKILL) at random moments while clients go on. Whatever was acknowledged before must
 * be there in the end: corrections, predictions by their ids, jobs (and each must come to its end), promotions.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Random } from '@gradus/base';
import {
  aliasTarget,
  auditOf,
  describeRun,
  listJobs,
  openDatabase,
  promote,
  register,
} from '@gradus/lifecycle';
import { digitsRun } from '../../packages/lifecycle/src/testing/digits.ts';
import type { Measurement } from '../measurement.ts';
import { killablePostgres } from './postgres.ts';
import { asJson } from './requests.ts';
import { type StartedServer, startServer } from './server.ts';

const KILLS = 50;
/** Milliseconds that everything runs before the next kill, at most. */
const QUIET = 1500;
const MODEL = 'killed';

export async function* kills(runs: string): AsyncGenerator<Measurement> {
  yield await killed('SQLite', join(runs, 'sqlite'), { url: '' });
  const postgres = killablePostgres();
  if (!postgres) {
    yield { what: 'kills on Postgres', gradus: 'not installed: apt-get install postgresql' };
    return;
  }
  try {
    postgres.start();
    yield await killed('Postgres', join(runs, 'postgres'), postgres);
  } finally {
    postgres.remove();
  }
}

interface Place {
  readonly url: string;
  start?(): void;
  kill?(): void;
}

async function killed(name: string, directory: string, place: Place): Promise<Measurement> {
  const runs = join(directory, 'runs');
  const data = join(directory, 'data');
  for (const made of [runs, data]) mkdirSync(made, { recursive: true });
  writeFileSync(join(data, 'digits.csv'), 'row\n1\n');
  const by = 'benchmark';
  const first = await openDatabase(runs, place.url);
  for (const seed of [1, 2]) {
    await register(first, { model: MODEL, run: describeRun(await digitsRun(runs, seed)), by });
  }
  await promote(first, { model: MODEL, version: 1, by });
  await first.destroy();

  const env = { DATABASE_URL: place.url };
  const serve = () =>
    startServer(
      [`models:/${MODEL}@champion`, '--runs', runs, '--data', data, '--workers', '0', '--log-inputs', 'none'],
      { env },
    );
  const work = () =>
    spawn(process.execPath, [new URL('gradus.ts', import.meta.url).pathname, 'worker', '--runs', runs], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
  let server: StartedServer = await serve();
  let worker: ChildProcess = work();
  let stopped = false;
  const acknowledged = {
    corrections: [] as number[],
    predictions: [] as string[],
    jobs: [] as number[],
    promotions: [] as string[],
  };

  const post = async (path: string, body: unknown) => {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: asJson.headers,
      body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
      signal: AbortSignal.timeout(5000),
    });
    return { ok: response.ok, headers: response.headers, value: (await response.json()) as { id?: number } };
  };
  /** Does something over and over, whatever becomes of it. */
  const client = async (pause: number, act: (turn: number) => Promise<void>) => {
    for (let turn = 0; !stopped; turn++) {
      await act(turn).catch(() => undefined);
      await wait(pause);
    }
  };
  const clients = [
    client(20, async (turn) => {
      const { ok } = await post('/v1/feedback', { corrections: [{ row: turn, digit: turn % 10 }] });
      if (ok) acknowledged.corrections.push(turn);
    }),
    client(10, async () => {
      const { ok, headers } = await post(`/v2/models/${MODEL}/infer`, asJson.bodies[0]);
      const id = headers.get('x-gradus-prediction');
      if (ok && id !== null) acknowledged.predictions.push(id);
    }),
    client(700, async (turn) => {
      const payload = { recipe: 'digits', input: 'digits.csv', seed: turn };
      const { ok, value } = await post('/v1/jobs', { kind: 'train', payload });
      if (ok) acknowledged.jobs.push(value.id!);
    }),
    client(300, async (turn) => {
      const database = await openDatabase(runs, place.url);
      try {
        // The champion's own promotion would change nothing, and leave nothing to look for.
        const { version } = await aliasTarget(database, MODEL);
        await promote(database, { model: MODEL, version: 3 - version, by: `client ${turn}` });
        acknowledged.promotions.push(`client ${turn}`);
      } finally {
        await database.destroy();
      }
    }),
  ];

  const random = new Random(0);
  const counts = { server: 0, worker: 0, database: 0 };
  const targets = Object.keys(counts).slice(0, place.kill ? 3 : 2) as (keyof typeof counts)[];
  for (let kill = 0; kill < KILLS; kill++) {
    await wait(QUIET * random.uniform());
    const target = targets[random.below(targets.length)]!;
    counts[target]++;
    if (target === 'server') {
      server.process.kill('SIGKILL');
      server = await serve();
    } else if (target === 'worker') {
      worker.kill('SIGKILL');
      worker = work();
    } else {
      place.kill!();
      place.start!();
    }
  }
  await wait(QUIET);
  stopped = true;
  await Promise.all(clients);

  const database = await openDatabase(runs, place.url);
  const rows = await database.selectFrom('corrections').select('correction').execute();
  const kept = new Set(rows.map(({ correction }) => (JSON.parse(correction) as { row: number }).row));
  const logged = new Set(
    (await database.selectFrom('predictions').select('id').execute()).map(({ id }) => id),
  );
  const ended = async () => {
    const jobs = new Map((await listJobs(database, 100_000)).map((job) => [job.id, job.state]));
    return acknowledged.jobs.filter((id) => jobs.get(id) !== 'done');
  };
  for (let tries = 0; tries < 240 && (await ended()).length > 0; tries++) await wait(500);
  const promoters = new Set((await auditOf(database, { model: MODEL, most: 100_000 })).map(({ who }) => who));
  const lost = {
    corrections: acknowledged.corrections.filter((row) => !kept.has(row)).length,
    predictions: acknowledged.predictions.filter((id) => !logged.has(id)).length,
    jobs: (await ended()).length,
    promotions: acknowledged.promotions.filter((who) => !promoters.has(who)).length,
  };
  await database.destroy();
  worker.kill('SIGTERM');
  await server.stop();
  const told = (Object.keys(lost) as (keyof typeof lost)[]).map(
    (what) => `${acknowledged[what].length} ${what}, ${lost[what]} lost`,
  );
  return {
    what: `SIGKILL at ${KILLS} random moments on ${name} (${Object.entries(counts)
      .map(([target, n]) => `${target} ${n}`)
      .join(', ')})`,
    gradus: `acknowledged: ${told.join('; ')}`,
    peer: '–',
  };
}
