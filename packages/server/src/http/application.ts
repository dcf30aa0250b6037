/**
 * The routes of routes/*.ts put together: what stands before each, what becomes of those nobody knows. One table makes the
 * application and its OpenAPI document.
 */
import {
  DatabaseHealth,
  type Metrics,
  NotFound,
  type Operation,
  type Scope,
  type TrafficTally,
} from '@gradus/lifecycle';
import { type Context, Hono } from 'hono';
import type { LanguageModels } from '../language/language-models.ts';
import type { Admission } from '../limits/admission.ts';
import { BodyMemory } from '../limits/bodies.ts';
import { RateLimit } from '../limits/rate.ts';
import type { OpenModels } from '../models/open-models.ts';
import { InferRequest, type Models, openInference } from '../protocol/open-inference.ts';
import type { Callers } from '../security/callers.ts';
import { Places } from '../security/places.ts';
import { Sessions } from '../security/sessions.ts';
import type { Tracing } from '../tracing/tracing.ts';
import { Authentication } from './authentication.ts';
import { limitedBody, readOff, unpackedBody } from './bodies.ts';
import { failure, thrown } from './errors.ts';
import { admitted, askerOf, headers, measured, onlyKnownNames, tallied, traced } from './guards.ts';
import { HostNames } from './hosts.ts';
import { bodySchema, openApi, type RouteDescription } from './openapi.ts';
import { fileRoutes } from './routes/files.ts';
import { jobRoutes } from './routes/jobs.ts';
import { storedFileRoutes } from './routes/language/files.ts';
import { fineTuningRoutes } from './routes/language/fine-tuning.ts';
import { languageRoutes } from './routes/language/routes.ts';
import { mainModelRoutes } from './routes/main-model.ts';
import { modelRoutes, PREDICTION } from './routes/models.ts';
import { embeddingsRoute } from './routes/openai.ts';
import { type OperationRoutesOptions, operationRoute } from './routes/operations.ts';
import { pageRoutes } from './routes/pages.ts';
import type { Route } from './routes/route.ts';
import { stateRoutes } from './routes/state.ts';
import { uploadRoutes } from './routes/uploads.ts';

export interface ApplicationOptions extends OperationRoutesOptions {
  readonly operations: readonly Operation[];
  readonly models: OpenModels;
  /** Large models that are served by name. */
  readonly languages: LanguageModels;
  readonly callers: Callers;
  readonly host: string;
  /** Names of a proxy in front of it. */
  readonly allowHosts: readonly string[];
  readonly version: string;
  /** Milliseconds in which a request is answered. */
  readonly within: number;
  /** Not while the server is closing. */
  ready(): boolean;
  readonly admission: Admission;
  readonly metrics: Metrics;
  readonly tracing: Tracing | undefined;
}

export interface Application {
  readonly app: Hono;
  /** Whether a request asks for what takes a model's time. */
  answers(method: string, path: string): boolean;
}

export function application(options: ApplicationOptions): Application {
  const { models, callers, version, admission, metrics } = options;
  const hosts = new HostNames(options.host, options.allowHosts);
  const authentication = new Authentication({
    callers,
    sessions: new Sessions(),
    hosts,
    rates: new RateLimit(),
    metrics,
  });
  const memory = new BodyMemory();
  const places = new Places(
    [options.runs, ...(options.allowed.data === undefined ? [] : [options.allowed.data])],
    () => options.languages.all,
  );
  const app = new Hono();
  app.use((context, next) => {
    context.set('places', places);
    return next();
  });
  app.use(headers, readOff, onlyKnownNames(hosts), measured(metrics));
  if (options.tracing) app.use(traced(options.tracing));

  const guards = ({
    scope,
    tally,
    isStreamed,
    within = options.within,
  }: Pick<Route, 'scope' | 'tally' | 'isStreamed' | 'within'>) => [
    ...(tally ? [tallied(tally)] : []),
    ...(scope ? [authentication.requires(scope)] : []),
    unpackedBody,
    ...(isStreamed ? [] : [limitedBody(memory)]),
    // The door has turned away what is too much. Whoever sends slowly takes no place from others until the body is there.
    ...(tally ? [admitted(admission, metrics, within)] : []),
  ];
  const pages = pageRoutes({
    ...options,
    hosts,
    authentication,
    described: () => ({ document, routes: described }),
  });
  const routes = routesOf(options, pages);
  const described: readonly RouteDescription[] = [...routes, ...OPEN_INFERENCE];
  const { main } = models;
  const title = main ? `${main.recipe.title.en} · ${main.recipe.title.zh}` : 'Gradus';
  const document = openApi(title, version, described);

  const paths = Map.groupBy(routes, ({ path }) => path);
  for (const [path, ways] of paths) {
    for (const route of ways) app.on([route.method.toUpperCase()], [path], ...guards(route), route.handler);
    const allowed = ways.map(({ method }) => method.toUpperCase()).join(', ');
    app.all(path, (context) => {
      context.header('allow', allowed);
      return failure(context, {
        status: 405,
        code: 'method_not_allowed',
        message: {
          en: `${context.req.path} takes ${allowed}.`,
          zh: `${context.req.path} 只接受 ${allowed}。`,
        },
      });
    });
  }
  for (const { path, scope } of OPEN_INFERENCE) {
    if (!scope) continue;
    const tally = path.endsWith('/infer') ? (context: Context) => tallyOf(models, context) : undefined;
    app.use(path, ...guards({ scope, ...(tally && { tally }) }));
  }
  openInference(app, openInferenceModels(options, places));
  app.notFound((context) =>
    failure(context, {
      status: 404,
      code: 'not_found',
      message: {
        en: `There is nothing at ${context.req.path}. GET /docs shows what there is.`,
        zh: `${context.req.path} 处没有内容。GET /docs 列出全部地址。`,
      },
    }),
  );
  app.onError(thrown);
  const forModel = new Set(
    routes.filter(({ tally }) => tally).map(({ method, path }) => `${method} ${path}`),
  );
  return {
    app,
    answers: (method, path) =>
      forModel.has(`${method.toLowerCase()} ${path}`) ||
      (method === 'POST' && /\/(?:infer|predict)$/.test(path)),
  };
}

