/** Jobs through a real server, with its own worker process. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { createKey, type Job, openDatabase } from '@gradus/lifecycle';
import { words, wordsFile } from '@gradus/lifecycle/testing';
import { type FoundRun, type Recipe, runLoop } from '@gradus/loop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, serve } from '../../index.ts';

const program = join(import.meta.dirname, '../../../../lifecycle/src/testing/worker.ts');

let directory: string;
let runs: string;
let data: string;
let run: FoundRun;
let server: RunningServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-jobs-'));
  [runs, data] = [join(directory, 'runs'), join(directory, 'data')];
  mkdirSync(runs);
  mkdirSync(join(data, 'more'), { recursive: true });
  const input = wordsFile(join(data, 'words.csv'));
  run = await runLoop(words, { sources: { data: input }, options: { slow: 0 }, seed: 0, runs });
  server = await serve({
    model: run.id,
    runs,
    recipes: [words as unknown as Recipe],
    port: 0,
    workers: { command: [process.execPath, program, runs], count: 1 },
    data,
  });
});
afterAll(async () => {
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

const ask = (path: string, method = 'GET', body?: unknown, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', ...headers },
  });
const json = async (response: Promise<Response>) => (await (await response).json()) as never;
const post = (kind: string, payload: object) => ask('/v1/jobs', 'POST', { kind, payload });
const training = (slow: number) => ({ recipe: 'words', input: 'words.csv', options: { slow } });
const add = async (kind: string, payload: object) => (await json(post(kind, payload))) as Job;

async function until(id: number, holds: (job: Job) => boolean): Promise<Job> {
  for (const deadline = Date.now() + 100_000; ; await after(100)) {
    const job = (await json(ask(`/v1/jobs/${id}`))) as Job;
    if (holds(job)) return job;
    if (Date.now() > deadline) throw new Error(`waited in vain; job ${id} is ${JSON.stringify(job)}`);
  }
}
const ended = ({ state }: Job) => state !== 'queued' && state !== 'running';

interface Event {
  readonly id: number;
  readonly event: string;
  readonly job: Job;
}

/** The events of a stream as they come. */
async function* eventsOf(response: Response): AsyncGenerator<Event> {
  let text = '';
  for await (const bytes of response.body!.pipeThrough(new TextDecoderStream())) {
    text += bytes;
    for (let at = text.indexOf('\n\n'); at >= 0; at = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, at)
          .split('\n')
          .map((line) => line.split(/: (.*)/s, 2)),
      );
      text = text.slice(at + 2);
      if (fields.data) {
        yield { id: Number(fields.id), event: fields.event, job: JSON.parse(fields.data) as Job };
      }
    }
  }
}

