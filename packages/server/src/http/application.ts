/**
 * The routes of routes/*.ts put together: what stands before each, what becomes of those nobody knows. One table makes the
 * application and its OpenAPI document.
 */
import type { Recipe } from '@gradus/loop';
import { Hono } from 'hono';
import type { Deployment } from '../deployment.ts';
import { Admission } from '../limits/admission.ts';
import { RateLimit } from '../limits/rate.ts';
import { Metrics } from '../monitoring/metrics.ts';
import { InferRequest, openInference } from '../protocol/open-inference.ts';
import type { Callers, Scope } from '../security/callers.ts';
import { failure, thrown } from './errors.ts';
import {
  admitted,
  headers,
  limitedBody,
  measured,
  onlyLoopbackNames,
  readOff,
  requires,
  unpackedBody,
} from './guards.ts';
import { type Operation, openApi } from './openapi.ts';
import { type Correct, feedbackRoutes } from './routes/feedback.ts';
import { openAiRoutes } from './routes/openai.ts';
import { pageRoutes } from './routes/pages.ts';
import { predictRoutes } from './routes/predict.ts';
import { answering, type Route, userOf } from './routes/route.ts';
import { stateRoutes } from './routes/state.ts';

export interface ApplicationOptions {
  readonly deployment: Deployment;
  readonly recipe: Recipe;
  /** What is served, as MLflow writes it. */
  readonly uri: string;
  readonly callers: Callers;
  readonly host: string;
  readonly version: string;
  /** Milliseconds in which a request is answered. */
  readonly within: number;
  /** Not while the server is closing. */
  ready(): boolean;
  readonly correct: Correct;
}

export function application(options: ApplicationOptions): Hono {
  const { deployment, recipe, uri, callers, host, version } = options;
  const admission = new Admission();
  const metrics = new Metrics(() => admission.pending);
  const rates = new RateLimit();
  const app = new Hono();
  app.use(headers, readOff, onlyLoopbackNames(host), measured(metrics));

  const guards = ({ scope, answers }: { scope?: Scope | undefined; answers?: boolean }) => [
    ...(scope ? [requires(scope, callers, rates, metrics)] : []),
    ...(answers ? [admitted(admission, metrics, options.within)] : []),
    unpackedBody,
    limitedBody,
  ];
  const answered = answering(deployment, metrics);
  const routes: Route[] = [
    ...predictRoutes(recipe, deployment, answered),
    ...feedbackRoutes(deployment, options.correct),
    ...openAiRoutes(deployment, answered),
    ...stateRoutes(recipe, uri, deployment, metrics),
    ...pageRoutes(recipe, deployment, answered, () => ({ document, operations })),
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
