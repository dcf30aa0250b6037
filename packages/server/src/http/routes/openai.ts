/**
 * Embeddings as OpenAI's clients ask for them (github.com/openai/openai-openapi: createEmbedding), of models that know texts.
 * The official clients ask for base64 where their user asks for nothing: the bytes of the numbers as float32, little-endian.
 */
import { bothLanguages } from '@gradus/base/schema';
import { InvalidInput, type Metrics, NotFound } from '@gradus/lifecycle';
import type { Context } from 'hono';
import { z } from 'zod';
import type { Answers } from '../../answers/answers.ts';
import type { LanguageModel, LanguageModels } from '../../language/language-models.ts';
import { ModelUnavailable, type OpenModel, type OpenModels } from '../../models/open-models.ts';
import { explained, jsonBody } from '../errors.ts';
import { askerOf } from '../guards.ts';
import { answerSchema, bodySchema } from '../openapi.ts';
import { modelOfKind } from './language/named.ts';
import { noteAnswer } from './models.ts';
import type { Route } from './route.ts';

/** As many as OpenAI takes. */
const MOST_TEXTS = 2048;

/** Clients that cut texts into OpenAI's tokens themselves send their numbers, which mean nothing to another model. */
const isTokens = (input: readonly unknown[]): boolean =>
  [input, ...input].some((list) => Array.isArray(list) && typeof list[0] === 'number');

/** A text or a list of texts. */
const Input = z
  .unknown()
  .transform((input) => (typeof input === 'string' ? [input] : input))
  .pipe(
    z
      .array(z.unknown())
      .min(1)
      .max(MOST_TEXTS)
      .refine(
        (input) => !isTokens(input),
        bothLanguages({
          en: "token numbers of another model's tokenizer; send the texts themselves (LangChain: check_embedding_ctx_length=False)",
          zh: '这是其他模型的词元编号；请直接发送文本（LangChain：check_embedding_ctx_length=False）',
        }),
      )
      .refine(
        (input) => isTokens(input) || input.every((text) => typeof text === 'string'),
        bothLanguages({ en: 'expected a text or a list of texts', zh: '应为文本或文本列表' }),
      ),
  )
  .transform((input) => input as readonly string[])
  .meta({ type: 'array', items: { type: 'string' } });

const EmbeddingsRequest = z.object({
  input: Input,
  model: z.string().optional(),
  encoding_format: z.enum(['float', 'base64']).default('float'),
  dimensions: z.int().min(1).optional(),
});

