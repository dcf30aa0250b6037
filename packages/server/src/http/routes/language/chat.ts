/** Conversations, as OpenAI's clients send them (github.com/openai/openai-openapi: createChatCompletion). */
import { randomUUID } from 'node:crypto';
import { bothLanguages } from '@gradus/base/schema';
import { Conflict, InvalidInput } from '@gradus/lifecycle';
import { z } from 'zod';
import type { Likely, WrittenToken } from '../../../language/protocol.ts';
import { explained, jsonBody } from '../../errors.ts';
import { answerSchema, bodySchema } from '../../openapi.ts';
import type { Route } from '../route.ts';
import { type AnswerForm, answerWithTexts, type Written } from './answer.ts';
import { drawingFields, drawingOf, optional } from './drawing.ts';
import { type LanguageRoutesOptions, LONGEST_TEXT_TIME, modelOfKind } from './named.ts';
import { callsOf, type ToolUse, toolFields, toolUseOf } from './tools.ts';

const Parts = z.array(z.looseObject({ type: z.string(), text: z.string().optional() }));
const ONLY_TEXTS = bothLanguages({
  en: 'only texts are read, no images, sounds or files',
  zh: '只支持文本，不支持图像、声音或文件',
});

/** A text, or parts that are texts. */
const Content = z
  .unknown()
  .optional()
  .refine((content) => {
    if (content == null || typeof content === 'string') return true;
    const parts = Parts.safeParse(content);
    return parts.success && parts.data.every(({ type, text }) => type === 'text' && text !== undefined);
  }, ONLY_TEXTS)
  .transform((content) =>
    typeof content === 'string' || content == null
      ? (content ?? '')
      : (content as z.output<typeof Parts>).map(({ text }) => text).join(''),
  )
  .meta({ anyOf: [{ type: 'string' }, { type: 'null' }, { type: 'array', items: { type: 'object' } }] });

const ChatMessage = z.looseObject({
  role: z
    .enum(['system', 'developer', 'user', 'assistant', 'tool', 'function'])
    // What OpenAI calls so is `system` in the templates of others.
    .transform((role) => (role === 'developer' ? 'system' : role)),
  content: Content,
});

const MOST_MESSAGES = 10_000;

export const ChatRequest = z.object({
  model: z.string(),
  messages: z.array(ChatMessage).min(1).max(MOST_MESSAGES),
  ...drawingFields,
  max_completion_tokens: drawingFields.max_tokens,
  logprobs: optional(z.boolean()),
  top_logprobs: optional(z.int().min(0).max(20)),
  ...toolFields,
});

const Logprob = z.object({ token: z.string(), logprob: z.number(), bytes: z.array(z.int()).nullable() });
const UsageAnswer = z.object({
  prompt_tokens: z.int(),
  completion_tokens: z.int(),
  total_tokens: z.int(),
  prompt_tokens_details: z.object({ cached_tokens: z.int() }),
});
export const answerFields = {
  id: z.string(),
  created: z.int(),
  model: z.string(),
  system_fingerprint: z.string(),
  usage: UsageAnswer,
};
const ChatAnswer = z.object({
  ...answerFields,
  object: z.literal('chat.completion'),
  choices: z.array(
    z.object({
      index: z.int(),
      message: z.object({
        role: z.literal('assistant'),
        content: z.string().nullable(),
        tool_calls: z
          .array(
            z.object({
              id: z.string(),
              type: z.literal('function'),
              function: z.object({ name: z.string(), arguments: z.string() }),
            }),
          )
          .optional(),
      }),
      logprobs: z.object({ content: z.array(Logprob.extend({ top_logprobs: z.array(Logprob) })) }).nullable(),
      finish_reason: z.enum(['stop', 'length', 'tool_calls']),
    }),
  ),
});

