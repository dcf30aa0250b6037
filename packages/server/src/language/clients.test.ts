/** The clients that people use for large models, OpenAI's own and Vercel's AI SDK, against a real server. */
import { createReadStream, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { openReranker, SpeechModel } from '@gradus/lm';
import {
  exportedEncoder,
  SMALL_SHAPE,
  tinyCrossEncoder,
  tinyEncoder,
  tinyModel,
  tinySpeechModel,
  tinyYesOrNo,
  writeRandomModel,
} from '@gradus/lm/testing';
import { embedMany, generateText, Output, streamText, tool } from 'ai';
import OpenAI, { toFile } from 'openai';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type RunningServer, serve } from '../index.ts';

let directory: string;
const crossEncoder = tinyCrossEncoder();
const yesOrNo = tinyYesOrNo();
const speech = tinySpeechModel('whisper-timestamps');
const encoder = tinyEncoder({ pooling: { pooling_mode_mean_tokens: true } });
const exported = exportedEncoder(encoder);
let server: RunningServer;
let client: OpenAI;
let provider: ReturnType<typeof createOpenAICompatible>;
let structured: ReturnType<typeof createOpenAICompatible>;
/** Goes through functions and the arguments of calls, as the templates of models do. */
const TEMPLATE =
  '{% for t in tools or [] %}{{ t.function.name }};{% endfor %}{% for m in messages %}{{ m.role }}:{{ m.content }}{% for c in m.tool_calls or [] %}{{ c.function.name }}({% for k, v in c.function.arguments | items %}{{ k }}={{ v }},{% endfor %}){% endfor %}\n{% endfor %}';

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-clients-'));
  const runs = join(directory, 'runs');
  mkdirSync(runs);
  const bytes = join(directory, 'bytes');
  mkdirSync(bytes);
  writeRandomModel(bytes, { ...SMALL_SHAPE, template: TEMPLATE });
  server = await serve({
    runs,
    recipes: [],
    port: 0,
    languageModels: [
      { name: 'tiny', path: tinyModel({ chat: true }) },
      { name: 'near', path: exported },
      { name: 'ranker', path: crossEncoder },
      { name: 'says', path: yesOrNo },
      { name: 'hears', path: speech },
      { name: 'bytes', path: bytes },
    ],
  });
  const baseURL = `${server.url}/v1`;
  client = new OpenAI({ baseURL, apiKey: server.token, maxRetries: 0 });
  const settings = { name: 'gradus', baseURL, apiKey: server.token, includeUsage: true };
  provider = createOpenAICompatible(settings);
  structured = createOpenAICompatible({ ...settings, supportsStructuredOutputs: true });
});
afterAll(async () => {
  await server?.close();
  for (const each of [directory, crossEncoder, yesOrNo, speech, encoder, exported])
    rmSync(each, { recursive: true, force: true });
});

const messages = [
  { role: 'system' as const, content: 'be brief' },
  { role: 'user' as const, content: [{ type: 'text' as const, text: 'hello there' }] },
];
const request = { model: 'tiny', messages, temperature: 0, max_completion_tokens: 10 };