const EmbeddingsAnswer = z.object({
  object: z.literal('list'),
  model: z.string(),
  data: z.array(
    z.object({
      object: z.literal('embedding'),
      index: z.int(),
      /** Base64 of float32, little-endian, where that was asked for. */
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  usage: z.object({ prompt_tokens: z.int(), total_tokens: z.int() }),
});

export function embeddingsRoute(models: OpenModels, languages: LanguageModels, metrics: Metrics): Route {
  return {
    method: 'post',
    path: '/v1/embeddings',
    title: {
      en: 'Texts as points of a space where those of like meaning are near, in the form of OpenAI',
      zh: '将文本表示为空间中的点，含义相近者距离近（OpenAI 格式）',
    },
    scope: 'predict',
    tally: (context) => (languages.find(context.get('language') ?? '') ?? models.main)?.monitoring.traffic,
    body: bodySchema(EmbeddingsRequest),
    answer: answerSchema(EmbeddingsAnswer),
    handler: explained(async (context) => {
      const request = EmbeddingsRequest.safeParse(await jsonBody(context));
      if (!request.success) throw new InvalidInput(request.error);
      const { model } = request.data;
      if (model !== undefined && languages.find(model)) {
        const encoder = modelOfKind(context, languages, model, 'encoder');
        return context.json(await embeddedBy(context, encoder, request.data, metrics));
      }
      return named(models, model, async (open) => context.json(await embedded(context, open, request.data)));
    }),
  };
}

/**
 * The model that a request names. One that there is not means the model that the server was started with: programs that were
 * written for OpenAI send the name of a model of OpenAI's. Its recipe's name means it too, as in POST /v1/RECIPE, unless a
 * registered model of that name is served.
 */
async function named<T>(
  models: OpenModels,
  name: string | undefined,
  work: (model: OpenModel) => Promise<T>,
): Promise<T> {
  const { main } = models;
  if (main && (name === undefined || name === main.name)) return work(main);
  let found = false;
  try {
    return await models.use(name ?? '', (model) => {
      found = true;
      return work(model);
    });
  } catch (error) {
    const means =
      error instanceof NotFound || (error instanceof ModelUnavailable && name === main?.recipe.name);
    if (found || !main || !means) throw error;
    return work(main);
  }
}

async function embedded(
  context: Context,
  model: OpenModel,
  { input: texts, encoding_format, dimensions }: z.output<typeof EmbeddingsRequest>,
): Promise<z.output<typeof EmbeddingsAnswer>> {
  const ask = async ({ embed }: Answers) => {
    if (!embed) {
      throw new NotFound({
        en: `the model "${model.name}" gives no embeddings of texts`,
        zh: `模型“${model.name}”不提供文本嵌入`,
      });
    }
    const points = await embed(texts);
    requireDimensions(dimensions, points[0]!.length);
    return points;
  };
  const { version, prediction, answer } = await model.inference.ask(askerOf(context), { texts }, ask);
  noteAnswer(context, version, prediction);
  const tokens = texts.reduce((sum, text) => sum + Math.ceil(text.length / 4), 0);
  const form = encoding_format === 'base64' ? base64 : (point: Float32Array) => Array.from(point);
  return {
    object: 'list',
    model: model.name,
    data: answer.map((point, index) => ({ object: 'embedding', index, embedding: form(point) })),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** Fewer than a model has are only of use where it was trained for that. @throws InvalidInput */
function requireDimensions(asked: number | undefined, size: number): void {
  if (asked === undefined || asked === size) return;
  throw InvalidInput.ofField(['dimensions'], {
    en: `this model has ${size}; ask for ${size}, or leave it out`,
    zh: `此模型的维数为 ${size}；请填 ${size} 或省略`,
  });
}

/** By an encoder that is served by name. Fewer dimensions than it has are the first ones, brought to length 1 again. */
async function embeddedBy(
  context: Context,
  model: LanguageModel,
  { input: texts, encoding_format, dimensions }: z.output<typeof EmbeddingsRequest>,
  metrics: Metrics,
): Promise<z.output<typeof EmbeddingsAnswer>> {
  const { signal, steppedAside, caller, user } = askerOf(context);
  const started = performance.now();
  const thread = await model.thread();
  steppedAside?.();
  const points = await thread.embed(texts, { signal });
  const size = points.dimensions;
  if (dimensions !== undefined && dimensions > size) requireDimensions(dimensions, size);
  const { log } = model.monitoring;
  const id = log.draw();
  metrics.predictions.inc({ model: model.name, version: model.version, role: 'answer' });
  metrics.tokens.inc({ model: model.name, kind: 'prompt' }, points.tokens);
  model.tokens.add({ texts: texts.length, prompt: points.tokens, reused: 0, written: 0 });
  const logged =
    id !== undefined &&
    (await log.add({
      id,
      role: 'answer',
      version: { number: model.version, run: { id: `file:${model.path}` } },
      ms: performance.now() - started,
      caller,
      user,
      input: { texts },
      described: [{ inputs: { texts: texts.length, tokens: points.tokens }, outputs: {} }],
    }));
  noteAnswer(context, model.version, logged ? id : undefined);
  const form = encoding_format === 'base64' ? base64 : (point: Float32Array) => Array.from(point);
  return {
    object: 'list',
    model: model.name,
    data: texts.map((_, index) => {
      const point = points.data.subarray(index * size, (index + 1) * size);
      const short = dimensions === undefined || dimensions === size ? point : shortened(point, dimensions);
      return { object: 'embedding', index, embedding: form(short) };
    }),
    usage: { prompt_tokens: points.tokens, total_tokens: points.tokens },
  };
}

function shortened(point: Float32Array, dimensions: number): Float32Array {
  const short = point.slice(0, dimensions);
  const length = Math.hypot(...short);
  return length === 0 ? short : short.map((value) => value / length);
}

function base64(point: Float32Array): string {
  const bytes = Buffer.alloc(point.length * 4);
  for (const [i, value] of point.entries()) bytes.writeFloatLE(value, 4 * i);
  return bytes.toString('base64');
}
