/**
 * Serves a registered model, or the champion of a run's lineage, over HTTP, until stopped.
 *
 *     POST /v1/<recipe>      a request as the recipe's service has it, say {"texts": […]}
 *     POST /v1/feedback      {"corrections": […]}
 *     GET  /healthz          {"status": "ok", …}
 *     GET  /  /report        for people
 *
 * When another process moves the alias that is served to another version, that takes over within a second; requests under way finish on the old
 * one. What comes in is hostile until shown otherwise: bodies are limited before they are read, hosts are checked,
 * and an error answers one request and never ends the server.
 */
import { createReadStream } from 'node:fs';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { UserError } from '@gradus/engine';
import type { FoundRun, Recipe, Service } from '@gradus/loop';
import { serve as listen } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import { z } from 'zod';
import { openDatabase } from './database/open.ts';
import type { Database } from './database/tables.ts';
import { addCorrections, reasonOf } from './feedback.ts';
import { lineageOf } from './lineage.ts';
import { frontPage } from './page.ts';
import { recipeOf } from './recipes.ts';
import { thisUser } from './registry/audit.ts';
import { resolveServed, type Served } from './registry/resolve.ts';

export interface ServeOptions {
  /** A run's id, for the champion of its lineage, or a URI: `models:/NAME@champion`, `models:/NAME/3`, `runs:/ID/model`. */
  readonly model: string;
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  /** 0 takes any that is free. */
  readonly port: number;
  /** Default 127.0.0.1: this machine only. */
  readonly host?: string;
}

export interface RunningServer {
  readonly url: string;
  /** The recipe's name. */
  readonly recipe: string;
  /** Finishes what is under way, for some seconds at most, then closes. */
  close(): Promise<void>;
}

const LARGEST_BODY = 10 * 2 ** 20;
const MOST_CORRECTIONS = 10_000;
/** Milliseconds. */
const WATCH = 1000;
const HEADERS_WITHIN = 10_000;
const REQUEST_WITHIN = 30_000;
/** How long requests under way may take to finish when the server closes. */
const CLOSE_WITHIN = 5000;

