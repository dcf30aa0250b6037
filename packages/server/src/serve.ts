/**
 * Serves a model over HTTP, until stopped: its champion, or whatever its traffic says. What can be asked is in
 * http/application.ts; GET /docs shows it to people.
 */
import { createServer, type Server } from 'node:http';
import { UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import { redactText } from '@gradus/data';
import {
  addCorrections,
  callerOf,
  lineageOf,
  Metrics,
  Monitoring,
  MonitoringOptions,
  openDatabase,
  recipeOf,
  recordOutcomes,
  resolveServed,
  startWorkers,
  thisUser,
  type WorkerProgram,
} from '@gradus/lifecycle';
import { findRun, type Recipe } from '@gradus/loop';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { z } from 'zod';
import { Deployment } from './deployment.ts';
import { application } from './http/application.ts';
import { guardDoor } from './http/door.ts';
import { answerUnparsed, unparsedBody } from './http/unparsed.ts';
import { Admission } from './limits/admission.ts';
import { TIMES, type Times } from './limits/times.ts';
import { Callers, serverToken } from './security/callers.ts';
import { openTracing, type Tracing } from './tracing/tracing.ts';

export interface ServeOptions {
  /** A run's id, for the champion of its lineage, or a URI: `models:/NAME@champion`, `models:/NAME/3`, `runs:/ID/model`. */
  readonly model: string;
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  /** 0 takes any that is free. */
  readonly port: number;
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string;
  readonly times?: Partial<Times>;
  /** Child processes that do jobs. Default: none; other workers on the same database may do them. */
  readonly workers?: WorkerProgram;
  /** The directory whose files jobs may read that are asked for over HTTP. Default: they may read none. */
  readonly data?: string;
  /** Address of a Postgres database; by default the environment's DATABASE_URL. */
  readonly database?: string;
  /** What is logged and watched, and when people are told. */
  readonly monitoring?: z.input<typeof MonitoringOptions>;
}

export interface RunningServer {
  readonly url: string;
  /** May do everything. */
  readonly token: string;
  /** The recipe's name. */
  readonly recipe: string;
  /** Of a request to it. */
  readonly example: unknown;
  /** Finishes what is under way, for some seconds at most, then closes. */
  close(): Promise<void>;
}

const VERSION = '0.1.0';

/** Milliseconds. */
const LOOK_FOR_SLOW_ONES = 1000;
const LOOK_FOR_IDLE_ONES = 50;
/** Longer than load balancers keep connections (60 s, mostly): the side that asks must be the one that closes, or a request is lost. */
const KEEP_ALIVE = 65_000;

/** @throws UserError where the port is taken or may not be used. */
export async function serve({
  model,
  runs,
  recipes,
  port,
  host = '127.0.0.1',
  times: given = {},
  workers: program,
  data,
  database: url = process.env.DATABASE_URL,
  monitoring: options = {},
}: ServeOptions): Promise<RunningServer> {
  const times = { ...TIMES, ...given };
  const token = serverToken(runs);
  const database = await openDatabase(runs, url);
  let closing = false;
  let deployment: Deployment | undefined;
  let monitoring: Monitoring | undefined;
  let tracing: Tracing | undefined;
  let server: Server;
  let recipe: Recipe;
  try {
    const served = await resolveServed(database, { runs, wanted: model, by: thisUser() });
    const { versions } = await served.desired();
    recipe = recipeOf(recipes, findRun(runs, [...versions.values()][0]!.run));
    deployment = await Deployment.open({ ...served, runs, recipe });
    const open = deployment;
    const admission = new Admission();
    const metrics = new Metrics(() => admission.pending);
    tracing = await openTracing(VERSION);
    monitoring = await Monitoring.start({
      database,
      runs,
      url,
      model: deployment.name,
      options: monitoringOptions(options),
      redact: redactText,
      secret: token,
      metrics,
    });
    const { app, answers } = application({
      deployment,
      uri: served.uri,
      recipe,
      callers: new Callers(token, (hash) => callerOf(database, hash)),
      host,
      version: VERSION,
      within: times.answer,
      ready: () => !closing,
      jobs: { database, runs, data, open: () => !closing },
      correct: (corrections, predictions, by) =>
        addCorrections(database, lineageOf(runs, open.main.run), corrections, 'http', predictions, by),
      outcomes: (outcomes, by) => recordOutcomes(database, outcomes, by),
      admission,
      metrics,
      monitoring,
      tracing,
    });
    server = await start(app, port, host, times);
    guardDoor(server, admission, metrics, answers);
  } catch (error) {
    await monitoring?.close();
    await tracing?.close();
    await deployment?.close();
    await database.destroy();
    throw error;
  }
  const workers = program && startWorkers(program);
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    token,
    recipe: recipe.name,
    example: recipe.service.example,
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
      await monitoring.close();
      await deployment.close();
      await database.destroy();
      await tracing?.close();
    },
  };
}

function monitoringOptions(given: z.input<typeof MonitoringOptions>): MonitoringOptions {
  const parsed = MonitoringOptions.safeParse(given);
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
      const causes: Record<string, string> = {
        EADDRINUSE: `Port ${port} is taken by another program. Choose another with --port, or --port 0 for any that is free.`,
        EACCES: `Port ${port} may not be used without special rights. Choose one above 1023 with --port.`,
      };
      reject(causes[error.code ?? ''] ? new UserError(causes[error.code!]!, { cause: error }) : error);
    });
  });
  return server;
}
