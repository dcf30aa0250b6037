/** Texts continued, as OpenAI's clients ask for it (github.com/openai/openai-openapi: createCompletion). */
import { randomUUID } from 'node:crypto';
import { bothLanguages } from '@gradus/base/schema';
import { InvalidInput } from '@gradus/lifecycle';
import { z } from 'zod';
import type { Prompt, WrittenToken } from '../../../language/protocol.ts';
import { explained, jsonBody } from '../../errors.ts';
import { answerSchema, bodySchema } from '../../openapi.ts';
import type { Route } from '../route.ts';
import { type AnswerForm, answerWithTexts, type Written } from './answer.ts';
import { answerFields } from './chat.ts';
import { drawingFields, drawingOf, notTaken, optional } from './drawing.ts';
import { type LanguageRoutesOptions, LONGEST_TEXT_TIME, modelOfKind } from './named.ts';

const MOST_PROMPTS = 32;
/** Prompts times `n`. */
const MOST_TEXTS = 32;
/** OpenAI's default. */
const TOKENS = 16;

const Tokens = z.array(z.int().min(0)).min(1);
const CompletionRequest = z.object({
  model: z.string(),
  prompt: z.union([
    z.string(),
    Tokens,
    z.array(z.string()).min(1).max(MOST_PROMPTS),
    z.array(Tokens).min(1).max(MOST_PROMPTS),
  ]),
  ...drawingFields,
  logprobs: optional(z.int().min(0).max(20)),
  echo: notTaken(
    'the prompt is not given back; put it before the text yourself',
    '不返回提示；请自行置于文本之前',
  ),
  suffix: notTaken('texts are continued, not filled in', '只续写文本，不支持填充'),
  best_of: optional(
    z.literal(
      1,
      bothLanguages({ en: 'ask for several texts with n, and choose', zh: '请用 n 生成多个文本后自行选择' }),
    ),
  ),
});

const CompletionAnswer = z.object({
  ...answerFields,
  object: z.literal('text_completion'),
  choices: z.array(
    z.object({
      index: z.int(),
      text: z.string(),
      logprobs: z
        .object({
          tokens: z.array(z.string()),
          token_logprobs: z.array(z.number()),
          top_logprobs: z.array(z.record(z.string(), z.number())),
          text_offset: z.array(z.int()),
        })
        .nullable(),
      finish_reason: z.enum(['stop', 'length']),
    }),
  ),
});

export function completionsRoute({ languages, metrics }: LanguageRoutesOptions): Route {
  return {
    method: 'post',
    path: '/v1/completions',
    title: {
      en: 'Texts continued, whole or as a stream, in the form of OpenAI',
      zh: '续写文本，可整体返回或流式返回（OpenAI 格式）',
    },
    scope: 'predict',
    within: LONGEST_TEXT_TIME,
    body: bodySchema(CompletionRequest),
    answer: answerSchema(CompletionAnswer),
    handler: explained(async (context) => {
      const parsed = CompletionRequest.safeParse(await jsonBody(context));
      if (!parsed.success) throw new InvalidInput(parsed.error);
      const request = parsed.data;
      const model = modelOfKind(context, languages, request.model, 'decoder');
      const prompts = promptsOf(request.prompt);
      requireTexts(prompts.length * request.n);
      const seed = randomUUID();
      const max = request.max_tokens ?? TOKENS;
      return answerWithTexts(context, metrics, {
        model,
        texts: prompts.flatMap((prompt) =>
          Array.from({ length: request.n }, (_, choice) => ({
            prompt,
            drawing: drawingOf(request, { choice, seed, logprobs: request.logprobs, max }),
          })),
        ),
        ofPrompt: request.n,
        form: COMPLETION,
        isStreamed: request.stream === true,
        withUsage: request.stream_options?.include_usage === true,
        input: { prompt: request.prompt },
      });
    }),
  };
}

/** More would never all find a place. @throws InvalidInput */
function requireTexts(count: number): void {
  if (count <= MOST_TEXTS) return;
  throw InvalidInput.ofField(['prompt'], {
    en: `${count} texts are asked for; at most ${MOST_TEXTS} in one request`,
    zh: `请求了 ${count} 个文本；每个请求最多 ${MOST_TEXTS} 个`,
  });
}

function promptsOf(prompt: z.output<typeof CompletionRequest>['prompt']): Prompt[] {
  if (typeof prompt === 'string') return [{ text: prompt }];
  if (typeof prompt[0] === 'number') return [{ ids: prompt as number[] }];
  return (prompt as (string | number[])[]).map((one) =>
    typeof one === 'string' ? { text: one } : { ids: one },
  );
}

const COMPLETION: AnswerForm = {
  prefix: 'cmpl',
  object: 'text_completion',
  pieceObject: 'text_completion',
  whole: (index, { text, tokens, finish }: Written) => ({
    index,
    text,
    logprobs: logprobsOf(tokens, 0),
    finish_reason: finish,
  }),
  pieces: (index) => {
    let offset = 0;
    return {
      first: [],
      next: (token) => {
        if (token.text === '' && !token.own && !token.finish) return [];
        const at = offset;
        offset += token.text.length;
        return [
          { index, text: token.text, logprobs: logprobsOf([token], at), finish_reason: token.finish ?? null },
        ];
      },
    };
  },
};

function logprobsOf(tokens: readonly WrittenToken[], from: number): object | null {
  if (!tokens[0]?.own) return null;
  let offset = from;
  const text_offset = tokens.map(({ text }) => {
    const at = offset;
    offset += text.length;
    return at;
  });
  return {
    tokens: tokens.map(({ own }) => own!.text),
    token_logprobs: tokens.map(({ own }) => own!.logprob),
    top_logprobs: tokens.map(({ top = [] }) =>
      Object.fromEntries(top.map(({ text, logprob }) => [text, logprob])),
    ),
    text_offset,
  };
}
