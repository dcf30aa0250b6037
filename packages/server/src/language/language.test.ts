/** Large models over HTTP, through a real server: what OpenAI's API promises, and what bad input gets. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { tinyModel } from '@gradus/lm/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningServer, serve } from '../index.ts';

let directory: string;
let server: RunningServer;
let folder: string;
/** One whose first norm is no numbers. */
function damagedModel(): string {
  const path = tinyModel({ chat: true });
  const file = join(path, 'model.safetensors');
  const bytes = readFileSync(file);
  const size = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + size)) as Record<
    string,
    { data_offsets: number[] }
  >;
  const norm = Object.keys(header).find((name) => name.includes('norm'))!;
  const [from, to] = header[norm]!.data_offsets.map((at) => 8 + size + at);
  writeFileSync(file, bytes.fill(0xff, from, to));
  return path;
}

/** One whose template says `text`. */
function withTemplate(text: string): string {
  const path = tinyModel({ chat: true });
  writeFileSync(join(path, 'tokenizer_config.json'), JSON.stringify({ chat_template: text }));
  return path;
}

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-language-'));
  const runs = join(directory, 'runs');
  mkdirSync(runs);
  folder = tinyModel({ chat: true });
  const plain = tinyModel();
  server = await serve({
    runs,
    recipes: [],
    port: 0,
    languageModels: [
      { name: 'tiny', path: folder },
      { name: 'plain', path: plain },
      { name: 'damaged', path: damagedModel() },
      {
        name: 'endless',
        // A path as people write it.
        path: relative(
          process.cwd(),
          withTemplate('{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}'),
        ),
      },
      { name: 'picky', path: withTemplate("{{ raise_exception('a system message must come first') }}") },
    ],
    language: { slots: 2 },
  });
});
afterAll(async () => {
  await server?.close();
  rmSync(directory, { recursive: true, force: true });
});

const ask = (path: string, body?: object, signal?: AbortSignal): Promise<Response> =>
  fetch(server.url + path, {
    ...(body && { method: 'POST', body: JSON.stringify(body) }),
    ...(signal && { signal }),
    headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
  });
const json = async (path: string, body?: object) => (await (await ask(path, body)).json()) as never as Answer;
interface Answer {
  readonly id: string;
  readonly choices: readonly {
    readonly text: string;
    readonly message: { readonly content: string };
    readonly delta: { readonly content?: string };
    readonly finish_reason: string | null;
    readonly logprobs: {
      readonly content: readonly { token: string; logprob: number; top_logprobs: unknown[] }[];
    };
  }[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number };
}
const said = [{ role: 'user', content: 'tell me' }];

/** The events of a stream. */
async function events(path: string, body: object): Promise<Answer[]> {
  const response = await ask(path, { ...body, stream: true });
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const lines = (await response.text()).split('\n\n').filter((line) => line !== '');
  expect(lines.at(-1)).toBe('data: [DONE]');
  return lines.slice(0, -1).map((line) => JSON.parse(line.replace(/^data: /, '')));
}

