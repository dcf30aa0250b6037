/** OpenAI's own client sends a file, has a model trained on it, follows that, and asks the result. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { startWorkers } from '@gradus/lifecycle';
import { load } from '@gradus/lm';
import { tinyModel } from '@gradus/lm/testing';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, serve } from '../index.ts';

let directory: string;
let runs: string;
let server: RunningServer;
let client: OpenAI;
let base: string;
let workers: ReturnType<typeof startWorkers> | undefined;
const program = join(import.meta.dirname, '../testing/tune-worker.ts');

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-fine-tuning-'));
  runs = join(directory, 'runs');
  mkdirSync(runs);
  base = tinyModel({ chat: true });
  server = await serve({ runs, recipes: [], port: 0, languageModels: [{ name: 'tiny', path: base }] });
  client = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: server.token, maxRetries: 0 });
});
afterAll(async () => {
  await workers?.close();
  await server?.close();
  for (const each of [directory, base]) rmSync(each, { recursive: true, force: true });
});

/** From here on there is somebody who trains. */
const startWorker = () => {
  workers ??= startWorkers({ command: [process.execPath, program, runs], count: 1 });
};
const sent = async (rows: readonly object[]) =>
  client.files.create({
    file: await toFile(Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n')), 'rows.jsonl'),
    purpose: 'fine-tune',
  });
const ended = async (id: string) => {
  for (;;) {
    const job = await client.fineTuning.jobs.retrieve(id);
    if (!['queued', 'running', 'validating_files'].includes(job.status)) return job;
    await after(50);
  }
};
const conversations = Array.from({ length: 12 }, (_, i) => ({
  messages: [
    { role: 'user', content: `ask ${'abcdefghijkl'[i]}` },
    { role: 'assistant', content: 'zzz' },
  ],
}));

describe('a file', () => {
  it('is kept as it was sent, listed, and deleted', async () => {
    const file = await sent(conversations);
    expect(file).toMatchObject({
      object: 'file',
      filename: 'rows.jsonl',
      purpose: 'fine-tune',
      status: 'processed',
    });
    expect(await client.files.retrieve(file.id)).toEqual(file);
    const text = await (await client.files.content(file.id)).text();
    expect(text.split('\n').map((line) => JSON.parse(line))).toEqual(conversations);
    expect(file.bytes).toBe(Buffer.byteLength(text));
    const other = await sent(conversations);
    const listed: string[] = [];
    for await (const { id } of client.files.list({ limit: 1 })) listed.push(id);
    expect(new Set(listed)).toEqual(new Set([file.id, other.id]));
    expect(await client.files.delete(other.id)).toMatchObject({ id: other.id, deleted: true });
    await expect(client.files.retrieve(other.id)).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('is refused where nothing could be learnt from it', async () => {
    const create = async (content: string, purpose: string) =>
      client.files.create({ file: await toFile(Buffer.from(content), 'a'), purpose: purpose as 'fine-tune' });
    await expect(create('not JSON', 'fine-tune')).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(create('{}', 'vision')).rejects.toBeInstanceOf(OpenAI.BadRequestError);
    await expect(client.files.retrieve('../../.token')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });
});

describe('a training', () => {
  it('can be cancelled before it begins, and asks for what is there', async () => {
    const { id: training_file } = await sent(conversations);
    const job = await client.fineTuning.jobs.create({ model: 'tiny', training_file, seed: 3 });
    expect(job).toMatchObject({
      object: 'fine_tuning.job',
      status: 'queued',
      seed: 3,
      fine_tuned_model: null,
    });
    expect((await client.fineTuning.jobs.cancel(job.id)).status).toBe('cancelled');
    const create = (more: object) => client.fineTuning.jobs.create({ model: 'tiny', training_file, ...more });
    await expect(create({ model: 'gpt-9' })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(create({ training_file: 'file-0' })).rejects.toBeInstanceOf(OpenAI.NotFoundError);
    await expect(create({ validation_file: training_file })).rejects.toMatchObject({
      param: 'validation_file',
    });
    await expect(client.fineTuning.jobs.retrieve('ftjob-99')).rejects.toBeInstanceOf(OpenAI.NotFoundError);
  });

  it('makes a model that has learnt, and is served at once beside its base', async () => {
    startWorker();
    const { id: training_file } = await sent(conversations);
    const { id } = await client.fineTuning.jobs.create({
      model: 'tiny',
      training_file,
      suffix: 'zs',
      seed: 1,
      method: {
        type: 'supervised',
        supervised: { hyperparameters: { n_epochs: 15, batch_size: 4, learning_rate_multiplier: 50 } },
      },
    });
    const job = await ended(id);
    expect(job.error).toBeNull();
    expect(job).toMatchObject({ status: 'succeeded', fine_tuned_model: `ft:tiny:zs:${id.slice(6)}` });
    expect(job.trained_tokens).toBeGreaterThan(0);
    const model = job.fine_tuned_model!;
    expect((await client.models.list()).data.map((one) => one.id)).toContain(model);
    const ask = async (name: string) => {
      const messages = [{ role: 'user' as const, content: 'ask m' }];
      const { choices } = await client.chat.completions.create({
        model: name,
        messages,
        temperature: 0,
        max_tokens: 3,
      });
      return choices[0]!.message.content;
    };
    expect(await ask(model)).toBe('zzz');
    expect(await ask('tiny')).not.toBe('zzz');
    const events = [];
    for await (const event of client.fineTuning.jobs.listEvents(id, { limit: 7 })) events.push(event);
    const metrics = events.filter(({ type }) => type === 'metrics');
    const losses = metrics.map(({ data }) => (data as { train_loss: number }).train_loss);
    expect(losses[0]).toBeLessThan(losses.at(-1)! / 2);
    expect(events[0]!.message).toContain(model);
    const { data: checkpoints } = await client.fineTuning.jobs.checkpoints.list(id);
    expect(checkpoints).toMatchObject([{ fine_tuned_model_checkpoint: model, fine_tuning_job_id: id }]);
    const jobs = [];
    for await (const one of client.fineTuning.jobs.list({ limit: 1 })) jobs.push(one.status);
    expect(jobs).toEqual(['succeeded', 'cancelled']);
  });

  it('learns what is preferred, in the form that OpenAI has for it', async () => {
    startWorker();
    const rows = Array.from({ length: 10 }, (_, i) => ({
      input: { messages: [{ role: 'user', content: `ask ${'abcdefghij'[i]}` }] },
      preferred_output: [{ role: 'assistant', content: 'yes' }],
      non_preferred_output: [{ role: 'assistant', content: 'no' }],
    }));
    const { id: training_file } = await sent(rows);
    const dpo = { hyperparameters: { n_epochs: 1, beta: 0.2 } };
    const { id } = await client.fineTuning.jobs.create({
      model: 'tiny',
      training_file,
      method: { type: 'dpo', dpo },
    });
    const job = await ended(id);
    expect(job.error).toBeNull();
    // The adapter is one by itself: what is served is what peft and others read.
    const adapter = await load(join(runs, '.tuned', id, 'adapter'));
    expect(adapter.config.layers.length).toBeGreaterThan(0);
    adapter.close();
  });

  it('fails where its rows are of another kind, and says so', async () => {
    startWorker();
    const { id: training_file } = await sent([...conversations, { messages: 'none' }]);
    const { id } = await client.fineTuning.jobs.create({
      model: 'tiny',
      training_file,
      method: { type: 'dpo' },
    });
    const job = await ended(id);
    expect(job).toMatchObject({ status: 'failed', fine_tuned_model: null });
    expect(job.error!.message).toContain('line 1 of the training file is no preference');
  });

  it('tells whoever asks for its job nothing of where its model lies', async () => {
    const before = readFileSync(join(base, 'tokenizer_config.json'));
    writeFileSync(
      join(base, 'tokenizer_config.json'),
      JSON.stringify({ chat_template: "{{ raise_exception('no') }}" }),
    );
    startWorker();
    const { id: training_file } = await sent(conversations);
    const { id } = await client.fineTuning.jobs.create({ model: 'tiny', training_file });
    const job = await ended(id);
    writeFileSync(join(base, 'tokenizer_config.json'), before);
    expect(job.error!.message).toContain('the chat template of tiny cannot be rendered');
    const number = id.replace('ftjob-', '');
    for (const path of [`jobs/${number}`, 'jobs', `jobs/${number}/events`, `fine_tuning/jobs/${id}/events`]) {
      const response = await fetch(`${server.url}/v1/${path}`, {
        headers: { authorization: `Bearer ${server.token}` },
      });
      expect(response.status).toBe(200);
      const text = await response.text();
      expect(text).not.toContain(tmpdir());
      if (path.startsWith('jobs')) expect(text).toContain('"path":"tiny"');
    }
  });
});
