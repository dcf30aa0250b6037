/** All routes, as a table that the application and its OpenAPI document are both made from. */
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { Recipe, Service } from '@gradus/loop';
import { type Context, type Handler, Hono } from 'hono';
import { z } from 'zod';
import type { Deployment, OpenVersion } from '../deployment.ts';
import { Admission } from '../limits/admission.ts';
import { RateLimit } from '../limits/rate.ts';
import { Metrics } from '../monitoring/metrics.ts';
import { InferRequest, openInference } from '../protocol/open-inference.ts';
import type { Callers, Scope } from '../security/callers.ts';
import { failure, invalid, jsonBody, thrown } from './errors.ts';
import { admitted, headers, limitedBody, measured, onlyLoopbackNames, requires } from './guards.ts';
import { type Operation, openApi } from './openapi.ts';
import { docsPage, frontPage } from './page.ts';

export interface ApplicationOptions {
  readonly deployment: Deployment;
  readonly recipe: Recipe;
  /** What is served, as MLflow writes it. */
  readonly uri: string;
  readonly callers: Callers;
  readonly host: string;
  readonly version: string;
  /** Not while the server is closing. */
  ready(): boolean;
  /** Keeps corrections that the champion's schema has parsed. */
  correct(corrections: readonly unknown[], by: string): Promise<void>;
}

interface Route extends Operation {
  /** Its answers take the model's time: it is turned away when there is too much to do. */
  readonly answers?: boolean;
  readonly handler: Handler;
}

const MOST_CORRECTIONS = 10_000;

const EmbeddingsRequest = z.object({
  input: z.union([z.string(), z.array(z.string()).min(1).max(1000)]),
  model: z.string().optional(),
  encoding_format: z.literal('float').optional(),
});

