/**
 * A model behind a URL that speaks OpenAI's chat completions, by the AI SDK. A server may be anything: what it sends is bounded in time and
 * size, it cannot send the request on to another host, and an answer that is none costs that answer alone.
 */
import { UserError } from '@gradus/base';
import { z } from 'zod';
import { boundedFetch, reasonOf } from './bounded-fetch.ts';
import {
  type ChatAnswer,
  type ChatClient,
  type ChatClientOptions,
  ChatError,
  type ChatRequest,
} from './chat-client.ts';
import { serverPlace } from './server-place.ts';

const DEFAULT_TIMEOUT = 120_000;
const MOST_BYTES = 1024 * 1024;
const RETRIES = 2;
const SEED = 0;
const bounded = boundedFetch(MOST_BYTES);
const MODELS = z.object({ data: z.array(z.object({ id: z.string().min(1).max(500) })).min(1) });

/** @throws UserError where the URL, the server or the model is not there */
export async function openRemoteModel(
  place: string,
  { timeout = DEFAULT_TIMEOUT }: ChatClientOptions,
): Promise<ChatClient> {
  const { ai, provider: made } = await sdk();
  const { url, model: named, key } = serverPlace(place);
  const model = named || (await onlyModel(url, key));
  const provider = made.createOpenAICompatible({
    name: 'server',
    baseURL: url.href.replace(/\/+$/, ''),
    ...(key !== undefined && { apiKey: key }),
    supportsStructuredOutputs: true,
    fetch: bounded,
  });
  let knowsSchemas = true;

  async function ask({ system, prompt, schema, maxTokens }: ChatRequest, signal: AbortSignal) {
    const { text, usage } = await ai.generateText({
      model: provider.chatModel(model),
      instructions: system,
      prompt,
      temperature: 0,
      seed: SEED,
      maxOutputTokens: maxTokens,
      maxRetries: RETRIES,
      abortSignal: signal,
      ...(knowsSchemas && { output: ai.Output.object({ schema: ai.jsonSchema(schema) }) }),
    });
    return answerOf(text, usage);
  }

  async function complete(request: ChatRequest, signal: AbortSignal): Promise<ChatAnswer> {
    const late = AbortSignal.timeout(timeout);
    const both = AbortSignal.any([signal, late]);
    try {
      try {
        return await ask(request, both);
      } catch (error) {
        if (!knowsSchemas || !ai.APICallError.isInstance(error) || !REFUSALS.includes(error.statusCode ?? 0))
          throw error;
        // The server may know no schemas. It is then asked in words from here on.
        knowsSchemas = false;
        return await ask(request, both);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (late.aborted) throw new ChatError(`no answer within ${timeout / 1000} s`, { cause: error });
      // What is no JSON is an answer all the same: who asked decides what to make of it.
      if (ai.NoObjectGeneratedError.isInstance(error) && error.text !== undefined)
        return answerOf(error.text, error.usage);
      throw new ChatError(reasonOf(error), { cause: error });
    }
  }

  return { model, host: url.host, complete, close: () => Promise.resolve() };
}

/** Bad request, not found, unprocessable, not implemented. */
const REFUSALS: readonly number[] = [400, 404, 422, 501];

const answerOf = (
  text: string,
  usage:
    | { readonly inputTokens?: number | undefined; readonly outputTokens?: number | undefined }
    | undefined,
): ChatAnswer => ({
  text,
  promptTokens: usage?.inputTokens ?? 0,
  answerTokens: usage?.outputTokens ?? 0,
});

async function sdk() {
  // Its warnings go to the console, between the lines of a progress display.
  (globalThis as { AI_SDK_LOG_WARNINGS?: boolean }).AI_SDK_LOG_WARNINGS = false;
  try {
    return { ai: await import('ai'), provider: await import('@ai-sdk/openai-compatible') };
  } catch (error) {
    throw new UserError(
      {
        en: 'a language model behind a URL needs two packages that are not installed: npm install ai @ai-sdk/openai-compatible',
        zh: '使用 URL 上的语言模型需要安装两个软件包：npm install ai @ai-sdk/openai-compatible',
      },
      { cause: error },
    );
  }
}

/** The name of the model where a server has one. */
async function onlyModel(url: URL, key: string | undefined): Promise<string> {
  const address = `${url.href.replace(/\/+$/, '')}/models`;
  let ids: string[];
  try {
    const response = await bounded(address, {
      signal: AbortSignal.timeout(10_000),
      ...(key !== undefined && { headers: { authorization: `Bearer ${key}` } }),
    });
    if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
    ids = MODELS.parse(await response.json()).data.map(({ id }) => id);
  } catch (error) {
    throw new UserError(
      {
        en: `${address} does not list models (${reasonOf(error)}). Is the server running? The model can also be named: ${url.href}#MODEL`,
        zh: `${address} 未返回模型列表（${reasonOf(error)}）。服务器是否在运行？也可直接指定模型：${url.href}#MODEL`,
      },
      { cause: error },
    );
  }
  if (ids.length === 1) return ids[0]!;
  const some = ids.slice(0, 8);
  throw new UserError({
    en: `${url.href} has ${ids.length} models. Name one: ${url.href}#${some[0]} (also ${some.slice(1).join(', ')})`,
    zh: `${url.href} 有 ${ids.length} 个模型，请指定一个：${url.href}#${some[0]}（另有 ${some.slice(1).join('、')}）`,
  });
}