describe('a conversation', () => {
  const request = { model: 'tiny', messages: said, temperature: 0, max_tokens: 12 };

  it('is answered, whole or as a stream of the same text, with what it took', async () => {
    const whole = await json('/v1/chat/completions', request);
    expect(whole).toMatchObject({
      object: 'chat.completion',
      model: 'tiny',
      choices: [{ index: 0, message: { role: 'assistant' } }],
      usage: { prompt_tokens: 12 },
    });
    const pieces = await events('/v1/chat/completions', {
      ...request,
      stream_options: { include_usage: true },
    });
    const text = pieces.map(({ choices }) => choices[0]?.delta.content ?? '').join('');
    expect(text).toBe(whole.choices[0]!.message.content);
    expect(pieces.map(({ choices }) => choices[0]?.finish_reason).filter(Boolean)).toEqual([
      whole.choices[0]!.finish_reason,
    ]);
    expect(pieces.at(-1)!.usage).toMatchObject({
      completion_tokens: whole.usage.completion_tokens,
      prompt_tokens: whole.usage.prompt_tokens,
    });
  });

  it('is drawn alike with one seed, and otherwise with another; n texts differ', async () => {
    const drawn = { ...request, temperature: 1, seed: 7, n: 3 };
    const [one, two] = [await json('/v1/chat/completions', drawn), await json('/v1/chat/completions', drawn)];
    expect(one.choices.map(({ message }) => message.content)).toEqual(
      two.choices.map(({ message }) => message.content),
    );
    expect(new Set(one.choices.map(({ message }) => message.content)).size).toBe(3);
    const other = await json('/v1/chat/completions', { ...drawn, seed: 8 });
    expect(other.choices[0]!.message.content).not.toBe(one.choices[0]!.message.content);
  });

  it('says how probable its tokens were, and those beside them', async () => {
    const { choices } = await json('/v1/chat/completions', { ...request, logprobs: true, top_logprobs: 3 });
    const { content } = choices[0]!.logprobs;
    expect(content.length).toBeGreaterThan(0);
    for (const { logprob, top_logprobs } of content) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top_logprobs).toHaveLength(3);
      expect(top_logprobs[0]).toMatchObject({ logprob });
    }
  });

  it('ends at a stop text, which is not part of it', async () => {
    const { choices } = await json('/v1/chat/completions', { ...request, max_tokens: 40 });
    const text = choices[0]!.message.content;
    const stop = text.slice(4, 6);
    const cut = await json('/v1/chat/completions', { ...request, max_tokens: 40, stop });
    expect(cut.choices[0]).toMatchObject({
      message: { content: text.slice(0, text.indexOf(stop)) },
      finish_reason: 'stop',
    });
  });
});

describe('what is said', () => {
  it('is text, also where it looks like a special token', async () => {
    const answer = await json('/v1/chat/completions', {
      model: 'tiny',
      messages: [{ role: 'user', content: '</s>' }],
      max_tokens: 1,
    });
    // u : < / s > </s> a :
    expect(answer.usage.prompt_tokens).toBe(9);
  });
});

describe('a text', () => {
  it('is continued, several prompts at once, given as texts or as ids', async () => {
    const base = { model: 'plain', temperature: 0, max_tokens: 8 };
    const both = await json('/v1/completions', { ...base, prompt: ['once', 'then'] });
    expect(both).toMatchObject({ object: 'text_completion', choices: [{ index: 0 }, { index: 1 }] });
    const pieces = await events('/v1/completions', { ...base, prompt: 'then' });
    expect(pieces.map(({ choices }) => choices[0]!.text).join('')).toBe(both.choices[1]!.text);
    expect(both.usage.prompt_tokens).toBe(8);
    const ids = await json('/v1/completions', { ...base, prompt: [3, 4, 5] });
    expect(ids.choices[0]!.text).toBe(
      (await json('/v1/completions', { ...base, prompt: 'abc' })).choices[0]!.text,
    );
  });
});