export function application(options: ApplicationOptions): Hono {
  const { deployment, recipe, callers, host, version } = options;
  const admission = new Admission();
  const metrics = new Metrics(() => admission.pending);
  const rates = new RateLimit();
  const app = new Hono();
  app.use(headers, onlyLoopbackNames(host), measured(metrics));

  const guards = ({ scope, answers }: { scope?: Scope | undefined; answers?: boolean }) => [
    ...(scope ? [requires(scope, callers, rates, metrics)] : []),
    ...(answers ? [admitted(admission, metrics)] : []),
    limitedBody,
  ];
  /** A user whose version shall not change from one request to the next. */
  const userOf = (context: Context) => context.req.header('x-user-id')?.slice(0, 200);

  /** The version that this request gets answers; shadows do as well, unheard. */
  const answered = async <T extends object>(
    context: Context,
    ask: (version: OpenVersion) => Promise<T>,
  ): Promise<T & { run: string }> => {
    const counted = async (open: OpenVersion, role: string) => {
      const answer = await ask(open);
      metrics.predictions.inc({ model: deployment.name, version: open.number, role });
      return { run: open.run.id, ...answer };
    };
    deployment.shadow((open) => counted(open, 'shadow'));
    return deployment.use({ user: userOf(context) }, async (open) => {
      context.header('x-gradus-version', open.number);
      return counted(open, 'answer');
    })!;
  };
  const { service } = deployment.main;

  const routes: Route[] = [
    {
      method: 'post',
      path: `/v1/${recipe.name}`,
      summary: `${recipe.title.en} of new data`,
      scope: 'predict',
      answers: true,
      body: service.request,
      handler: async (context) => {
        const body = await jsonBody(context);
        const request = deployment.main.service.request.safeParse(body);
        if (!request.success) return invalid(context, request.error);
        return context.json(
          await answered(context, ({ service }) => service.answer(request.data) as Promise<object>),
        );
      },
    },
    {
      method: 'post',
      path: '/v1/feedback',
      summary: 'Corrections: what the model should have answered',
      scope: 'feedback',
      body: feedbackSchema(service),
      handler: async (context) => {
        const request = feedbackSchema(deployment.main.service).safeParse(await jsonBody(context));
        if (!request.success) return invalid(context, request.error);
        const { corrections } = request.data;
        await options.correct(corrections, context.get('caller').name);
        return context.json({ recorded: corrections.length });
      },
    },
    ...(service.embed ? [embeddings(deployment, answered)] : []),
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
    {
      method: 'get',
      path: '/metrics',
      summary: 'Counts and times in the form of Prometheus',
      scope: 'read',
      handler: async (context) => {
        context.header('content-type', metrics.registry.contentType);
        return context.body(await metrics.registry.metrics());
      },
    },
    {
      method: 'get',
      path: '/healthz',
      summary: 'Whether the server lives, and what it serves',
      handler: (context) => {
        const { run, number } = deployment.main;
        return context.json({
          status: 'ok',
          recipe: recipe.name,
          model: deployment.name,
          uri: options.uri,
          version: number,
          run: run.id,
        });
      },
    },
    {
      method: 'get',
      path: '/report',
      summary: "The report of the model's run",
      scope: 'read',
      handler: async (context) => {
        const file = createReadStream(join(deployment.main.run.directory, 'report.html'));
        await new Promise((resolve, reject) => file.once('open', resolve).once('error', reject));
        context.header('content-type', 'text/html; charset=utf-8');
        return context.body(Readable.toWeb(file) as ReadableStream);
      },
    },
    {
      method: 'get',
      path: '/openapi.json',
      summary: 'This interface as an OpenAPI document',
      scope: 'read',
      handler: (context) => context.json(document),
    },
    {
      method: 'get',
      path: '/docs',
      summary: 'This interface for people',
      scope: 'read',
      handler: (context) => context.html(docsPage(recipe.title, operations)),
    },
    {
      method: 'get',
      path: '/',
      summary: 'A page to try it',
      scope: 'predict',
      answers: true,
      handler: async (context) => {
        const text = context.req.query('text')?.slice(0, 4000);
        const request = text ? deployment.main.service.request.safeParse({ texts: [text] }) : undefined;
        const tried = request?.success
          ? {
              text: text!,
              answer: await answered(
                context,
                ({ service }) => service.answer(request.data) as Promise<object>,
              ),
            }
          : undefined;
        return context.html(frontPage(recipe.title, deployment.main.run, tried));
      },
    },
  ];
  const operations: readonly Operation[] = [...routes, ...OPEN_INFERENCE];
  const document = openApi(`${recipe.title.en} · ${recipe.title.zh}`, version, operations);

  const paths = Map.groupBy(routes, ({ path }) => path);
  for (const [path, ways] of paths) {
    for (const route of ways) app.on([route.method.toUpperCase()], [path], ...guards(route), route.handler);
    const allowed = ways.map(({ method }) => method.toUpperCase()).join(', ');
    app.all(path, (context) => {
      context.header('allow', allowed);
      return failure(context, {
        status: 405,
        code: 'method_not_allowed',
        message: `${path} takes ${allowed}.`,
      });
    });
  }
  for (const { path, scope } of OPEN_INFERENCE) {
    if (scope) app.use(path, ...guards({ scope, answers: path.endsWith('/infer') }));
  }
  openInference(app, {
    serverVersion: version,
    ready: options.ready,
    names: () => [deployment.name],
    versions: (name) => (name === deployment.name ? deployment.numbers : undefined),
    use: (name, number, context, work) => {
      if (name !== deployment.name || !deployment.main.model) return undefined;
      return deployment.use({ number, user: userOf(context) }, (open) => work(open.model!, open.number));
    },
    answered: (model, version) => metrics.predictions.inc({ model, version, role: 'answer' }),
  });
  app.notFound((context) =>
    failure(context, {
      status: 404,
      code: 'not_found',
      message: `There is nothing at ${context.req.path}. There are: ${[...paths.keys(), '/v2'].join(', ')}.`,
    }),
  );
  app.onError(thrown);
  return app;
}

const feedbackSchema = (service: Service) =>
  z.strictObject({ corrections: z.array(service.correction).min(1).max(MOST_CORRECTIONS) });

/** github.com/openai/openai-openapi: createEmbedding. */
function embeddings(
  deployment: Deployment,
  answered: <T extends object>(
    context: Context,
    ask: (version: OpenVersion) => Promise<T>,
  ) => Promise<T & { run: string }>,
): Route {
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
      const { points } = await answered(context, async ({ service }) => ({
        points: await service.embed!(texts),
      }));
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

/** protocol/open-inference.ts answers these. */
const OPEN_INFERENCE: readonly Operation[] = [
  { method: 'get', path: '/v2', summary: 'Open Inference Protocol: the server' },
  { method: 'get', path: '/v2/health/live', summary: 'Open Inference Protocol: it lives' },
  { method: 'get', path: '/v2/health/ready', summary: 'Open Inference Protocol: it can be asked' },
  ...['/v2/models/:name', '/v2/models/:name/versions/:version'].flatMap((path): Operation[] => [
    {
      method: 'get',
      path,
      summary: 'Open Inference Protocol: what the model takes and gives',
      scope: 'read',
    },
    {
      method: 'get',
      path: `${path}/ready`,
      summary: 'Open Inference Protocol: the model can be asked',
      scope: 'read',
    },
    {
      method: 'post',
      path: `${path}/infer`,
      summary: 'Open Inference Protocol: tensors in, tensors out',
      scope: 'predict',
      body: InferRequest,
    },
  ]),
];
