/**
 * Serves a workspace over HTTP, until stopped: its models by their names, its runs, datasets and jobs; and at the addresses that
 * are about one model, the one that it was started with. GET /docs shows it to people.
 */
import { createServer, type Server } from 'node:http';
import { type Localized, UserError, VERSION } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import {
  callerOf,
  Metrics,
  MonitoringOptions,
  openDatabase,
  operationsOf,
  requireAllowedAddresses,
  startWorkers,
  thisUser,
  type WorkerProgram,
} from '@gradus/lifecycle';
import type { Recipe } from '@gradus/loop';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { z } from 'zod';
import type { AnswerProgram } from './answers/answer-thread.ts';
import { application } from './http/application.ts';
import { guardDoor } from './http/door.ts';
import { answerUnparsed, unparsedBody } from './http/unparsed.ts';
import {
  type LanguageModel,
  LanguageModels,
  type LanguageModelsOptions,
  type NamedPath,
} from './language/language-models.ts';
import { Admission } from './limits/admission.ts';
import { TIMES, type Times } from './limits/times.ts';
import { OpenModels } from './models/open-models.ts';
import { Callers } from './security/callers.ts';
import { serverToken } from './security/token.ts';
import { openTracing, type Tracing } from './tracing/tracing.ts';

export interface ServeOptions {
  /**
   * What the addresses of one model are about: a registered model's name or a run's id, for its champion, or a URI,
   * `models:/NAME@champion`, `models:/NAME/3`, `runs:/ID/model`. Default: no model; each is asked by its name.
   */
  readonly model?: string | undefined;
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  /** 0 takes any that is free. */
  readonly port: number;
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string;
  /** Names that a proxy in front of it is asked by; it answers to them as to its own. */
  readonly allowHosts?: readonly string[] | undefined;
  readonly times?: Partial<Times>;
  /** Child processes that do jobs. Default: none; other workers on the same database may do them. */
  readonly workers?: WorkerProgram;
  /** Models answer in threads of this program, so that no request holds up another. Default: on the server's own thread. */
  readonly answers?: AnswerProgram | undefined;
  /** The directory whose files requests may have read. Default: none. */
  readonly data?: string | undefined;
  /** Addresses of databases and buckets that requests may have read. Default: none. */
  readonly allowSources?: readonly string[] | undefined;
  /** Large models, each by its name: a folder of Hugging Face, a GGUF file, an encoder, or an adapter, which shares its base. */
  readonly languageModels?: readonly NamedPath[] | undefined;
  /** How large models run. */
  readonly language?:
    | Pick<LanguageModelsOptions, 'bits' | 'places' | 'slots' | 'round' | 'onRounding'>
    | undefined;
  /** Models that are open at once, at most. Default 8. */
  readonly maxModels?: number | undefined;
  /** Address of a Postgres database; by default the environment's DATABASE_URL. */
  readonly database?: string;
  /** What is logged and watched, and what raises an alarm. */
  readonly monitoring?: z.input<typeof MonitoringOptions>;
}

export interface RunningServer {
  readonly url: string;
  /** May do everything. */
  readonly token: string;
  /** The model that it was started with, if any. */
  readonly model: { readonly recipe: string; readonly example: unknown } | undefined;
  /** The large models that it was started with. */
  readonly languages: readonly Pick<LanguageModel, 'name' | 'kind'>[];
  /** Finishes what is under way, for some seconds at most, then closes. */
  close(): Promise<void>;
}

const MOST_MODELS = 8;
/** Milliseconds that a statement may take while a request waits for it, in Postgres. */
const DATABASE_PATIENCE = 10_000;

/** Milliseconds. */
const LOOK_FOR_SLOW_ONES = 1000;
const LOOK_FOR_IDLE_ONES = 50;
/** Longer than load balancers keep connections (60 s, mostly): the side that asks must be the one that closes, or a request is lost. */
const KEEP_ALIVE = 65_000;

