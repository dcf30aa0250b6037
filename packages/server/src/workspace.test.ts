/**
 * A server that opens a workspace: many models by name, datasets and uploads, operations by the client. One workspace holds all
 * that is asked of it, so it is one long file.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { createKey, openDatabase, operationsOf } from '@gradus/lifecycle';
import { moods, moodsRun, words, wordsFile } from '@gradus/lifecycle/testing';
import { type FoundRun, type Recipe, runLoop } from '@gradus/loop';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, serve } from './index.ts';

const program = join(import.meta.dirname, '../../lifecycle/src/testing/worker.ts');
const recipes = [words as unknown as Recipe, moods];

let directory: string;
let runs: string;
let file: string;
let run: FoundRun;
let server: RunningServer;
let children: ChildProcess[] = [];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-workspace-'));
  runs = join(directory, 'runs');
  mkdirSync(runs);
  file = wordsFile(join(directory, 'words.csv'));
  run = await runLoop(words, { sources: { data: file }, options: { slow: 0 }, seed: 0, runs });
  await moodsRun(runs);
  server = await serve({
    runs,
    recipes,
    port: 0,
    maxModels: 2,
    workers: { command: [process.execPath, program, runs], count: 1 },
  });
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

const ask = (path: string, method = 'GET', body?: unknown, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body) }),
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', ...headers },
  });
const json = async <T = Record<string, unknown>>(response: Promise<Response>) =>
  (await (await response).json()) as T;

async function until<T>(what: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = Date.now() + 60_000; ; await after(100)) {
    const found = await what();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('waited in vain');
  }
}
const ended = (id: number) =>
  until(async () => {
    const job = await json<{ state: string; result: unknown; error: string | null }>(ask(`/v1/jobs/${id}`));
    return job.state === 'queued' || job.state === 'running' ? undefined : job;
  });

describe('a workspace without a model', () => {
  it('lives, shows what there is, and answers by the names of its models', async () => {
    expect(await json(fetch(`${server.url}/healthz`))).toEqual({ status: 'ok' });
    expect(await (await ask('/')).text()).toContain(run.id);
    expect((await ask('/report')).status).toBe(404);
    // A run's model is registered when it is first asked for.
    const answer = await ask(`/v1/models/${run.id}/predict`, 'POST', { texts: ['good', 'bad'] });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-gradus-version')).toBe('1');
    expect(await answer.json()).toMatchObject({
      run: run.id,
      results: [{ label: 1 }, { label: 0 }],
      prediction: expect.any(String),
    });
    expect(await json(ask('/v1/models/moods-1/predict', 'POST', { texts: ['short'] }))).toMatchObject({
      results: [{ mood: 'bad' }],
    });
    const { data, models } = await json<{ data: { id: string }[]; models: { name: string }[] }>(
      ask('/v1/models'),
    );
    expect(data.map(({ id }) => id).toSorted()).toEqual([run.id, 'moods-1'].toSorted());
    expect(models.map(({ name }) => name)).toEqual(expect.arrayContaining([run.id]));
    expect(await json(ask('/v2/models/moods-1'))).toMatchObject({
      name: 'moods-1',
      platform: 'onnxruntime_onnx',
    });
    expect(
      await json(ask(`/v1/models/${run.id}/feedback`, 'POST', { corrections: [{ text: 'fine', label: 1 }] })),
    ).toEqual({ recorded: 1 });
    expect(await json(ask(`/v1/models/${run.id}/monitoring`))).toMatchObject({
      model: run.id,
      predictions: { logged: 1 },
    });
  });

  it('opens one more model by closing the one that rests longest', async () => {
    for (const seed of [1, 2]) {
      const other = await runLoop(words, { sources: { data: file }, options: { slow: 0 }, seed, runs });
      expect((await ask(`/v1/models/${other.id}/predict`, 'POST', { texts: ['good'] })).status).toBe(200);
    }
    expect((await ask(`/v1/models/${run.id}/predict`, 'POST', { texts: ['good'] })).status).toBe(200);
  });

  it('says which models there are, and what is wrong with a request, in the language that is preferred', async () => {
    const none = await ask('/v1/models/none/predict', 'POST', { texts: ['x'] });
    expect(none.status).toBe(404);
    expect(await none.json()).toMatchObject({
      error: { message: expect.stringContaining(`there is no model "none"; there are:`) },
    });
    const chinese = await ask(
      '/v1/models/none/predict',
      'POST',
      { texts: ['x'] },
      { 'accept-language': 'zh-CN,zh;q=0.9,en;q=0.5' },
    );
    expect(await chinese.json()).toMatchObject({
      error: { message: expect.stringContaining('没有名为“none”的模型') },
    });
    const wrong = await ask(
      `/v1/models/${run.id}/predict`,
      'POST',
      { texts: [7] },
      { 'accept-language': 'zh' },
    );
    expect(wrong.status).toBe(400);
    expect(await wrong.json()).toMatchObject({
      error: { code: 'invalid_request', field: 'texts.0', message: 'texts.0：无效输入：应为文本' },
    });
    for (const name of ['..', '.%2e', 'a%2Fb', '%2Fetc', 'runs:x']) {
      expect(
        (await ask(`/v1/models/${name}/predict`, 'POST', { texts: ['x'] })).status,
        name,
      ).toBeGreaterThanOrEqual(400);
    }
    for (const body of ['{"texts":[NaN]}', '{"texts":[Infinity]}']) {
      const response = await fetch(`${server.url}/v1/models/${run.id}/predict`, {
        method: 'POST',
        body,
        headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      });
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('not JSON');
    }
  });

  it('says that a model cannot be opened whose run has gone, and opens it when it is back', async () => {
    const gone = await runLoop(words, { sources: { data: file }, options: { slow: 0 }, seed: 9, runs });
    await ask('/v1/models/vanishing/versions', 'POST', { run: gone.id });
    await ask('/v1/models/vanishing/promote', 'POST', { version: 1 });
    renameSync(gone.directory, join(directory, 'away'));
    const response = await ask('/v1/models/vanishing/predict', 'POST', { texts: ['x'] });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      error: { code: 'model_unavailable', message: expect.stringContaining(gone.id) },
    });
    renameSync(join(directory, 'away'), gone.directory);
    expect((await ask('/v1/models/vanishing/predict', 'POST', { texts: ['x'] })).status).toBe(200);
  });

  it('can be opened by two servers at once', async () => {
    const second = await serve({ runs, recipes, port: 0 });
    const headers = { authorization: `Bearer ${second.token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${second.url}/v1/models/${run.id}/predict`, {
      method: 'POST',
      headers,
      body: '{"texts":["good"]}',
    });
    expect(answer.status).toBe(200);
    await ask('/v1/keys', 'POST', { name: 'made-by-the-first' });
    expect(await (await fetch(`${second.url}/v1/keys`, { headers })).text()).toContain('made-by-the-first');
    await second.close();
  });
});

describe('operations over HTTP', () => {
  it('are all in the OpenAPI document, with what they take and give', async () => {
    const { paths } = await json<{
      paths: Record<
        string,
        Record<string, { operationId: string; responses: Record<string, { content?: object }> }>
      >;
    }>(ask('/openapi.json'));
    for (const { name, http } of operationsOf(recipes)) {
      const described = paths[http.path.replace(/:(\w+)/g, '{$1}')]?.[http.method];
      expect(described?.operationId, name).toBe(name);
      const [answer] = Object.entries(described!.responses)
        .find(([status]) => status.startsWith('2'))!
        .slice(1);
      expect((answer as { content?: object }).content, name).toBeDefined();
    }
  });

  it('need the scope that they say', async () => {
    const database = await openDatabase(runs);
    const key = await createKey(database, { name: 'reader', scopes: ['read'] });
    await database.destroy();
    const as = { authorization: `Bearer ${key}` };
    for (const { name, scope, http } of operationsOf(recipes)) {
      const path = http.path.replace(/:\w+/g, '1');
      const { status } = await ask(
        path,
        http.method.toUpperCase(),
        http.method === 'get' || http.method === 'delete' ? undefined : {},
        as,
      );
      if (scope !== 'read') expect(status, name).toBe(403);
      else expect(status, name).not.toBe(403);
    }
    const added = await ask('/v1/alerts', 'POST', { url: 'http://127.0.0.1:1/x', allowPrivate: true });
    expect(added.status).toBe(201);
    const admin = await createAdmin();
    const refused = await ask(
      '/v1/alerts',
      'POST',
      { url: 'http://127.0.0.1:2/x', allowPrivate: true },
      { authorization: `Bearer ${admin}` },
    );
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain('Only whoever runs the server');
  });

  async function createAdmin(): Promise<string> {
    const { key } = await json<{ key: string }>(
      ask('/v1/keys', 'POST', { name: 'admin', scopes: ['admin'] }),
    );
    return key;
  }

  it('refuse a query that is none, and read nothing that they may not', async () => {
    for (const [path, message] of [
      ['/v1/runs/latest/metrics?limit=x', /limit: ..x.. is wrong. Expected a whole number/],
      ['/v1/runs/latest/metrics?limit=0', /from 1 to 10000/],
      ['/v1/runs/latest/metrics?colour=red', /colour/],
      ['/v1/audit?limit=Infinity', /whole number/],
    ] as const) {
      const response = await ask(path);
      expect(response.status, path).toBe(400);
      expect(await response.text()).toMatch(message);
    }
    expect((await ask('/v1/profile', 'POST', { source: '/etc/passwd' })).status).toBe(400);
    expect((await ask('/v1/profile', 'POST', { source: 's3://x/y.csv' })).status).toBe(400);
    expect((await ask('/v1/recipes/words', 'POST', { data: 'dataset:none' })).status).toBe(404);
    expect((await ask('/v1/recipes/words', 'POST', { data: 'dataset:none', slow: 'very' })).status).toBe(400);
    expect((await ask(`/v1/runs/${run.id}/files/run.json`)).status).toBe(404);
    expect((await ask(`/v1/runs/${run.id}/files/..%2F..%2F.token`)).status).toBe(404);
  });
});

describe('uploads over HTTP', () => {
  const bytes = Buffer.from(
    `text,label\n${Array.from({ length: 3000 }, (_, i) => `${i % 2 ? 'good' : 'bad'} ${i},${i % 2}`).join('\n')}\n`,
  );
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const begin = (dataset: string) =>
    json<{ id: string }>(
      ask('/v1/uploads', 'POST', { dataset, file: 'words.csv', bytes: bytes.length, sha256 }),
    );
  const patch = (url: string, token: string, id: string, offset: number, body: Buffer) =>
    fetch(`${url}/v1/uploads/${id}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/offset+octet-stream',
        'upload-offset': String(offset),
      },
      body: new Uint8Array(body),
    });

  it('become datasets, which jobs learn from and people look at', async () => {
    const { id } = await begin('reviews');
    expect((await patch(server.url, server.token, id, 5, bytes)).status).toBe(409);
    const first = await patch(server.url, server.token, id, 0, bytes.subarray(0, 1000));
    expect(first.headers.get('upload-offset')).toBe('1000');
    const head = await ask(`/v1/uploads/${id}`, 'HEAD');
    expect([head.headers.get('upload-offset'), head.headers.get('upload-length')]).toEqual([
      '1000',
      String(bytes.length),
    ]);
    expect(await json(patch(server.url, server.token, id, 1000, bytes.subarray(1000)))).toMatchObject({
      dataset: { name: 'reviews' },
    });
    expect(await json(ask('/v1/datasets'))).toMatchObject({ datasets: [{ name: 'reviews' }] });
    expect(await json(ask('/v1/datasets/reviews/rows?offset=2&limit=2'))).toMatchObject({
      columns: ['text', 'label'],
      rows: [{ row: 3, cells: ['bad 2', '0'] }, { row: 4 }],
      more: true,
    });
    const job = await json<{ id: number }>(
      ask('/v1/recipes/words', 'POST', { data: 'dataset:reviews', slow: 0, model: 'learnt' }),
    );
    const { state, result, error } = await ended(job.id);
    expect(state, error ?? '').toBe('done');
    expect(result).toMatchObject({
      model: 'learnt',
      version: 1,
      report: expect.stringMatching(/^\/v1\/runs\/words-/),
    });
    const profile = await json<{ id: number }>(ask('/v1/datasets/reviews/profile', 'POST', {}));
    expect(await ended(profile.id)).toMatchObject({ state: 'done', result: { rows: { count: 3000 } } });
    expect(await (await ask(`/v1/jobs/${profile.id}/result?file=profile/profile.json`)).json()).toMatchObject(
      { version: 1 },
    );
    expect((await ask(`/v1/jobs/${profile.id}/result?file=../../.token`)).status).toBe(404);
    const fits = await json<{ id: number }>(ask('/v1/datasets/reviews/fits', 'POST', {}));
    expect(await ended(fits.id)).toMatchObject({ state: 'done', result: [{ recipe: 'words', score: 0 }] });
    expect(await json(ask('/v1/datasets/reviews', 'DELETE'))).toEqual({ removed: 'reviews' });
  });

  it('are larger than any body may be', async () => {
    const large = randomBytes(25 * 2 ** 20);
    const { id } = await json<{ id: string }>(
      ask('/v1/uploads', 'POST', { dataset: 'large', file: 'x.bin', bytes: large.length }),
    );
    expect((await patch(server.url, server.token, id, 0, large)).status).toBe(200);
    const [version] = (await json<{ versions: { sha256: string }[] }>(ask('/v1/datasets/large'))).versions;
    expect(version!.sha256).toBe(createHash('sha256').update(large).digest('hex'));
  });

  it('survive a server that is killed', async () => {
    const start = async () => {
      const child = spawn(process.execPath, [join(import.meta.dirname, 'testing/serve-workspace.ts'), runs]);
      children.push(child);
      const [line] = (
        await new Promise<string>((resolve) => child.stdout.once('data', (text) => resolve(String(text))))
      ).split('\n');
      return { child, ...(JSON.parse(line!) as { url: string; token: string }) };
    };
    const { id } = await begin('survivor');
    const first = await start();
    // The connection is still open when the server dies.
    const half = bytes.subarray(0, 20_000);
    const body = new ReadableStream({
      async start(controller) {
        controller.enqueue(new Uint8Array(half));
      },
    });
    const dying = fetch(`${first.url}/v1/uploads/${id}`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${first.token}`, 'upload-offset': '0' },
      body,
      duplex: 'half',
    } as RequestInit).catch(() => undefined);
    await until(async () =>
      (await json<{ offset: number }>(ask(`/v1/uploads/${id}`))).offset === half.length ? true : undefined,
    );
    first.child.kill('SIGKILL');
    await dying;
    const second = await start();
    const headers = { authorization: `Bearer ${second.token}` };
    const { offset } = (await (await fetch(`${second.url}/v1/uploads/${id}`, { headers })).json()) as {
      offset: number;
    };
    expect(offset).toBe(half.length);
    const done = await patch(second.url, second.token, id, offset, bytes.subarray(offset));
    expect(await done.json()).toMatchObject({ dataset: { versions: [{ sha256 }] } });
    second.child.kill('SIGKILL');
    expect(existsSync(join(runs, '.uploads', id))).toBe(false);
  });
});

describe('a workspace of another time', () => {
  it('is brought up to date, and nothing of it is lost', async () => {
    const old = join(directory, 'old');
    mkdirSync(old);
    const database = await openDatabase(old, '');
    await createKey(database, { name: 'kept', scopes: ['read'] });
    // As it was before jobs were told apart by what they are about, and anything was watched.
    for (const table of [
      'predictions',
      'outcomes',
      'watchWindows',
      'driftReferences',
      'trafficIntervals',
      'webhooks',
      'deliveries',
    ] as const) {
      await database.schema.dropTable(table).execute();
    }
    await database.schema.alterTable('corrections').dropColumn('prediction').execute();
    await database
      .deleteFrom('kysely_migration' as never)
      .where('name' as never, 'in', ['007-monitoring', '008-arrival-of-predictions'] as never)
      .execute();
    await database.destroy();
    const opened = await serve({ runs: old, recipes, port: 0 });
    const headers = { authorization: `Bearer ${opened.token}` };
    expect(await (await fetch(`${opened.url}/v1/keys`, { headers })).text()).toContain('kept');
    expect((await fetch(`${opened.url}/v1/alerts`, { headers })).status).toBe(200);
    await opened.close();
  });

  it('that is damaged says so', async () => {
    const damaged = join(directory, 'damaged');
    mkdirSync(damaged);
    writeFileSync(join(damaged, 'gradus.db'), 'this is no database, whatever its name says '.repeat(50));
    await expect(serve({ runs: damaged, recipes, port: 0 })).rejects.toThrow(/gradus.db cannot be opened/);
    expect(readFileSync(join(damaged, 'gradus.db'), 'utf8')).toContain('this is no database');
  });
});