describe("OpenAI's client", () => {
  it('lists models', async () => {
    const { data } = await client.models.list();
    expect(data.map(({ id }) => id)).toEqual(['tiny', 'near', 'ranker', 'says', 'hears', 'bytes']);
    expect(await client.models.retrieve('tiny')).toMatchObject({ id: 'tiny', object: 'model' });
  });

  it('gets an answer, whole, as a stream of events, and by its own helper for streams', async () => {
    const whole = await client.chat.completions.create(request);
    const text = whole.choices[0]!.message.content!;
    expect(whole.usage!.total_tokens).toBe(whole.usage!.prompt_tokens + whole.usage!.completion_tokens);
    let streamed = '';
    const stream = await client.chat.completions.create({ ...request, stream: true });
    for await (const { choices } of stream) streamed += choices[0]?.delta.content ?? '';
    expect(streamed).toBe(text);
    const helper = client.chat.completions.stream({ ...request, stream_options: { include_usage: true } });
    const final = await helper.finalChatCompletion();
    expect(final.choices[0]!.message.content).toBe(text);
    expect(final.usage).toEqual(whole.usage && { ...whole.usage, prompt_tokens_details: expect.anything() });
  });

  it('gets log probabilities, several choices and texts that are continued', async () => {
    const chosen = await client.chat.completions.create({
      ...request,
      n: 2,
      seed: 3,
      temperature: 1,
      logprobs: true,
    });
    expect(chosen.choices.map(({ index }) => index)).toEqual([0, 1]);
    for (const { logprobs } of chosen.choices) expect(logprobs!.content![0]!.logprob).toBeLessThanOrEqual(0);
    const { choices } = await client.completions.create({
      model: 'tiny',
      prompt: 'hello',
      temperature: 0,
      max_tokens: 6,
      logprobs: 2,
    });
    expect(choices[0]!.logprobs!.tokens!.join('')).toContain(choices[0]!.text.slice(0, 3));
    let streamed = '';
    for await (const piece of await client.completions.create({
      model: 'tiny',
      prompt: 'hello',
      temperature: 0,
      max_tokens: 6,
      stream: true,
    }))
      streamed += piece.choices[0]!.text;
    expect(streamed).toBe(choices[0]!.text);
  });

  it('gets embeddings, which it asks for in base64, and in fewer dimensions', async () => {
    const ask = (more: object) => client.embeddings.create({ model: 'near', input: ['abc', 'xyz'], ...more });
    const [packed, plain, short] = [
      await ask({}),
      await ask({ encoding_format: 'float' }),
      await ask({ dimensions: 8 }),
    ];
    const size = plain.data[0]!.embedding.length;
    for (const [i, { embedding }] of plain.data.entries()) {
      expect(Math.hypot(...embedding)).toBeCloseTo(1, 5);
      expect(packed.data[i]!.embedding).toHaveLength(size);
      for (const [k, value] of embedding.entries())
        expect(packed.data[i]!.embedding[k]).toBeCloseTo(value, 6);
      expect(short.data[i]!.embedding).toHaveLength(8);
      expect(Math.hypot(...short.data[i]!.embedding)).toBeCloseTo(1, 5);
    }
    await expect(ask({ dimensions: size + 1 })).rejects.toBeInstanceOf(OpenAI.BadRequestError);
  });

  it('knows what went wrong by the kind of error', async () => {
    const other = new OpenAI({ baseURL: `${server.url}/v1`, apiKey: 'gradus_other', maxRetries: 0 });
    await expect(other.chat.completions.create(request)).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
    await expect(client.chat.completions.create({ ...request, model: 'gpt-9' })).rejects.toBeInstanceOf(
      OpenAI.NotFoundError,
    );
    await expect(client.chat.completions.create({ ...request, top_p: 2 })).rejects.toMatchObject({
      status: 400,
      param: 'top_p',
      type: 'invalid_request_error',
    });
  });

  it('may stop listening, and the server goes on', async () => {
    const stream = await client.completions.create({
      model: 'tiny',
      prompt: 'a',
      max_tokens: 10_000,
      logit_bias: { 2: -100 },
      stream: true,
    });
    for await (const _ of stream) break;
    expect((await client.chat.completions.create(request)).choices).toHaveLength(1);
  });
});

describe('the AI SDK', () => {
  it('gets texts, whole and as streams, with usage and reason', async () => {
    const whole = await generateText({
      model: provider('tiny'),
      prompt: 'hello there',
      temperature: 0,
      maxOutputTokens: 10,
    });
    const stream = streamText({
      model: provider('tiny'),
      prompt: 'hello there',
      temperature: 0,
      maxOutputTokens: 10,
    });
    let text = '';
    for await (const piece of stream.textStream) text += piece;
    expect(text).toBe(whole.text);
    expect(await stream.finishReason).toBe(whole.finishReason);
    expect((await stream.usage).outputTokens).toBe(whole.usage.outputTokens);
  });

  it('gets embeddings', async () => {
    const { embeddings } = await embedMany({
      model: provider.embeddingModel('near'),
      values: ['abc', 'abd'],
    });
    expect(embeddings).toHaveLength(2);
  });
});