/** @throws UserError where the model cannot be opened, or the port is taken or may not be used. */
export async function serve({
  model,
  runs,
  recipes,
  port,
  host = '127.0.0.1',
  allowHosts = [],
  times: input = {},
  workers: program,
  answers: answerProgram,
  data,
  allowSources = [],
  languageModels = [],
  language = {},
  maxModels = MOST_MODELS,
  database: url = process.env.DATABASE_URL,
  monitoring: options = {},
}: ServeOptions): Promise<RunningServer> {
  const times = { ...TIMES, ...input };
  const monitoring = monitoringOptions(options);
  const addresses = requireAllowedAddresses(allowSources);
  const token = serverToken(runs);
  const database = await openDatabase(runs, url, DATABASE_PATIENCE);
  let closing = false;
  let tracing: Tracing | undefined;
  let server: Server;
  const admission = new Admission();
  const metrics = new Metrics(() => admission.pending);
  const models = new OpenModels({
    database,
    runs,
    url,
    recipes,
    monitoring,
    metrics,
    answers: { program: answerProgram, within: times.answer },
    secret: token,
    most: maxModels,
    by: thisUser(),
  });
  let languages: LanguageModels | undefined;
  try {
    if (model !== undefined) await models.openMain(model);
    languages = await LanguageModels.open({
      ...language,
      models: languageModels,
      database,
      runs,
      url,
      monitoring,
      metrics,
      secret: token,
    });
    tracing = await openTracing(VERSION);
    const { app, answers } = application({
      models,
      languages,
      operations: operationsOf(recipes),
      database,
      runs,
      recipes,
      allowed: { data, addresses },
      callers: new Callers(token, (hash) => callerOf(database, hash)),
      host,
      allowHosts,
      version: VERSION,
      within: times.answer,
      ready: () => !closing,
      admission,
      metrics,
      tracing,
    });
    server = await start(app, port, host, times);
    guardDoor(server, admission, metrics, answers);
  } catch (error) {
    await tracing?.close();
    await languages?.close();
    await models.close();
    await database.destroy();
    throw error;
  }
  const workers = program && startWorkers(program);
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  const { main } = models;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    token,
    model: main && { recipe: main.recipe.name, example: main.deployment.main.answers.example },
    languages: languages.all,
    close: async () => {
      closing = true;
      const stopped = workers?.close();
      await new Promise<void>((resolve) => {
        const patience = setTimeout(() => server.closeAllConnections(), times.close);
        // A connection whose request is answered would stay for the next one.
        const idle = setInterval(() => server.closeIdleConnections(), LOOK_FOR_IDLE_ONES);
        server.close(() => {
          clearTimeout(patience);
          clearInterval(idle);
          resolve();
        });
        server.closeIdleConnections();
      });
      await stopped;
      await languages?.close();
      await models.close();
      await database.destroy();
      await tracing?.close();
    },
  };
}

function monitoringOptions(input: z.input<typeof MonitoringOptions>): MonitoringOptions {
  const parsed = MonitoringOptions.safeParse(input);
  if (!parsed.success) throw new UserError(reasonOf(parsed.error));
  return parsed.data;
}

async function start(app: Hono, port: number, host: string, times: Times): Promise<Server> {
  const listener = getRequestListener(app.fetch, {
    hostname: host,
    // The application answers for its own errors: what comes here was no address that it could be asked by.
    errorHandler: () =>
      new Response(unparsedBody('no_address', 'The Host header or the address is malformed.'), {
        status: 400,
        headers: { 'content-type': 'application/json' },
      }),
  });
  const server = createServer(
    {
      headersTimeout: times.headers,
      requestTimeout: times.request,
      keepAliveTimeout: KEEP_ALIVE,
      // The application tells those who forget it.
      requireHostHeader: false,
      connectionsCheckingInterval: Math.min(LOOK_FOR_SLOW_ONES, times.headers),
    },
    listener,
  );
  server.on('clientError', answerUnparsed);
  server.listen(port, host);
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (error: NodeJS.ErrnoException) => {
      const cause = portProblem(port, error.code);
      reject(cause ? new UserError(cause, { cause: error }) : error);
    });
  });
  return server;
}

function portProblem(port: number, code: string | undefined): Localized | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return {
        en: `Port ${port} is taken by another program. Choose another with --port, or --port 0 for any that is free.`,
        zh: `端口 ${port} 已被其他程序占用。请用 --port 另选一个，或用 --port 0 使用任意空闲端口。`,
      };
    case 'EACCES':
      return {
        en: `Port ${port} may not be used without special rights. Choose one above 1023 with --port.`,
        zh: `没有特殊权限不能使用端口 ${port}。请用 --port 选择大于 1023 的端口。`,
      };
    default:
      return undefined;
  }
}
