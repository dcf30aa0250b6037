/** What OpenAI's clients ask for, of models that know texts (github.com/openai/openai-openapi: listModels, createEmbedding). */
import { z } from 'zod';
import type { Deployment, OpenVersion } from '../../deployment.ts';
import { invalid, jsonBody } from '../errors.ts';
import type { Answered, Route } from './route.ts';

const EmbeddingsRequest = z.object({
  input: z.union([z.string(), z.array(z.string()).min(1).max(1000)]),
  model: z.string().optional(),
  encoding_format: z.literal('float').optional(),
});

export function openAiRoutes(deployment: Deployment, answered: Answered): Route[] {
  return [
    {
      method: 'get',
      path: '/v1/models',
      summary: 'What serves here, in the form of OpenAI',
      scope: 'read',
      handler: (context) =>
        context.json({
          object: 'list',
          data: [
            {
              id: deployment.name,
              object: 'model',
              created: Math.floor(Date.parse(deployment.main.run.createdAt) / 1000),
              owned_by: 'gradus',
            },
          ],
        }),
    },
    ...(deployment.main.service.embed ? [embeddings(deployment, answered)] : []),
  ];
}

function embeddings(deployment: Deployment, answered: Answered): Route {
  return {
    method: 'post',
    path: '/v1/embeddings',
    summary: 'Texts as points of a space where those of like meaning are near, in the form of OpenAI',
    scope: 'predict',
    answers: true,
    body: EmbeddingsRequest,
    handler: async (context) => {
      const request = EmbeddingsRequest.safeParse(await jsonBody(context));
      if (!request.success) return invalid(context, request.error);
      const { input } = request.data;
      const texts = typeof input === 'string' ? [input] : input;
      const ask = async ({ service }: OpenVersion) => ({ points: await service.embed!(texts) });
      const { points } = await answered(context, ask, { input: { texts } });
      const tokens = texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
      return context.json({
        object: 'list',
        model: deployment.name,
        data: points.map((point, index) => ({
          object: 'embedding',
          index,
          embedding: Array.from(point),
        })),
        usage: { prompt_tokens: tokens, total_tokens: tokens },
      });
    },
  };
}
