/** Embeddings for OpenAI's clients: the requests that they send, over a socket, and the official client itself. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moods, moodsRun } from '@gradus/lifecycle/testing';
import type { Recipe } from '@gradus/loop';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, serve } from '../../index.ts';

/** A model whose embedding of a text is its length, 0.1 and −2.5. */
const lengths: Recipe = {
  ...moods,
  service: {
    ...moods.service,
    open: async (directory) => ({
      ...(await moods.service.open(directory)),
      embed: async (texts) => {
        const all = Float32Array.from(texts.flatMap(({ length }) => [length, 0.1, -2.5]));
        return texts.map((_, i) => all.subarray(3 * i, 3 * i + 3));
      },
    }),
  },
};

let directory: string;
let server: RunningServer;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-openai-'));
  const runs = join(directory, 'runs');
  mkdirSync(runs);
  const { id } = await moodsRun(runs, { reference: false });
  server = await serve({ model: id, runs, recipes: [lengths], port: 0 });
});
afterAll(async () => {
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

const ask = async (body: object): Promise<{ status: number; body: never }> => {
  const response = await fetch(`${server.url}/v1/embeddings`, {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
  });
  return { status: response.status, body: (await response.json()) as never };
};

describe('embeddings', () => {
  it('are lists of numbers, or base64 of float32, little-endian, where that is asked for', async () => {
    const { status, body } = await ask({ model: 'text-embedding-3-small', input: ['one', '二三'] });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [3, Math.fround(0.1), -2.5] },
        { object: 'embedding', index: 1, embedding: [2, Math.fround(0.1), -2.5] },
      ],
      usage: { prompt_tokens: 2, total_tokens: 2 },
    });
    // python3 -c "import base64, struct; print(base64.b64encode(struct.pack('<3f', 3, 0.1, -2.5)).decode())"
    const packed = await ask({ input: 'one', encoding_format: 'base64' });
    expect(packed.body).toMatchObject({ data: [{ index: 0, embedding: 'AABAQM3MzD0AACDA' }] });
  });

  it.each([
    ['token numbers', { input: [1, 2, 3] }, 'input', /token numbers.*send the texts/],
    ['lists of token numbers', { input: [[1, 2], [3]] }, 'input', /check_embedding_ctx_length/],
    ['what is no text', { input: [{ a: 1 }] }, 'input', /a text or a list of texts/],
    ['nothing', { input: [] }, 'input', />=1/],
    ['more than 2,048', { input: new Array(2049).fill('x') }, 'input', /<=2048/],
    ['another format', { input: 'x', encoding_format: 'int8' }, 'encoding_format', /"float"\|"base64"/],
    ['other dimensions', { input: 'x', dimensions: 256 }, 'dimensions', /this model has 3; ask for 3/],
  ] as const)('are refused of %s, in the form of OpenAI', async (_, request, param, message) => {
    const { status, body } = await ask({ model: 'x', ...request });
    expect(status).toBe(400);
    expect(body).toMatchObject({
      error: { type: 'invalid_request_error', param, message: expect.stringMatching(message) },
    });
  });

  it('may be asked for in the dimensions that they have', async () => {
    expect((await ask({ input: 'x', dimensions: 3 })).status).toBe(200);
  });
});

describe('the official client', () => {
  const client = (options: object = {}) =>
    new OpenAI({ baseURL: `${server.url}/v1`, apiKey: server.token, maxRetries: 0, ...options });

  it('gets embeddings with its defaults, and as lists of numbers', async () => {
    const request = { model: 'demand', input: ['Great service', '物流太慢'] };
    const { data } = await client().embeddings.create(request);
    expect(data.map(({ embedding }) => Array.from(embedding))).toEqual([
      [13, Math.fround(0.1), -2.5],
      [4, Math.fround(0.1), -2.5],
    ]);
    const plain = await client().embeddings.create({ ...request, encoding_format: 'float' as const });
    expect(plain.data).toMatchObject(data.map(({ embedding }) => ({ embedding: Array.from(embedding) })));
    expect((await client().models.list()).data.map(({ id }) => id)).toContain('moods-1');
  });

  it('tells its user what is wrong', async () => {
    await expect(client().embeddings.create({ model: 'x', input: [1, 2] as never })).rejects.toMatchObject({
      status: 400,
      type: 'invalid_request_error',
      param: 'input',
      message: expect.stringContaining('send the texts themselves'),
    });
    await expect(
      client({ apiKey: 'gradus_other' }).embeddings.create({ model: 'x', input: 'x' }),
    ).rejects.toMatchObject({ status: 401, type: 'invalid_request_error' });
  });
});