/** What any model gives, however random, where its answer is kept to a form. */
const schema = {
  type: 'object',
  properties: { city: { enum: ['Paris', 'Lima'] }, days: { type: 'integer', minimum: 1, maximum: 9 } },
  required: ['city', 'days'],
  additionalProperties: false,
};
const tools = [
  { type: 'function' as const, function: { name: 'weather', description: 'of a city', parameters: schema } },
  { type: 'function' as const, function: { name: 'time', parameters: { type: 'object', properties: {} } } },
];
const expectForm = (value: unknown) => {
  const { city, days } = value as { city: string; days: number };
  expect(['Paris', 'Lima']).toContain(city);
  expect(days).toBeGreaterThanOrEqual(1);
  expect(days).toBeLessThanOrEqual(9);
};

describe('an answer in a form', () => {
  const asked = { model: 'bytes', messages, temperature: 1, max_completion_tokens: 200 };

  it('is valid by a JSON schema, whole and as a stream', async () => {
    const format = { type: 'json_schema' as const, json_schema: { name: 'trip', schema, strict: true } };
    for (const seed of [1, 2, 3]) {
      const { choices } = await client.chat.completions.create({ ...asked, seed, response_format: format });
      expectForm(JSON.parse(choices[0]!.message.content!));
      expect(choices[0]!.finish_reason).toBe('stop');
    }
    let text = '';
    const stream = await client.chat.completions.create({ ...asked, response_format: format, stream: true });
    for await (const { choices } of stream) text += choices[0]?.delta.content ?? '';
    expectForm(JSON.parse(text));
  });

  it('is some JSON object where that is all that is asked for', async () => {
    const { choices } = await client.chat.completions.create({
      ...asked,
      response_format: { type: 'json_object' },
    });
    expect(JSON.parse(choices[0]!.message.content!)).toBeTypeOf('object');
  });

  it('is a call of a function that the request names, or of any where one must be called', async () => {
    const named = await client.chat.completions.create({
      ...asked,
      tools,
      tool_choice: { type: 'function', function: { name: 'weather' } },
    });
    const [call] = named.choices[0]!.message.tool_calls as OpenAI.ChatCompletionMessageFunctionToolCall[];
    expect(named.choices[0]).toMatchObject({ finish_reason: 'tool_calls', message: { content: null } });
    expect(call!.function.name).toBe('weather');
    expectForm(JSON.parse(call!.function.arguments));
    const helper = client.chat.completions.stream({ ...asked, tools, tool_choice: 'required' });
    const { message } = (await helper.finalChatCompletion()).choices[0]!;
    expect(['weather', 'time']).toContain(
      (message.tool_calls![0] as OpenAI.ChatCompletionMessageFunctionToolCall).function.name,
    );
    // What the call gave goes back to the model.
    const answer = await client.chat.completions.create({
      ...asked,
      max_completion_tokens: 4,
      tools,
      messages: [
        ...messages,
        { role: 'assistant', content: null, tool_calls: [call!] },
        { role: 'tool', tool_call_id: call!.id, content: 'sunny' },
      ],
    });
    expect(answer.choices).toHaveLength(1);
  });

  it('is refused where a schema or a choice cannot be', async () => {
    const refused = [
      {
        response_format: {
          type: 'json_schema' as const,
          json_schema: { name: 'x', schema: { type: 'nothing' } },
        },
      },
      { tools, tool_choice: { type: 'function' as const, function: { name: 'other' } } },
      { tool_choice: 'required' as const },
    ];
    for (const more of refused)
      await expect(client.chat.completions.create({ ...asked, ...more })).rejects.toBeInstanceOf(
        OpenAI.BadRequestError,
      );
  });

  it('is an object or a call for the AI SDK', async () => {
    const model = structured('bytes');
    const { output } = await generateText({
      model,
      prompt: 'a trip',
      output: Output.object({
        schema: z.object({ city: z.enum(['Paris', 'Lima']), days: z.int().min(1).max(9) }),
      }),
      maxOutputTokens: 200,
    });
    expectForm(output);
    const { toolCalls } = await generateText({
      model,
      prompt: 'the weather?',
      tools: { weather: tool({ inputSchema: z.object({ city: z.enum(['Paris', 'Lima']) }) }) },
      toolChoice: 'required',
      maxOutputTokens: 200,
    });
    expect(toolCalls[0]).toMatchObject({
      toolName: 'weather',
      input: { city: expect.stringMatching(/Paris|Lima/) },
    });
    const streamed = streamText({
      model,
      prompt: 'the weather?',
      tools: { weather: tool({ inputSchema: z.object({ city: z.enum(['Paris', 'Lima']) }) }) },
      toolChoice: 'required',
      maxOutputTokens: 200,
    });
    for (const { toolName } of await streamed.toolCalls) expect(toolName).toBe('weather');
  });
});

