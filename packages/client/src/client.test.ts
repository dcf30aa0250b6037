/** The client against answers made by hand; packages/cli tries it on a real server. */
import { describe, expect, it } from 'vitest';
import { ApiError, createClient, type Job } from './index.ts';

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A server that gives these answers in turn. */
function fake(...answers: (Response | Error)[]) {
  const asked: Asked[] = [];
  const client = createClient({
    url: 'http://server/',
    token: 'secret',
    language: 'zh',
    fetch: async (input, init) => {
      const body = init?.body;
      asked.push({
        method: init?.method ?? 'GET',
        path: String(input).slice('http://server'.length),
        headers: new Headers(init?.headers),
        body:
          typeof body === 'string' ? JSON.parse(body) : body instanceof Blob ? await body.text() : undefined,
      });
      const answer = answers.shift() ?? new Error('nothing more');
      if (answer instanceof Error) throw answer;
      return answer;
    },
  });
  return { client, asked };
}

const json = (value: unknown, status = 200, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });

const job = (more: Partial<Job>): Job => ({
  id: 7,
  kind: 'profile',
  about: null,
  revision: 0,
  payload: {},
  state: 'queued',
  attempts: 0,
  cancelAsked: false,
  progress: null,
  result: null,
  error: null,
  by: 'ann',
  createdAt: '',
  startedAt: null,
  finishedAt: null,
  ...more,
});

const event = (id: number, value: Job) => `id: ${id}\nevent: progress\ndata: ${JSON.stringify(value)}\n\n`;

describe('a call', () => {
  it('puts fields where the route has them, and takes lists out of their envelope', async () => {
    const { client, asked } = fake(
      json({ model: 'a/b', alias: 'champion', version: 3 }),
      json({ changes: [] }),
      json({ label: 1 }),
    );
    await client.models.promote({ model: 'a/b', version: 3 });
    expect(await client.audit({ limit: 5, model: undefined })).toEqual([]);
    await client.models.predict({ model: 'shop', request: { texts: ['x'] } });
    expect(asked.map(({ method, path, body }) => [method, path, body])).toEqual([
      ['POST', '/v1/models/a%2Fb/promote', { version: 3 }],
      ['GET', '/v1/audit?limit=5', undefined],
      ['POST', '/v1/models/shop/predict', { texts: ['x'] }],
    ]);
    expect(asked[0]!.headers.get('authorization')).toBe('Bearer secret');
    expect(asked[0]!.headers.get('accept-language')).toBe('zh');
  });

  it('throws what the server says, for programs and for people', async () => {
    const refused = json({ error: { code: 'invalid_request', message: '有误', field: 'version' } }, 400);
    const { client } = fake(
      refused,
      json({ error: 'no tensor' }, 404),
      new Response('<html>', { status: 502 }),
      new TypeError('fetch failed'),
    );
    const failed = (): Promise<ApiError> =>
      client.models.list().then(
        () => Promise.reject(new Error('it did not fail')),
        (error) => error,
      );
    expect(await failed()).toMatchObject({
      status: 400,
      code: 'invalid_request',
      field: 'version',
      message: '有误',
      isPassing: false,
    });
    expect(await failed()).toMatchObject({ status: 404, message: 'no tensor' });
    expect(await failed()).toMatchObject({ status: 502, code: 'no_json', isPassing: true });
    const unreachable = await failed();
    expect(unreachable).toBeInstanceOf(ApiError);
    expect(unreachable).toMatchObject({
      status: 0,
      code: 'unreachable',
      message: expect.stringContaining('http://server'),
    });
  });
});

describe('a job', () => {
  it('is watched to its end, over connections that break off', async () => {
    const running = job({ state: 'running', progress: { done: 1 }, revision: 1 });
    const done = job({ state: 'done', result: { version: 1 }, revision: 2 });
    const { client, asked } = fake(
      json(job({}), 202),
      new Response(`retry: 1000\n\n: still here\n\n${event(1, running)}`),
      new Response(event(2, done)),
    );
    const started = await client.profile({ source: 'dataset:orders' });
    const told: unknown[] = [];
    const { output } = await started.finished({ onProgress: (progress) => told.push(progress) });
    expect(output).toEqual({ version: 1 });
    expect(told).toEqual([{ done: 1 }]);
    expect(asked.map(({ path }) => path)).toEqual(['/v1/profile', '/v1/jobs/7/events', '/v1/jobs/7/events']);
    expect(asked[2]!.headers.get('last-event-id')).toBe('1');
  });

  it('that fails throws its own words', async () => {
    const { client } = fake(
      json(job({}), 202),
      new Response(event(1, job({ state: 'failed', error: 'no such file' }))),
    );
    const started = await client.profile({ source: 'x' });
    await expect(started.finished()).rejects.toMatchObject({ code: 'job_failed', message: 'no such file' });
  });
});

describe('an upload', () => {
  const content = new Blob(['0123456789']);
  const state = { id: 'u', dataset: 'd', file: 'f', bytes: 10, createdAt: '', by: '' };
  const dataset = { name: 'd', versions: [] };

  it('asks how far it is when the line breaks, and goes on from there', async () => {
    const { client, asked } = fake(
      json({ ...state, offset: 0 }, 201),
      new TypeError('socket hang up'),
      json({ ...state, offset: 4 }),
      json({ error: { code: 'refused', message: 'it stands at 6' } }, 409),
      json({ ...state, offset: 6 }),
      json({ offset: 10, dataset }),
    );
    const steps: number[] = [];
    let id = '';
    const made = await client.upload({
      dataset: 'd',
      file: 'f',
      content,
      onBegin: (known) => (id = known),
      onProgress: (done) => steps.push(done),
    });
    expect(made).toEqual(dataset);
    expect(id).toBe('u');
    expect(steps).toEqual([0, 4, 6, 10]);
    expect(
      asked
        .filter(({ method }) => method === 'PATCH')
        .map(({ body, headers }) => [body, headers.get('upload-offset')]),
    ).toEqual([
      ['0123456789', '0'],
      ['456789', '4'],
      ['6789', '6'],
    ]);
  });

  it('is gone on with by its id, and given up where the server refuses it', async () => {
    const { client, asked } = fake(
      json({ ...state, offset: 8 }),
      json({ error: { code: 'refused', message: 'another SHA-256' } }, 400),
    );
    await expect(client.upload({ dataset: 'd', file: 'f', content, id: 'u' })).rejects.toThrow(
      'another SHA-256',
    );
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /v1/uploads/u',
      'PATCH /v1/uploads/u',
    ]);
  });
});
