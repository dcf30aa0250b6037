/** Texts by the Open Inference Protocol, as clients of KServe and Triton send them, over a socket. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { moods, moodsRun } from '@gradus/lifecycle/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningServer, serve } from '../index.ts';
import { textForm } from '../models/texts.ts';

let directory: string;
let server: RunningServer;
let model: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-texts-'));
  const runs = join(directory, 'runs');
  mkdirSync(runs);
  model = (await moodsRun(runs, { reference: false })).id;
  server = await serve({ model, runs, recipes: [moods], port: 0 });
});
afterAll(async () => {
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

const ask = (path: string, body?: string | Uint8Array, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/v2/models/${model}${path}`, {
    ...(body !== undefined && { method: 'POST', body: body as string }),
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json', ...headers },
  });
const infer = (...inputs: object[]) => ask('/infer', JSON.stringify({ inputs }));
const TEXTS = ['short', '长文字 and more than twenty characters'];
const text = (more: object = {}) => ({ name: 'text', shape: [2], datatype: 'BYTES', data: TEXTS, ...more });

describe('a model whose recipe answers texts', () => {
  it('has texts as an input, in front of its own, and the columns of its answers as outputs', async () => {
    expect(await (await ask('')).json()).toMatchObject({
      inputs: [
        { name: 'text', datatype: 'BYTES', shape: [-1] },
        { name: 'x', datatype: 'FP32', shape: [-1, 3] },
      ],
      outputs: [
        { name: 'mood', datatype: 'BYTES', shape: [-1] },
        { name: 'y', datatype: 'FP32', shape: [-1, 3] },
      ],
    });
  });

  it('answers each text, in a list or in a column, and says by which prediction', async () => {
    for (const shape of [[2], [2, 1]]) {
      const response = await infer(text({ shape }));
      expect(response.headers.get('x-gradus-prediction')).toBeTruthy();
      expect(await response.json()).toEqual({
        model_name: model,
        model_version: '1',
        outputs: [{ name: 'mood', shape: [2], datatype: 'BYTES', data: ['bad', 'good'] }],
      });
    }
  });

  it('takes and gives the bytes that tritonclient and kserve send and expect', async () => {
    // tritonclient/utils, serialize_byte_tensor: each text's length as a little-endian uint32, then its UTF-8.
    const bytes = Buffer.concat(
      TEXTS.flatMap((one) => {
        const utf8 = Buffer.from(one);
        const length = Buffer.alloc(4);
        length.writeUInt32LE(utf8.length);
        return [length, utf8];
      }),
    );
    // tritonclient/http/_utils.py, _get_inference_request: without named outputs all are asked for as bytes.
    const head = Buffer.from(
      JSON.stringify({
        inputs: [
          { name: 'text', shape: [2], datatype: 'BYTES', parameters: { binary_data_size: bytes.length } },
        ],
        parameters: { binary_data_output: true },
      }),
    );
    const response = await ask('/infer', Buffer.concat([head, bytes]), {
      'inference-header-content-length': String(head.length),
      'content-type': 'application/octet-stream',
    });
    const body = Buffer.from(await response.arrayBuffer());
    const length = Number(response.headers.get('inference-header-content-length'));
    expect(JSON.parse(body.subarray(0, length).toString())).toMatchObject({
      outputs: [{ name: 'mood', shape: [2], datatype: 'BYTES', parameters: { binary_data_size: 15 } }],
    });
    expect(body.subarray(length).toString('latin1')).toBe('\x03\0\0\0bad\x04\0\0\0good');
  });

  it('takes its own tensors as before', async () => {
    const x = { name: 'x', shape: [1, 3], datatype: 'FP32', data: [1, 2, 3] };
    expect(await (await infer(x)).json()).toMatchObject({
      outputs: [{ name: 'y', shape: [1, 3], data: [2, 4, 6] }],
    });
  });

  it.each([
    ['another datatype', [text({ datatype: 'INT32', data: [1, 2] })], /has datatype INT32; expected BYTES/],
    ['fewer texts than it says', [text({ shape: [3] })], /has 2 values; its shape asks for 3/],
    ['what is no text', [text({ data: ['a', 1] })], /value 1: 1 is not a text/],
    ['none at all', [text({ shape: [0], data: [] })], /input "text"/],
    [
      'other tensors beside it',
      [text(), { name: 'x', shape: [1], datatype: 'FP32', data: [1] }],
      /stands alone/,
    ],
    ['another name', [text({ name: 'words' })], /there are: text, x/],
  ])('refuses %s', async (_, inputs, message) => {
    const response = await infer(...inputs);
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: expect.stringMatching(message) });
  });
});

it('numbers of an answer are numbers, what there is none of is NaN or empty, and lists are JSON', () => {
  const form = textForm({
    ...moods.service,
    answer: z.object({
      results: z.array(
        z.object({ mood: z.string().nullable(), sure: z.number().nullable(), tags: z.array(z.string()) }),
      ),
    }),
    columns: { mood: { en: '', zh: '' }, sure: { en: '', zh: '' }, tags: { en: '', zh: '' } },
  })!;
  const results = [
    { mood: 'good', sure: 0.5, tags: ['a'] },
    { mood: null, sure: null, tags: [] },
  ];
  expect(form.tensors({ results })).toEqual({
    mood: { dtype: 'string', dims: [2], data: ['good', ''] },
    sure: { dtype: 'float32', dims: [2], data: Float32Array.of(0.5, Number.NaN) },
    tags: { dtype: 'string', dims: [2], data: ['["a"]', '[]'] },
  });
});
