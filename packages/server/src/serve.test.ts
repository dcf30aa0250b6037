/** A real server on a real socket: the Open Inference Protocol, tokens, overload. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Random } from '@gradus/base';
import { compile } from '@gradus/engine/node';
import { createKey, openDatabase, revokeKey } from '@gradus/lifecycle';
import { digits, digitsRun } from '@gradus/lifecycle/testing';
import type { FoundRun } from '@gradus/loop';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RunningServer, serve } from './index.ts';

let directory: string;
let runs: string;
let run: FoundRun;
let server: RunningServer;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-server-'));
  runs = join(directory, 'runs');
  mkdirSync(runs);
  run = await digitsRun(runs);
  server = await serve({ model: run.id, runs, recipes: [digits as never], port: 0 });
});
afterAll(async () => {
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

const ask = (path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(server.url + path, {
    ...(body !== undefined && {
      method: 'POST',
      body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
    }),
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', ...headers },
  });
const json = async (response: Promise<Response>) => (await (await response).json()) as never;

const image = (seed: number) => {
  const random = new Random(seed);
  return Array.from({ length: 784 }, () => random.uniform());
};
const infer = (rows: number[][], more: object = {}) => ({
  inputs: [{ name: 'x', shape: [rows.length, 784], datatype: 'FP32', data: rows.flat() }],
  ...more,
});
let model: string;

async function expected(rows: number[][]): Promise<number[]> {
  const graph = await compile(readFileSync(join(run.directory, 'model.onnx')));
  const x = { dtype: 'float32', dims: [rows.length, 784], data: Float32Array.from(rows.flat()) } as const;
  const { probabilities } = await graph.run({ x });
  await graph.close();
  return Array.from(probabilities!.data as Float32Array);
}

const near = (got: readonly number[], wanted: readonly number[]) => {
  expect(got.length).toBe(wanted.length);
  for (const [i, value] of wanted.entries()) expect(got[i]!).toBeCloseTo(value, 6);
};

describe('the Open Inference Protocol', () => {
  beforeAll(async () => {
    model = ((await json(ask('/healthz'))) as { model: string }).model;
  });

  it('describes server and model', async () => {
    expect(await json(ask('/v2'))).toMatchObject({ name: 'gradus', extensions: ['binary_tensor_data'] });
    expect((await fetch(`${server.url}/v2/health/ready`)).status).toBe(200);
    expect(await json(ask(`/v2/models/${model}`))).toMatchObject({
      name: model,
      platform: 'onnxruntime_onnx',
      inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, 784] }],
      outputs: [{ name: 'probabilities', datatype: 'FP32', shape: [-1, 10] }],
    });
  });

  it('answers as the model by itself does, whatever comes together in a batch', async () => {
    const requests = Array.from({ length: 60 }, (_, i) =>
      Array.from({ length: 1 + (i % 3) }, (_, k) => image(10 * i + k)),
    );
    const answers = await Promise.all(
      requests.map((rows, i) => json(ask(`/v2/models/${model}/infer`, infer(rows, { id: `${i}` })))),
    );
    for (const [i, answer] of (
      answers as { id: string; outputs: { shape: number[]; data: number[] }[] }[]
    ).entries()) {
      expect(answer.id).toBe(String(i));
      expect(answer.outputs[0]!.shape).toEqual([requests[i]!.length, 10]);
      near(answer.outputs[0]!.data, await expected(requests[i]!));
    }
  });

  it('takes and gives raw bytes behind the JSON', async () => {
    const row = image(1);
    const bytes = new Uint8Array(Float32Array.from(row).buffer);
    const head = new TextEncoder().encode(
      JSON.stringify({
        inputs: [
          { name: 'x', shape: [1, 784], datatype: 'FP32', parameters: { binary_data_size: bytes.length } },
        ],
        outputs: [{ name: 'probabilities', parameters: { binary_data: true } }],
      }),
    );
    const response = await ask(`/v2/models/${model}/infer`, Buffer.concat([head, bytes]), {
      'inference-header-content-length': String(head.length),
      'content-type': 'application/octet-stream',
    });
    const body = Buffer.from(await response.arrayBuffer());
    const length = Number(response.headers.get('inference-header-content-length'));
    expect(JSON.parse(body.subarray(0, length).toString())).toMatchObject({
      outputs: [{ name: 'probabilities', shape: [1, 10], parameters: { binary_data_size: 40 } }],
    });
    const data = new Float32Array(new Uint8Array(body.subarray(length)).buffer);
    near(Array.from(data), await expected([row]));
  });

  it('refuses what the model does not take, in its own form, and says what it does', async () => {
    const row = image(2);
    const [x] = infer([row]).inputs;
    const refused: [unknown, RegExp][] = [
      [{ inputs: [] }, /inputs/],
      [{ inputs: [{ ...x, name: 'y' }] }, /there is no input "y"; there are: x/],
      [{ inputs: [x, x] }, /given twice/],
      [{ inputs: [{ ...x, shape: [784] }] }, /has shape \[784\]; expected \[any \(batch\), 784\]/],
      [{ inputs: [{ ...x, shape: [1, 783] }] }, /expected \[any \(batch\), 784\]/],
      [{ inputs: [{ ...x, shape: [0, 784], data: [] }] }, /expected at least 1/],
      [{ inputs: [{ ...x, shape: [2 ** 30, 784] }] }, /elements; expected at most/],
      [{ inputs: [{ ...x, datatype: 'INT64' }] }, /datatype INT64; expected FP32/],
      [{ inputs: [{ ...x, data: row.slice(1) }] }, /783 values; its shape asks for 784/],
      [{ inputs: [{ ...x, data: ['a', ...row.slice(1)] }] }, /value 0: "a" is not a number/],
      [{ inputs: [{ ...x, data: [null, ...row.slice(1)] }] }, /value 0: null is not a number/],
      [{ inputs: [{ ...x, data: [1e39, ...row.slice(1)] }] }, /value 0: 1e\+39 is not within the range/],
      [{ inputs: [{ ...x, data: undefined }] }, /has no data/],
      [
        { inputs: [{ ...x, data: undefined, parameters: { binary_data_size: 4 } }] },
        /4 bytes behind the JSON; there are 0/,
      ],
      [infer([row], { outputs: [{ name: 'z' }] }), /no output "z"/],
      [infer([row], { surprise: 1 }), /surprise/],
    ];
    for (const [body, reason] of refused) {
      const response = await ask(`/v2/models/${model}/infer`, body);
      expect(response.status).toBe(400);
      expect((await response.json()) as never).toEqual({ error: expect.stringMatching(reason) });
    }
    const unknown = await ask('/v2/models/__proto__/infer', infer([row]));
    expect(unknown.status).toBe(404);
    expect(await unknown.json()).toEqual({ error: expect.stringContaining(`there are: ${model}`) });
    expect((await ask(`/v2/models/${model}/versions/99/infer`, infer([row]))).status).toBe(404);
    const nan = new Uint8Array(new Float32Array(784).fill(Number.NaN).buffer);
    const head = new TextEncoder().encode(
      JSON.stringify({ inputs: [{ ...x, data: undefined, parameters: { binary_data_size: nan.length } }] }),
    );
    const poisoned = await ask(`/v2/models/${model}/infer`, Buffer.concat([head, nan]), {
      'inference-header-content-length': String(head.length),
    });
    expect(await poisoned.json()).toEqual({ error: expect.stringContaining('NaN is not a finite number') });
  });
});

describe('the server', () => {
  it('is open to its token only, whose file nobody else may read', async () => {
    for (const path of ['/report', '/metrics', '/openapi.json', `/v2/models/${model}`]) {
      expect((await fetch(server.url + path)).status, path).toBe(401);
      expect((await ask(path)).status, path).toBe(200);
    }
    expect((await ask('/metrics', undefined, { authorization: 'Bearer gradus_other' })).status).toBe(401);
    expect(statSync(join(runs, '.token')).mode & 0o077).toBe(0);
  });

  it('gives others keys with scopes and a rate, until they are revoked', async () => {
    const database = await openDatabase(runs);
    const key = await createKey(database, { name: 'shop', scopes: ['predict'], rate: 2 });
    const as = (path: string, body?: unknown) => ask(path, body, { authorization: `Bearer ${key}` });
    expect((await as('/v1/digits', { images: [image(3)] })).status).toBe(200);
    expect(await json(as('/metrics'))).toMatchObject({ error: { code: 'missing_scope' } });
    const feedback = { corrections: [{ row: 1, digit: 3 }] };
    expect((await as('/v1/feedback', feedback)).status).toBe(403);
    const many = await Promise.all(
      Array.from({ length: 10 }, () => as('/v1/digits', { images: [image(3)] })),
    );
    expect(many.filter(({ status }) => status === 429).length).toBeGreaterThan(6);
    expect(JSON.stringify(await database.selectFrom('keys').selectAll().execute())).not.toContain(key);
    await expect(createKey(database, { name: 'shop', scopes: ['predict'] })).rejects.toThrow(/already/);
    await expect(createKey(database, { name: 'x', scopes: ['all'] })).rejects.toThrow(/There are: predict/);
    await revokeKey(database, 'shop');
    await database.destroy();
    for (;;) {
      const { status } = await as('/v1/digits', { images: [image(3)] });
      if (status === 401) break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  });

  it('takes the token out of the address, and leaves the browser a session that is no token', async () => {
    const response = await fetch(`${server.url}/docs?token=${server.token}&x=1`, { redirect: 'manual' });
    expect([response.status, response.headers.get('location')]).toEqual([303, '/docs?x=1']);
    const cookie = response.headers.get('set-cookie')!;
    expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
    const session = cookie.split(';')[0]!;
    expect(session).toMatch(new RegExp(`^gradus_session_${new URL(server.url).port}=[\\w-]{43}$`));
    expect(cookie).not.toContain(server.token);
    const asToken = { authorization: `Bearer ${session.split('=')[1]}` };
    expect((await ask('/docs', undefined, asToken)).status).toBe(401);
    const page = await fetch(`${server.url}/docs`, { headers: { cookie: session } });
    const text = await page.text();
    expect(text).toContain('/v1/digits');
    // What one asks a model comes before what only its owner may do.
    expect(text.indexOf('/v1/digits')).toBeLessThan(text.indexOf('POST /v1/train'));
  });

  it('signs a browser in by a form, and out again', async () => {
    const ours = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/x-www-form-urlencoded' };
    const send = (path: string, body: string, headers: Record<string, string> = ours) =>
      fetch(server.url + path, { method: 'POST', body, headers, redirect: 'manual' });
    const refused = await fetch(`${server.url}/docs`, { headers: { accept: 'text/html' } });
    expect(refused.status).toBe(401);
    expect(await refused.text()).toContain('<form method="post" action="/sign-in">');
    const token = `token=${encodeURIComponent(server.token)}`;
    expect((await send('/sign-in', token, { ...ours, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await send('/sign-in', 'token=')).status).toBe(401);
    const entered = await send('/sign-in', token);
    expect([entered.status, entered.headers.get('location')]).toEqual([303, '/']);
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
    const docs = async () => (await fetch(`${server.url}/docs`, { headers: { cookie } })).status;
    expect(await docs()).toBe(200);
    expect((await send('/sign-out', '', { cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect(await docs()).toBe(200);
    const left = await send('/sign-out', '', { ...ours, cookie });
    expect(left.headers.get('set-cookie')).toMatch(/Max-Age=0/);
    expect(await docs()).toBe(401);
  });

  it("ends a key's sessions with the key", async () => {
    const database = await openDatabase(runs);
    const key = await createKey(database, { name: 'looker', scopes: ['read'] });
    const entered = await fetch(`${server.url}/docs?token=${key}`, { redirect: 'manual' });
    const cookie = entered.headers.get('set-cookie')!.split(';')[0]!;
    const docs = async () => (await fetch(`${server.url}/docs`, { headers: { cookie } })).status;
    expect(await docs()).toBe(200);
    await revokeKey(database, 'looker');
    await database.destroy();
    await vi.waitFor(async () => expect([401, 429]).toContain(await docs()), {
      timeout: 10_000,
      interval: 500,
    });
  });

  it('does not take the empty text for a token', async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const empty = await fetch(`${server.url}/docs?token=`, { redirect: 'manual' });
    expect([empty.status, empty.headers.get('set-cookie')]).toEqual([401, null]);
    const { port } = new URL(server.url);
    for (const cookie of [
      'gradus_token=',
      `gradus_session_${port}=`,
      `gradus_session_${port}=${server.token}`,
    ]) {
      const response = await fetch(`${server.url}/docs`, { headers: { cookie } });
      expect(response.status, cookie).toBe(401);
    }
  });

  it('slows down who tries secrets', async () => {
    const tries = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        ask('/report', undefined, { authorization: `Bearer gradus_${i}` }),
      ),
    );
    const slowed = tries.filter(({ status }) => status === 429);
    expect(slowed.length).toBeGreaterThan(10);
    expect(slowed[0]!.headers.get('retry-after')).toBe('1');
  });

  it('describes itself', async () => {
    const document = (await json(ask('/openapi.json'))) as { openapi: string; paths: Record<string, object> };
    expect(document.openapi).toBe('3.1.0');
    expect(document.paths['/v1/digits']).toMatchObject({
      post: { requestBody: { content: { 'application/json': { schema: { properties: { images: {} } } } } } },
    });
    expect(document.paths['/v2/models/{name}/infer']).toBeDefined();
    await json(ask('/v1/digits', { images: [image(3)] }));
    const metrics = await (await ask('/metrics')).text();
    expect(metrics).toMatch(/gradus_requests_total\{route="\/v1\/digits",status="200"\} \d+/);
  });

  it('turns away what would wait too long, and answers the rest in time', async () => {
    const many = Array.from({ length: 50 }, (_, i) => image(i));
    const answers = await Promise.all(
      Array.from({ length: 150 }, async () => {
        const response = await ask('/v1/digits', { images: many });
        await response.arrayBuffer();
        return response;
      }),
    );
    const shed = answers.filter(({ status }) => status === 503);
    expect(answers.filter(({ status }) => status === 200).length + shed.length).toBe(150);
    for (const { headers } of shed) expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await ask('/v1/digits', { images: [image(3)] })).status).toBe(200);
  });
});