describe('a job over HTTP', () => {
  it('is asked for, told as it goes, gone on with from the last event, and ends', async () => {
    const response = await post('train', training(100));
    expect(response.status).toBe(202);
    const { id } = (await response.json()) as Job;
    expect(response.headers.get('location')).toBe(`/v1/jobs/${id}`);
    const stream = await ask(`/v1/jobs/${id}/events`);
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const first: Event[] = [];
    for await (const event of eventsOf(stream)) {
      first.push(event);
      // Leaving the loop closes the connection.
      if (event.job.progress) break;
    }
    const { id: last, job } = first.at(-1)!;
    expect(job).toMatchObject({ state: 'running', kind: 'train' });
    const rest: Event[] = [];
    const again = ask(`/v1/jobs/${id}/events`, 'GET', undefined, { 'last-event-id': String(last) });
    for await (const event of eventsOf(await again)) rest.push(event);
    expect(rest.every((event) => event.id > last)).toBe(true);
    const ids = rest.map((event) => event.id);
    expect(ids).toEqual([...new Set(ids)].toSorted((a, b) => a - b));
    expect(rest.at(-1)).toMatchObject({ event: 'end', job: { state: 'done' } });
    const over = ask(`/v1/jobs/${id}/events`, 'GET', undefined, { 'last-event-id': String(ids.at(-1)) });
    expect((await over).status).toBe(204);
    expect((await json(ask('/v1/jobs'))) as { jobs: Job[] }).toMatchObject({ jobs: [{ id, by: 'owner' }] });
  });

  it('is cancelled and tried again', async () => {
    const { id } = await add('train', training(250));
    await until(id, ({ state }) => state === 'running');
    expect((await ask(`/v1/jobs/${id}/cancel`, 'POST')).status).toBe(200);
    expect(await until(id, ended)).toMatchObject({ state: 'cancelled' });
    expect(await json(ask(`/v1/jobs/${id}/cancel`, 'POST'))).toMatchObject({
      error: { message: expect.stringContaining('has ended already') },
    });
    expect(await json(ask(`/v1/jobs/${id}/retry`, 'POST'))).toMatchObject({ state: 'queued' });
    await ask(`/v1/jobs/${id}/cancel`, 'POST');
    await until(id, ended);
  });

  it('predicts a file, whose result can be fetched', async () => {
    writeFileSync(join(data, 'more', 'new.csv'), 'text\ngood\nbad\ncrash\n');
    const payload = { model: run.id, input: 'more/new.csv', format: 'jsonl' };
    const { id } = await add('predict', payload);
    const early = await ask(`/v1/jobs/${id}/result`);
    expect([200, 404]).toContain(early.status);
    await early.text();
    expect(await until(id, ended)).toMatchObject({
      state: 'done',
      result: { run: run.id, rows: 3, predicted: 2, setAside: 1 },
    });
    const result = await ask(`/v1/jobs/${id}/result`);
    expect(result.headers.get('content-disposition')).toContain(`job-${id}-result.jsonl`);
    const lines = (await result.text()).trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).answer.label)).toEqual([1, 0]);
    expect(await (await ask(`/v1/jobs/${id}/result?file=set-aside`)).text()).toContain('it crashed');
  });

  it('reads no file but those it may', async () => {
    writeFileSync(join(directory, 'secret.csv'), 'text\nsecret\n');
    writeFileSync(join(data, '.hidden.csv'), 'text\nhidden\n');
    symlinkSync(join(directory, 'secret.csv'), join(data, 'link.csv'));
    symlinkSync(directory, join(data, 'up'));
    const inputs = [
      '../secret.csv',
      join(directory, 'secret.csv'),
      '/etc/passwd',
      'link.csv',
      'up/secret.csv',
      'up/runs/.token',
      '.hidden.csv',
      'more',
      '*.csv',
      'postgres://localhost/x#y',
      'words.csv\u0000',
      '',
    ];
    for (const input of inputs) {
      const response = await post('predict', { model: run.id, input });
      expect(response.status, input).toBe(400);
      expect(JSON.stringify(await response.json()), input).not.toContain('secret,');
    }
    for (const model of ['../data', `${runs}/${run.id}`, './x', 'models:/../x@y', 'runs:/../../etc/model']) {
      expect((await post('predict', { model, input: 'words.csv' })).status, model).toBe(400);
      expect((await post('iterate', { model })).status, model).toBe(400);
    }
    expect((await post('predict', { model: run.id, input: join(data, 'words.csv') })).status).toBe(202);
  });

  it('reads no file that has become a link while it waited', async () => {
    const busy = await add('train', training(100));
    const inputs = ['swap.csv', 'swapped/swap.csv'];
    mkdirSync(join(data, 'swapped'));
    for (const input of inputs) writeFileSync(join(data, input), 'text\ngood\n');
    const jobs = await Promise.all(inputs.map((input) => add('predict', { model: run.id, input })));
    const secret = join(directory, 'swap.csv');
    writeFileSync(secret, 'text\nsecret\n');
    rmSync(join(data, 'swap.csv'));
    symlinkSync(secret, join(data, 'swap.csv'));
    rmSync(join(data, 'swapped'), { recursive: true });
    symlinkSync(directory, join(data, 'swapped'));
    await ask(`/v1/jobs/${busy.id}/cancel`, 'POST');
    for (const { id } of jobs) {
      expect(await until(id, ended)).toMatchObject({
        state: 'failed',
        error: expect.stringContaining('no longer a file inside'),
      });
      expect((await ask(`/v1/jobs/${id}/result`)).status).toBe(404);
    }
  });

  it('is refused where it is none, or the key may not', async () => {
    const wrong: [string, object][] = [
      ['magic', {}],
      ['train', { recipe: 'words' }],
      ['train', { ...training(0), output: '/tmp/x' }],
      ['predict', { model: run.id, input: 'words.csv', format: 'exe' }],
      ['iterate', { model: run.id, gates: { speed: 1 } }],
    ];
    for (const [kind, payload] of wrong) expect((await post(kind, payload)).status).toBe(400);
    for (const id of ['0', '99999', 'x', '1e3', '-1']) {
      expect((await ask(`/v1/jobs/${id}`)).status, id).toBe(404);
      expect((await ask(`/v1/jobs/${id}/events`)).status, id).toBe(404);
      expect((await ask(`/v1/jobs/${id}/cancel`, 'POST')).status, id).toBe(404);
    }
    expect((await ask('/v1/jobs/1/events', 'GET', undefined, { 'last-event-id': 'x' })).status).toBe(400);
    const database = await openDatabase(runs);
    const key = await createKey(database, { name: 'viewer', scopes: ['read'] });
    await database.destroy();
    const as = { authorization: `Bearer ${key}` };
    expect((await ask('/v1/jobs', 'GET', undefined, as)).status).toBe(200);
    expect((await ask('/v1/jobs', 'POST', { kind: 'iterate', payload: {} }, as)).status).toBe(403);
    expect((await fetch(`${server.url}/v1/jobs`)).status).toBe(401);
  });

  it('improves a model once at a time, and says why there is nothing to improve', async () => {
    const busy = await add('train', training(100));
    const first = await post('iterate', { model: run.id });
    const second = await post('iterate', { model: `models:/${run.id}@champion` });
    expect([first.status, second.status]).toEqual([202, 200]);
    const { id, about } = (await first.json()) as Job;
    expect(about).toBe(run.id);
    expect(((await second.json()) as Job).id).toBe(id);
    await ask(`/v1/jobs/${busy.id}/cancel`, 'POST');
    expect(await until(id, ended)).toMatchObject({
      state: 'failed',
      error: expect.stringContaining('no corrections'),
    });
  });

  it('comes round by schedule', async () => {
    const path = `/v1/schedules/${encodeURIComponent('nightly-夜间')}`;
    const request = { everySeconds: 3600, job: { kind: 'iterate', payload: { model: run.id } } };
    expect(await json(ask(path, 'PUT', request))).toMatchObject({
      kind: 'iterate',
      about: run.id,
      everySeconds: 3600,
      nextAt: expect.any(String),
    });
    expect(await json(ask('/v1/schedules'))).toMatchObject({ schedules: [{ name: 'nightly-夜间' }] });
    expect(await json(ask(path))).toMatchObject({ payload: { model: `models:/${run.id}@champion` } });
    const outside = {
      ...request,
      job: { kind: 'predict', payload: { model: run.id, input: '/etc/passwd' } },
    };
    for (const [body, message] of [
      [{ ...request, everySeconds: 1 }, /everySeconds/],
      [outside, /no file/],
      [{ ...request, job: { kind: 'x' } }, /job/],
    ] as const) {
      const response = await ask(path, 'PUT', body);
      expect(response.status).toBe(400);
      expect(JSON.stringify(await response.json())).toMatch(message);
    }
    expect((await ask('/v1/schedules/-x', 'PUT', request)).status).toBe(400);
    expect((await ask(path, 'DELETE')).status).toBe(200);
    expect((await ask(path, 'DELETE')).status).toBe(404);
    expect((await ask(path)).status).toBe(404);
  });

  it('stands in the OpenAPI document', async () => {
    const { paths } = (await json(ask('/openapi.json'))) as { paths: Record<string, Record<string, object>> };
    expect(
      Object.keys(paths)
        .filter((path) => /^\/v1\/(?:jobs|schedules)/.test(path))
        .toSorted(),
    ).toEqual([
      '/v1/jobs',
      '/v1/jobs/{id}',
      '/v1/jobs/{id}/cancel',
      '/v1/jobs/{id}/events',
      '/v1/jobs/{id}/result',
      '/v1/jobs/{id}/retry',
      '/v1/schedules',
      '/v1/schedules/{name}',
    ]);
    expect(JSON.stringify(paths['/v1/jobs']!.post)).toContain('the file to learn from');
  });
});