describe('a recording', () => {
  const file = () => createReadStream(join(speech, 'tones.wav'));

  it("is written as text, with the times that the model gives, for OpenAI's client", async () => {
    const own = await SpeechModel.open(speech);
    const expected = await own.transcribe(join(speech, 'tones.wav'), { language: 'en', timestamps: true });
    const plain = await own.transcribe(join(speech, 'tones.wav'));
    await own.close();
    const [found, text, subtitles] = await Promise.all([
      client.audio.transcriptions.create({
        file: file(),
        model: 'hears',
        language: 'en',
        response_format: 'verbose_json',
      }),
      client.audio.transcriptions.create({ file: file(), model: 'hears' }),
      client.audio.translations.create({ file: file(), model: 'hears', response_format: 'vtt' }),
    ]);
    expect(found).toMatchObject({ task: 'transcribe', language: 'en', text: expected.text, duration: 0.5 });
    expect(found.segments).toMatchObject(expected.segments);
    expect(text).toEqual({ text: plain.text });
    expect(subtitles).toMatch(/^WEBVTT\n\n00:00:00\.\d{3} --> 00:00:0\d\.\d{3}\n/);
  });

  it('is refused where it is none, or asks for what is not known', async () => {
    const create = client.audio.transcriptions.create.bind(client.audio.transcriptions);
    const broken = await toFile(Buffer.from('no sound'), 'talk.wav');
    await expect(create({ file: broken, model: 'hears' })).rejects.toThrow('talk.wav');
    await expect(create({ file: file(), model: 'hears', prompt: 'x' })).rejects.toThrow('prompt');
    await expect(create({ file: file(), model: 'hears', language: 'tlh' })).rejects.toThrow(
      'knows no language',
    );
    await expect(create({ file: file(), model: 'tiny' })).rejects.toThrow('writes texts');
  });
});

describe('a rerank request', () => {
  it.each([
    ['a cross-encoder', 'ranker', crossEncoder],
    ['a decoder that says yes or no', 'says', yesOrNo],
  ])('is answered by %s with the probabilities that it gives', async (_, model, folder) => {
    const ask = (path: string, body: object) =>
      fetch(`${server.url}${path}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model, ...body }),
      });
    const documents = ['abc', 'a long text', 'zz'];
    const response = await ask('/v1/rerank', { query: 'which', documents });
    const { results } = (await response.json()) as { results: { index: number; relevance_score: number }[] };
    const reranker = await openReranker(folder);
    const { scores } = await reranker.rank('which', documents);
    await reranker.close();
    expect(results.map(({ index }) => index)).toEqual([0, 1, 2].sort((a, b) => scores[b]! - scores[a]!));
    for (const { index, relevance_score } of results) expect(relevance_score).toBeCloseTo(scores[index]!, 5);
    const embeddings = await ask('/v1/embeddings', { input: 'a' });
    expect(embeddings.status).toBe(404);
    expect(JSON.stringify(await embeddings.json())).toContain('POST /v1/');
  });

  it('gives documents by how near they are to the query, the best first, as many as asked for', async () => {
    const response = await fetch(`${server.url}/v1/rerank`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'near',
        query: 'abcabc',
        documents: ['zzzz', { text: 'abcabc' }, 'abc'],
        top_n: 2,
        return_documents: true,
      }),
    });
    const { results } = (await response.json()) as { results: { index: number; relevance_score: number }[] };
    expect(results).toHaveLength(2);
    expect(results[0]).toMatchObject({ index: 1, document: { text: 'abcabc' } });
    expect(results[0]!.relevance_score).toBeCloseTo(1, 5);
    expect(results[1]!.relevance_score).toBeLessThan(1);
  });
});