/** In the order of the operations. One that has a handler of its own is not made from its declaration. */
function routesOf(options: ApplicationOptions, pages: readonly Route[]): Route[] {
  const { models, languages, operations, runs, metrics } = options;
  const { main } = models;
  const own = [
    ...(main ? mainModelRoutes(main, options) : []),
    ...modelRoutes(models, operations, { ...options, languages }),
    embeddingsRoute(models, languages, metrics),
    ...languageRoutes({ languages, metrics }),
    ...storedFileRoutes(runs),
    ...fineTuningRoutes(options),
    ...uploadRoutes(runs, operations),
    ...jobRoutes({ ...options, open: options.ready }),
  ];
  const taken = new Map(own.map((route) => [`${route.method} ${route.path}`, route]));
  const made = operations.map(
    (operation) =>
      taken.get(`${operation.http.method} ${operation.http.path}`) ?? operationRoute(operation, options),
  );
  return [
    ...new Set([...made, ...own]),
    ...fileRoutes(runs),
    ...stateRoutes(main, metrics, new DatabaseHealth(options.database)),
    ...pages,
  ];
}

const tallyOf = (models: OpenModels, context: Context): TrafficTally | undefined =>
  models.find(context.req.param('name')!)?.monitoring.traffic;

/** The models as the Open Inference Protocol sees them. */
function openInferenceModels(
  { models, version: serverVersion, ready }: ApplicationOptions,
  places: Places,
): Models {
  return {
    serverVersion,
    ready,
    shown: (message) => places.shown(message),
    use: (name, number, context, work) =>
      models.use(name, ({ deployment, inference, texts: form }) => {
        if (!deployment.main.model && !form) {
          throw new NotFound({
            en: `the model "${name}" has no file that could be run by itself`,
            zh: `模型“${name}”没有可单独运行的文件`,
          });
        }
        const asker = askerOf(context);
        // Who asks for a version by its number is not part of a trial.
        const shadowed = number === undefined;
        const logged = (prediction: string) => context.header(PREDICTION, prediction);
        const lent = deployment.use({ number, user: asker.user }, (open) =>
          work(
            {
              own: open.model && inference.model(open, asker, { shadowed, logged }),
              texts: form && {
                outputs: form.outputs,
                answer: async (texts) => {
                  const request = form.request(texts);
                  const { prediction, answer } = await inference.answerBy(open, asker, request, { shadowed });
                  if (prediction !== undefined) logged(prediction);
                  return form.tensors(JSON.parse(Buffer.from(answer).toString()));
                },
              },
            },
            open.number,
            deployment.numbers,
          ),
        );
        if (lent) return lent;
        const versions = deployment.numbers.join(', ');
        throw new NotFound({
          en: `model "${name}" has no version ${number}; it has ${versions}`,
          zh: `模型“${name}”没有版本 ${number}；现有 ${versions}`,
        });
      }),
  };
}

const oip = (
  method: 'get' | 'post',
  path: string,
  en: string,
  zh: string,
  scope?: Scope,
  body?: object,
): RouteDescription => ({
  method,
  path,
  title: { en: `Open Inference Protocol: ${en}`, zh: `开放推理协议：${zh}` },
  scope,
  body,
});

/** protocol/open-inference.ts answers these. */
const OPEN_INFERENCE: readonly RouteDescription[] = [
  oip('get', '/v2', 'the server', '服务器'),
  oip('get', '/v2/health/live', 'it lives', '存活'),
  oip('get', '/v2/health/ready', 'it can be asked', '就绪'),
  ...['/v2/models/:name', '/v2/models/:name/versions/:version'].flatMap((path) => [
    oip('get', path, 'what the model takes and gives', '模型的输入与输出', 'read'),
    oip('get', `${path}/ready`, 'the model can be asked', '模型就绪', 'read'),
    oip(
      'post',
      `${path}/infer`,
      'tensors in, tensors out',
      '输入张量，输出张量',
      'predict',
      bodySchema(InferRequest),
    ),
  ]),
];