/** @throws UserError where the port is taken or may not be used. */
export async function serve({
  model,
  runs,
  recipes,
  port,
  host = '127.0.0.1',
}: ServeOptions): Promise<RunningServer> {
  const database = await openDatabase(runs);
  let champion: Champion | undefined;
  let server: Server;
  try {
    const served = await resolveServed(database, { runs, wanted: model, by: thisUser() });
    champion = await Champion.open(served, runs, recipes);
    server = await start(application(champion, database, host), port, host);
  } catch (error) {
    await champion?.close();
    await database.destroy();
    throw error;
  }
  const address = server.address();
  const actual = typeof address === 'object' && address ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${actual}`,
    recipe: champion.recipe.name,
    close: async () => {
      await new Promise<void>((resolve) => {
        const patience = setTimeout(() => server.closeAllConnections(), CLOSE_WITHIN);
        server.close(() => {
          clearTimeout(patience);
          resolve();
        });
        server.closeIdleConnections();
      });
      await champion.close();
      await database.destroy();
    },
  };
}

async function start(app: Hono, port: number, host: string): Promise<Server> {
  const server = listen({ fetch: app.fetch, port, hostname: host }) as Server;
  server.headersTimeout = HEADERS_WITHIN;
  server.requestTimeout = REQUEST_WITHIN;
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

/** The run that serves now, and its service; changes hands when the registry says so. */
class Champion {
  readonly served: Served;
  readonly recipe: Recipe;
  readonly #runs: string;
  #now: { run: FoundRun; service: Service; users: number; retired: boolean };
  readonly #timer: NodeJS.Timeout;
  #checking = false;

  static async open(served: Served, runs: string, recipes: readonly Recipe[]): Promise<Champion> {
    const run = await served.run();
    const recipe = recipeOf(recipes, run);
    return new Champion(served, recipe, runs, run, await recipe.open(run.directory));
  }

  private constructor(served: Served, recipe: Recipe, runs: string, run: FoundRun, service: Service) {
    this.served = served;
    this.recipe = recipe;
    this.#runs = runs;
    this.#now = { run, service, users: 0, retired: false };
    this.#timer = setInterval(() => void this.#check(), WATCH);
    this.#timer.unref();
  }

  get run(): FoundRun {
    return this.#now.run;
  }

  /** The lineage that corrections are for. */
  get lineage(): string {
    return lineageOf(this.#runs, this.#now.run);
  }

  /** Uses the service of this moment; it is not closed while in use. */
  async use<T>(work: (service: Service, run: FoundRun) => Promise<T>): Promise<T> {
    const mine = this.#now;
    mine.users += 1;
    try {
      return await work(mine.service, mine.run);
    } finally {
      mine.users -= 1;
      if (mine.retired && mine.users === 0) await mine.service.close();
    }
  }

  async #check(): Promise<void> {
    if (this.#checking) return;
    this.#checking = true;
    try {
      const run = await this.served.run();
      if (run.id === this.#now.run.id) return;
      const service = await this.recipe.open(run.directory);
      const old = this.#now;
      this.#now = { run, service, users: 0, retired: false };
      old.retired = true;
      if (old.users === 0) await old.service.close();
    } catch (error) {
      // The old champion goes on serving; the next check tries again.
      console.error(`The new champion cannot be opened: ${(error as Error).message}`);
    } finally {
      this.#checking = false;
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#now.service.close();
  }
}

function application(champion: Champion, database: Database, host: string): Hono {
  const { recipe } = champion;
  const app = new Hono();
  app.use(
    secureHeaders({
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        styleSrc: ["'unsafe-inline'"],
        imgSrc: ['data:'],
        formAction: ["'self'"],
      },
    }),
  );
  app.use(async (context, next) => {
    if (isLoopback(host) && !isLoopback(hostnameOf(context.req.header('host')))) {
      return failure(
        context,
        403,
        'forbidden_host',
        'This server answers on this machine only, by the name localhost.',
      );
    }
    return next();
  });
  app.use(
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: (context) =>
        failure(
          context,
          413,
          'body_too_large',
          `The body is larger than ${LARGEST_BODY / 2 ** 20} MB. Send it in parts.`,
        ),
    }),
  );

  const routes: Record<string, { method: 'GET' | 'POST'; answer: (context: Context) => Promise<Response> }> =
    {
      [`/v1/${recipe.name}`]: {
        method: 'POST',
        answer: async (context) => {
          const body = await jsonBody(context);
          return champion.use(async (service, run) => {
            const request = service.request.safeParse(body);
            if (!request.success) return invalid(context, request.error);
            const answer = await service.answer(request.data);
            return context.json({ run: run.id, ...(answer as object) });
          });
        },
      },
      '/v1/feedback': {
        method: 'POST',
        answer: async (context) => {
          const body = await jsonBody(context);
          return champion.use(async (service) => {
            const schema = z.strictObject({
              corrections: z.array(service.correction).min(1).max(MOST_CORRECTIONS),
            });
            const request = schema.safeParse(body);
            if (!request.success) return invalid(context, request.error);
            await addCorrections(database, champion.lineage, request.data.corrections, 'http');
            return context.json({ recorded: request.data.corrections.length });
          });
        },
      },
      '/healthz': {
        method: 'GET',
        answer: async (context) =>
          context.json({
            status: 'ok',
            recipe: recipe.name,
            run: champion.run.id,
            lineage: champion.lineage,
            model: champion.served.uri,
          }),
      },
      '/report': {
        method: 'GET',
        answer: async (context) => {
          const file = createReadStream(join(champion.run.directory, 'report.html'));
          await new Promise((resolve, reject) => file.once('open', resolve).once('error', reject));
          context.header('content-type', 'text/html; charset=utf-8');
          return context.body(Readable.toWeb(file) as ReadableStream);
        },
      },
      '/': {
        method: 'GET',
        answer: async (context) => {
          const text = context.req.query('text')?.slice(0, 4000);
          return champion.use(async (service, run) => {
            const request = text ? service.request.safeParse({ texts: [text] }) : undefined;
            const tried = request?.success
              ? { text: text!, answer: await service.answer(request.data) }
              : undefined;
            return context.html(frontPage(recipe.title, run, tried));
          });
        },
      },
    };
  for (const [path, { method, answer }] of Object.entries(routes)) {
    app.on(method, path, answer);
    app.all(path, (context) => {
      context.header('allow', method);
      return failure(context, 405, 'method_not_allowed', `${path} takes ${method}.`);
    });
  }
  app.notFound((context) =>
    failure(
      context,
      404,
      'not_found',
      `There is nothing at ${context.req.path}. There are: ${Object.keys(routes).join(', ')}.`,
    ),
  );
  app.onError((error, context) => {
    if (error instanceof HTTPException) return failure(context, error.status, 'bad_request', error.message);
    console.error(error);
    return failure(
      context,
      500,
      'internal',
      'This request failed; the server goes on. The cause is in its log.',
    );
  });
  return app;
}

async function jsonBody(context: Context): Promise<unknown> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    throw new HTTPException(415, { message: 'Expected a JSON body with content-type: application/json.' });
  }
  const text = await context.req.text();
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new HTTPException(400, { message: `The body is not JSON: ${(error as Error).message}.` });
  }
}

type Status = 400 | 403 | 404 | 405 | 413 | 415 | 500;

function failure(context: Context, status: number, code: string, message: string, field?: string): Response {
  return context.json({ error: { code, message, ...(field !== undefined && { field }) } }, status as Status);
}

function invalid(context: Context, error: z.ZodError): Response {
  return failure(context, 400, 'invalid_request', reasonOf(error), error.issues[0]?.path.join('.'));
}

function hostnameOf(header: string | undefined): string {
  return (header ?? '')
    .replace(/:\d+$/, '')
    .replace(/^\[|\]$/g, '')
    .toLowerCase();
}

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name);