export function chatRoute(options: LanguageRoutesOptions): Route {
  const { languages, metrics } = options;
  return {
    method: 'post',
    path: '/v1/chat/completions',
    title: {
      en: 'The answer to a conversation, whole or as a stream, in the form of OpenAI',
      zh: '对话的回答，可整体返回或流式返回（OpenAI 格式）',
    },
    scope: 'predict',
    within: LONGEST_TEXT_TIME,
    body: bodySchema(ChatRequest),
    answer: answerSchema(ChatAnswer),
    handler: explained(async (context) => {
      const body = await jsonBody(context);
      const parsed = ChatRequest.safeParse(body);
      if (!parsed.success) throw new InvalidInput(parsed.error);
      const request = parsed.data;
      const model = modelOfKind(context, languages, request.model, 'decoder');
      const { abilities } = await model.thread();
      if (!abilities.isChat) throw noTemplate(model.name);
      const logprobs = request.logprobs ? (request.top_logprobs ?? 0) : undefined;
      const seed = randomUUID();
      const use = toolUseOf(request);
      const prompt = { messages: request.messages, tools: use.tools };
      const max = request.max_completion_tokens ?? request.max_tokens;
      return answerWithTexts(context, metrics, {
        model,
        texts: Array.from({ length: request.n }, (_, choice) => ({
          prompt,
          schema: use.schema,
          calls: use.calls,
          drawing: drawingOf(request, { choice, seed, logprobs, max }),
        })),
        ofPrompt: request.n,
        form: chatForm(use),
        isStreamed: request.stream === true,
        withUsage: request.stream_options?.include_usage === true,
        input: { messages: request.messages },
      });
    }),
  };
}

const noTemplate = (name: string): Conflict =>
  new Conflict({
    en: `the model "${name}" has no chat template: it continues texts. Ask POST /v1/completions`,
    zh: `模型“${name}”没有对话模板，只会续写文本。请使用 POST /v1/completions`,
  });

const chatForm = (use: ToolUse): AnswerForm => ({
  prefix: 'chatcmpl',
  object: 'chat.completion',
  pieceObject: 'chat.completion.chunk',
  whole: (index, written) => {
    const { content, calls } = read(use, written.text);
    return {
      index,
      message: {
        role: 'assistant',
        content: calls.length > 0 && content === '' ? null : content,
        refusal: null,
        ...(calls.length > 0 && { tool_calls: calls }),
      },
      logprobs: logprobsOf(written),
      finish_reason: calls.length > 0 ? 'tool_calls' : written.finish,
    };
  },
  pieces: (index) => {
    const reader = use.reader();
    const piece = (delta: object, token?: WrittenToken) => ({
      index,
      delta,
      logprobs: token?.own ? { content: [logprobOf(token)], refusal: null } : null,
      finish_reason: null,
    });
    return {
      first: [piece({ role: 'assistant', content: '', refusal: null })],
      next: (token) => {
        const text = reader ? reader.push(token.text) : token.text;
        const pieces: object[] = text === '' && !token.own ? [] : [piece({ content: text }, token)];
        if (!token.finish) return pieces;
        const rest = reader?.end();
        const calls = callsOf(rest?.calls ?? []);
        if (rest && rest.text !== '') pieces.push(piece({ content: rest.text }));
        if (calls.length > 0)
          pieces.push(piece({ tool_calls: calls.map((call, i) => ({ index: i, ...call })) }));
        return [...pieces, { ...piece({}), finish_reason: calls.length > 0 ? 'tool_calls' : token.finish }];
      },
    };
  },
});

function read(use: ToolUse, text: string): { content: string; calls: object[] } {
  const reader = use.reader();
  if (!reader) return { content: text, calls: [] };
  const before = reader.push(text);
  const { text: after, calls } = reader.end();
  return { content: before + after, calls: callsOf(calls) };
}

const logprobsOf = ({ tokens }: Written): object | null =>
  tokens[0]?.own ? { content: tokens.map(logprobOf), refusal: null } : null;

const logprobOf = ({ own, top = [] }: WrittenToken): object => ({
  ...likely(own!),
  top_logprobs: top.map(likely),
});

/** Half a character has no text of its own. */
const likely = ({ text, logprob }: Likely): object => ({
  token: text,
  logprob,
  bytes: text.includes('\uFFFD') ? null : [...Buffer.from(text)],
});
