/**
 * Documents in the order of how well they answer a query, in the form that Jina, Cohere and vLLM share. A cross-encoder
 * reads query and document together and says how probably the one answers the other, as does Qwen3-Reranker, which writes; of an encoder the score is the cosine of the two,
 * each with the prefix that it was trained with.
 */
import { randomUUID } from 'node:crypto';
import { InvalidInput } from '@gradus/lifecycle';
import { z } from 'zod';
import type { Ranks } from '../../../language/protocol.ts';
import type { LanguageThread } from '../../../language/thread.ts';
import { explained, jsonBody } from '../../errors.ts';
import { askerOf } from '../../guards.ts';
import { answerSchema, bodySchema } from '../../openapi.ts';
import { noteAnswer } from '../models.ts';
import type { Route } from '../route.ts';
import { optional } from './drawing.ts';
import { type LanguageRoutesOptions, LONGEST_TEXT_TIME, modelOfKind } from './named.ts';

const MOST_DOCUMENTS = 2048;

const RerankRequest = z.object({
  model: z.string(),
  query: z.string().min(1),
  documents: z
    .array(z.union([z.string(), z.object({ text: z.string() }).transform(({ text }) => text)]))
    .min(1)
    .max(MOST_DOCUMENTS)
    .meta({ type: 'array', items: { type: 'string' } }),
  top_n: optional(z.int().min(1)),
  return_documents: z.boolean().nullish(),
});

const RerankAnswer = z.object({
  id: z.string(),
  model: z.string(),
  results: z.array(
    z.object({
      index: z.int(),
      relevance_score: z.number(),
      document: z.object({ text: z.string() }).optional(),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

export function rerankRoute({ languages, metrics }: LanguageRoutesOptions): Route {
  return {
    method: 'post',
    path: '/v1/rerank',
    title: {
      en: 'Documents in the order of how well they answer a query',
      zh: '按与查询的相关程度排列文档',
    },
    scope: 'predict',
    within: LONGEST_TEXT_TIME,
    body: bodySchema(RerankRequest),
    answer: answerSchema(RerankAnswer),
    handler: explained(async (context) => {
      const parsed = RerankRequest.safeParse(await jsonBody(context));
      if (!parsed.success) throw new InvalidInput(parsed.error);
      const { model: name, query, documents, top_n = documents.length, return_documents } = parsed.data;
      const writer = languages.find(name)?.ranks ? (['decoder'] as const) : [];
      const model = modelOfKind(context, languages, name, 'encoder', 'reranker', ...writer);
      const { signal, steppedAside } = askerOf(context);
      const thread = await model.thread();
      steppedAside?.();
      const { scores, tokens } =
        model.kind === 'encoder'
          ? await ranksByCosine(thread, query, documents, signal)
          : await thread.rank(query, documents, signal);
      const results = documents
        .map((text, index) => ({
          index,
          relevance_score: scores[index]!,
          ...(return_documents && { document: { text } }),
        }))
        .sort((a, b) => b.relevance_score - a.relevance_score || a.index - b.index)
        .slice(0, top_n);
      metrics.predictions.inc({ model: name, version: model.version, role: 'answer' });
      metrics.tokens.inc({ model: name, kind: 'prompt' }, tokens);
      model.tokens.add({ texts: documents.length, prompt: tokens, reused: 0, written: 0 });
      noteAnswer(context, model.version, undefined);
      return context.json({
        id: `rerank-${randomUUID()}`,
        model: name,
        results,
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      });
    }),
  };
}

async function ranksByCosine(
  thread: LanguageThread,
  query: string,
  documents: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Ranks> {
  const asked = await thread.embed([query], { as: 'query', signal });
  const found = await thread.embed(documents, { as: 'document', signal });
  const size = found.dimensions;
  return {
    scores: Float32Array.from(documents, (_, i) =>
      cosine(asked.data, found.data.subarray(i * size, (i + 1) * size)),
    ),
    tokens: asked.tokens + found.tokens,
  };
}

function cosine(a: Float32Array, b: Float32Array): number {
  let [product, first, second] = [0, 0, 0];
  for (let i = 0; i < b.length; i++) {
    product += a[i]! * b[i]!;
    first += a[i]! ** 2;
    second += b[i]! ** 2;
  }
  return product / Math.sqrt(first * second || 1);
}
