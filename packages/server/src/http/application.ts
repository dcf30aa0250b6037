/**
 * The routes of routes/*.ts put together: what stands before each, what becomes of those nobody knows. One table makes the
 * application and its OpenAPI document.
 */

import type { Metrics, Monitoring, Scope } from '@gradus/lifecycle';
import type { Recipe } from '@gradus/loop';
import { Hono } from 'hono';
import type { Deployment } from '../deployment.ts';
import type { Admission } from '../limits/admission.ts';
import { RateLimit } from '../limits/rate.ts';
import { InferRequest, openInference } from '../protocol/open-inference.ts';
import type { Callers } from '../security/callers.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { answering, loggedModel } from './answering.ts';
import { failure, thrown } from './errors.ts';
import {
  admitted,
  headers,
  limitedBody,
  measured,
  onlyLoopbackNames,
  readOff,
  requires,
  tallied,
  traced,
  unpackedBody,
} from './guards.ts';
import { type Operation, openApi } from './openapi.ts';
import { type Correct, feedbackRoutes } from './routes/feedback.ts';
import { type JobRoutesOptions, jobRoutes } from './routes/jobs.ts';
import { monitoringRoutes, type TakeOutcomes } from './routes/monitoring.ts';
import { openAiRoutes } from './routes/openai.ts';
import { pageRoutes } from './routes/pages.ts';
import { predictRoutes } from './routes/predict.ts';
import { type Route, userOf } from './routes/route.ts';
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
  readonly outcomes: TakeOutcomes;
  readonly jobs: JobRoutesOptions;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly monitoring: Monitoring;
  readonly tracing: Tracing | undefined;
}

export interface Application {
  readonly app: Hono;
  /** Whether a request asks for what takes the model's time. */
  answers(method: string, path: string): boolean;
}

export function application(options: ApplicationOptions): Application {
  const { deployment, recipe, uri, callers, host, version, admission, metrics, monitoring } = options;
  const rates = new RateLimit();
  const app = new Hono();
  app.use(headers, readOff, onlyLoopbackNames(host), measured(metrics));
  if (options.tracing) app.use(traced(options.tracing));

  const guards = ({ scope, answers }: { scope?: Scope | undefined; answers?: boolean }) => [
    ...(answers ? [tallied(monitoring.traffic)] : []),
    // Before all else, since turning away must cost less than what it spares.
    ...(answers ? [admitted(admission, metrics, options.within)] : []),
    ...(scope ? [requires(scope, callers, rates, metrics)] : []),
    unpackedBody,
    limitedBody,
  ];
  const answered = answering(deployment, metrics, monitoring.log);
  const routes: Route[] = [
    ...predictRoutes(recipe, answered),
    ...feedbackRoutes(recipe, deployment, options.correct),
    ...jobRoutes(options.jobs),
    ...openAiRoutes(deployment, answered),
    ...monitoringRoutes(recipe, options.outcomes, monitoring.watch),
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
      return deployment.use({ number, user: userOf(context) }, (open) =>
        work(
          // Who asks for a version by its number is not part of a trial.
          loggedModel(open, context, deployment, metrics, monitoring.log, { shadowed: number === undefined }),
          open.number,
        ),
      );
    },
  });
  app.notFound((context) =>
    failure(context, {
      status: 404,
      code: 'not_found',
      message: `There is nothing at ${context.req.path}. There are: ${[...paths.keys(), '/v2'].join(', ')}.`,
    }),
  );
  app.onError(thrown);
  const forModel = new Set(
    routes.filter(({ answers }) => answers).map(({ method, path }) => `${method} ${path}`),
  );
  return {
    app,
    answers: (method, path) =>
      forModel.has(`${method.toLowerCase()} ${path}`) || (method === 'POST' && path.endsWith('/infer')),
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