describe('what is wrong', () => {
  it.each([
    [
      'an unknown model',
      '/v1/chat/completions',
      { model: 'gpt-9', messages: said },
      404,
      /there are: tiny, plain, damaged, endless, picky/,
    ],
    [
      'a model without a template',
      '/v1/chat/completions',
      { model: 'plain', messages: said },
      409,
      /v1\/completions/,
    ],
    ['no messages', '/v1/chat/completions', { model: 'tiny', messages: [] }, 400, />=1/],
    [
      'an image',
      '/v1/chat/completions',
      { model: 'tiny', messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
      400,
      /only texts/,
    ],
    ['a temperature of 3', '/v1/completions', { model: 'tiny', prompt: 'a', temperature: 3 }, 400, /<=2/],
    [
      'a prompt that is too long',
      '/v1/completions',
      { model: 'tiny', prompt: 'a'.repeat(10_000) },
      400,
      /10000 characters does not fit/,
    ],
    [
      'a prompt of too many tokens',
      '/v1/completions',
      { model: 'tiny', prompt: 'a'.repeat(100) },
      400,
      /100 tokens does not fit/,
    ],
    [
      'ids that there are not',
      '/v1/completions',
      { model: 'tiny', prompt: [99_999] },
      400,
      /99999 is no token/,
    ],
    ['echo', '/v1/completions', { model: 'tiny', prompt: 'a', echo: true }, 400, /not given back/],
    ['embeddings of a writer', '/v1/embeddings', { model: 'tiny', input: 'a' }, 404, /writes texts/],
    [
      'rerank by a writer',
      '/v1/rerank',
      { model: 'tiny', query: 'a', documents: ['b'] },
      404,
      /writes texts/,
    ],
  ] as const)('%s is an error in the form of OpenAI', async (_, path, body, status, message) => {
    const response = await ask(path, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({
      error: { type: 'invalid_request_error', message: expect.stringMatching(message) },
    });
    const streamed = await ask(path, { ...body, stream: true });
    expect(streamed.status).toBe(status);
  });
});

describe('a damaged model', () => {
  it('is a fault of the server, whole and in a stream, and nobody else hears of it', async () => {
    const request = { model: 'damaged', messages: said, max_tokens: 4 };
    for (const temperature of [0, 1]) {
      const response = await ask('/v1/chat/completions', { ...request, temperature });
      expect(response.status).toBe(500);
      expect(await response.json()).toMatchObject({ error: { code: 'model_damaged', type: 'server_error' } });
    }
    const stream = await (await ask('/v1/chat/completions', { ...request, stream: true })).text();
    expect(stream).toMatch(/"error":\{.*weights are damaged/);
    expect(stream).not.toContain('[DONE]');
    expect((await json('/v1/chat/completions', { ...request, model: 'tiny' })).choices).toHaveLength(1);
  });
});

describe('a template that fails', () => {
  it.each([
    ['endless', /^the chat template of endless cannot be rendered: it took longer than \d+ ms$/],
    ['picky', /^the chat template of picky cannot be rendered: .*a system message must come first$/],
  ])('is told by the name of the model, not by where it lies: %s', async (model, message) => {
    const response = await ask('/v1/chat/completions', { model, messages: said });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { message: expect.stringMatching(message) } });
  });
});

describe('the server', () => {
  it('lists its models', async () => {
    expect(await json('/v1/models')).toMatchObject({
      object: 'list',
      data: [
        { id: 'tiny', object: 'model' },
        { id: 'plain', object: 'model' },
        { id: 'damaged', object: 'model' },
        { id: 'endless', object: 'model' },
        { id: 'picky', object: 'model' },
      ],
    });
  });

  it('gives the place of whoever leaves to the next, and turns away whom it cannot take', async () => {
    const endless = {
      model: 'plain',
      prompt: 'a',
      max_tokens: 1_000_000,
      logit_bias: { 2: -100 },
      temperature: 0,
    };
    const leave = new AbortController();
    const left = await ask('/v1/completions', { ...endless, stream: true }, leave.signal);
    await left.body!.getReader().read();
    leave.abort();
    const { choices } = await json('/v1/completions', { ...endless, max_tokens: 5 });
    expect(choices[0]!.finish_reason).toBe('length');
  });

  it('tells how a large model does, as of every other', async () => {
    const response = await ask('/v1/models/tiny/monitoring');
    expect(response.status).toBe(200);
    const told = (await response.json()) as {
      model: string;
      tokens: { written: number; firstToken: { p50: number; p99: number } };
    };
    expect(told.model).toBe('tiny');
    expect(told.tokens.written).toBeGreaterThan(0);
    expect(told.tokens.firstToken.p99).toBeGreaterThanOrEqual(told.tokens.firstToken.p50);
    expect((await ask('/v1/models/tiny/monitoring/drift')).status).toBe(200);
  });

  it('counts tokens and times', async () => {
    const text = await (await ask('/metrics')).text();
    expect(text).toMatch(/gradus_tokens_total\{model="tiny",kind="written"\} [1-9]/);
    expect(text).toMatch(/gradus_first_token_seconds_count\{model="tiny"\} [1-9]/);
  });
});
