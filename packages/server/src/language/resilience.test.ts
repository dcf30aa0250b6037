/** A server of large models under what happens to servers: more than it can do, a model that is exchanged, an end without warning. */
import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as after } from 'node:timers/promises';
import { openDatabase } from '@gradus/lifecycle';
import { SMALL_SHAPE, writeRandomModel } from '@gradus/lm/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

let directory: string;
let runs: string;
let folder: string;
let server: { readonly child: ChildProcess; readonly url: string; readonly token: string };

async function started(): Promise<typeof server> {
  const program = join(import.meta.dirname, '../testing/serve-language.ts');
  const child = spawn(process.execPath, [program, runs, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface(child.stdout!)) return { child, ...JSON.parse(line) };
  throw new Error('the server ended before it served');
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-resilience-'));
  runs = join(directory, 'runs');
  folder = join(directory, 'model');
  for (const made of [runs, folder]) mkdirSync(made);
  writeRandomModel(folder, SMALL_SHAPE);
  server = await started();
}, 120_000);
afterAll(() => {
  server?.child.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

const ask = (body: object): Promise<Response> =>
  fetch(`${server.url}/v1/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'bytes', prompt: 'abc', temperature: 0, logit_bias: { 2: -100 }, ...body }),
  });
/** What a model says, and how sure it is: two random models may say the same. */
const answerOf = async (): Promise<string> => {
  const answer = (await (await ask({ max_tokens: 4, logprobs: 1 })).json()) as { choices: object };
  return JSON.stringify(answer.choices);
};

describe('a server of large models', () => {
  it('serves some and turns away the others, with the time to come again, and goes on', async () => {
    const responses = await Promise.all(Array.from({ length: 16 }, () => ask({ max_tokens: 200 })));
    const statuses = responses.map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 503]));
    for (const response of responses) {
      const body = (await response.json()) as { error?: object; choices?: object };
      if (response.status === 200) continue;
      expect(Number(response.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
      expect(body).toMatchObject({ error: { code: 'overloaded', type: 'server_error' } });
    }
    expect((await ask({ max_tokens: 2 })).status).toBe(200);
  });

  it('takes up a model that was put in the place of another, and ends what the old one had begun', async () => {
    const before = await answerOf();
    const stream = await ask({ max_tokens: 400, stream: true });
    const other = join(directory, 'other');
    cpSync(folder, other, { recursive: true });
    writeRandomModel(other, { ...SMALL_SHAPE, intermediate_size: 96 });
    renameSync(folder, join(directory, 'old'));
    renameSync(other, folder);
    let now = before;
    for (let i = 0; now === before && i < 200; i++) {
      await after(100);
      now = await answerOf();
    }
    expect(now).not.toBe(before);
    const events = (await stream.text()).trim().split('\n\n');
    expect(events.at(-1)).toBe('data: [DONE]');
    expect(events.at(-2)).toContain('"finish_reason":"length"');
  });

  it('that is killed in the middle of a text starts again, and its log is whole', async () => {
    const answered = await ask({ max_tokens: 4 });
    const prediction = answered.headers.get('x-gradus-prediction')!;
    await answered.json();
    const stream = await ask({ max_tokens: 1500, stream: true });
    await stream.body!.getReader().read();
    const ended = new Promise((resolve) => server.child.once('exit', resolve));
    server.child.kill('SIGKILL');
    await ended;
    server = await started();
    expect((await ask({ max_tokens: 4 })).status).toBe(200);
    const database = await openDatabase(runs);
    const rows = await database.selectFrom('predictions').select(['id', 'output', 'features']).execute();
    await database.destroy();
    expect(rows.map(({ id }) => id)).toContain(prediction);
    for (const { output, features } of rows) {
      expect(JSON.parse(output!)).toHaveLength(1);
      expect(JSON.parse(features)).toHaveLength(1);
    }
  });
});
