/**
 * The operations over HTTP: each has a route, made from its declaration. One that takes long is a job: it is answered at once
 * with that, and its result is the output.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { UserError } from '@gradus/base';
import {
  type AllowedSources,
  addressOfRunFile,
  allowedSource,
  copyInside,
  type Database,
  type Field,
  fieldsOf,
  InvalidInput,
  isInside,
  NotFound,
  noDestination,
  type Operation,
  readField,
  requireReferences,
  startJob,
  type Workspace,
  WrongValue,
} from '@gradus/lifecycle';
import type { Recipe } from '@gradus/loop';
import type { Context } from 'hono';
import { z } from 'zod';
import { REQUEST_COPIES } from '../../security/places.ts';
import { explained, jsonBody } from '../errors.ts';
import { outgoingOf } from '../incoming.ts';
import { preferredLanguage } from '../language.ts';
import { answerSchema, bodySchema } from '../openapi.ts';
import type { Route } from './route.ts';

export interface OperationRoutesOptions {
  readonly database: Database;
  readonly runs: string;
  readonly recipes: readonly Recipe[];
  readonly allowed: AllowedSources;
}

/** The workspace as whoever asks may use it. */
export function requestWorkspace(
  context: Context,
  { database, runs, recipes, allowed }: OperationRoutesOptions,
): Workspace {
  const { name } = context.get('caller');
  return {
    runs,
    recipes,
    by: name,
    isOwner: name === 'owner',
    isRequest: true,
    language: preferredLanguage(context),
    signal: context.req.raw.signal,
    database: async () => database,
    progress: () => undefined,
    source: async (address) => {
      const kept = allowedSource(runs, address, allowed);
      return isInside(kept) ? copyForRequest(context, kept, runs) : kept;
    },
    keptAddress: async (address) => allowedSource(runs, address, allowed),
    destination: noDestination,
    fileOfRun: addressOfRunFile,
  };
}

/** What a request reads of the directory of --data is copied when it is opened, and the copy goes with the request. */
function copyForRequest(context: Context, address: string, runs: string): Promise<string> {
  const directory = mkdtempSync(REQUEST_COPIES);
  outgoingOf(context).once('close', () => rmSync(directory, { recursive: true, force: true }));
  return copyInside(address, directory, { runs, signal: context.req.raw.signal });
}

/** What an operation's declaration says of its route, but for the handler. */
export function describedRoute(operation: Operation): Omit<Route, 'handler'> {
  const { name, title, scope, input, output, http, job } = operation;
  const fields = fieldsOf(input);
  const inPath = pathNames(http.path);
  const bodyFields = hasBody(http.method) ? fields.filter((field) => !inPath.has(field.name)) : [];
  const inQuery = hasBody(http.method) ? fields.filter((field) => inPath.has(field.name)) : fields;
  const answer = answerSchema(output);
  return {
    method: http.method,
    path: http.path,
    title,
    scope,
    operation: name,
    parameters: inQuery,
    body: bodyFields.length === 0 ? undefined : bodyOf(operation, inPath),
    answer: job ? JOB_ANSWER : http.list ? listAnswer(http.list, answer) : answer,
    status: job ? 202 : http.status,
  };
}

/** Of the job that stands for a long operation; `jobs.show` has it whole. */
const JOB_ANSWER = {
  type: 'object',
  required: ['id', 'kind', 'state'],
  properties: {
    id: { type: 'integer' },
    kind: { type: 'string' },
    state: { type: 'string', enum: ['queued', 'running', 'done', 'failed', 'cancelled'] },
    result: { description: 'the output, when it is done' },
    error: { type: ['string', 'null'] },
  },
  additionalProperties: true,
};

const listAnswer = (name: string, items: object): object => ({
  type: 'object',
  required: [name],
  properties: { [name]: items },
});

const hasBody = (method: Operation['http']['method']): boolean => method !== 'get' && method !== 'delete';

const pathNames = (path: string): ReadonlySet<string> =>
  new Set(Array.from(path.matchAll(/:(\w+)/g), ([, name]) => name!));

/** The input's schema without what the path holds. */
function bodyOf({ input, http }: Operation, inPath: ReadonlySet<string>): object {
  const schema = bodySchema(input) as {
    properties?: Record<string, object>;
    required?: readonly string[];
  };
  if (!schema.properties) return schema;
  if (http.body !== undefined) return schema.properties[http.body]!;
  const required = schema.required?.filter((name) => !inPath.has(name));
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(schema.properties).filter(([name]) => !inPath.has(name))),
    ...(required && { required }),
  };
}

/** @param shown What of the output whoever asks gets to see. Default: all */
export function operationRoute(
  operation: Operation,
  options: OperationRoutesOptions,
  shown = (_: Context, output: unknown): unknown => output,
): Route {
  const { http } = operation;
  const read = inputReader(operation);
  return {
    ...describedRoute(operation),
    handler: explained(async (context) => {
      const input = await read(context);
      if (operation.job) return answerWithJob(context, operation, input, options);
      const output = shown(context, await operation.run(input, requestWorkspace(context, options)));
      const body = http.list === undefined ? output : { [http.list]: output };
      return context.json(body as object, http.status ?? 200);
    }),
  };
}

/** Puts a job into the queue; 200 says that one about the same thing waits or runs already. */
export async function answerWithJob(
  context: Context,
  operation: Operation,
  input: unknown,
  options: OperationRoutesOptions,
): Promise<Response> {
  const { job, added } = await startJob(operation, input, requestWorkspace(context, options));
  context.header('location', `/v1/jobs/${job.id}`);
  return context.json(context.get('places').shownIn(job), added ? 202 : 200);
}

/** Reads and checks the input of a request. @throws NotFound where the path names nothing, InvalidInput where a field is wrong */
export function inputReader(operation: Operation): (context: Context) => Promise<unknown> {
  const { input, http } = operation;
  const fields = fieldsOf(input);
  const inPath = pathNames(http.path);
  const expectsBody = hasBody(http.method) && fields.some(({ name }) => !inPath.has(name));
  return async (context) => {
    const values: Record<string, unknown> = expectsBody ? await bodyFields(context, http.body) : {};
    for (const field of fields.filter(({ name }) => inPath.has(name))) {
      values[field.name] = pathValue(context, field);
    }
    if (!hasBody(http.method)) Object.assign(values, queryValues(context, fields, inPath));
    const parsed = input.safeParse(values);
    if (!parsed.success) throw new InvalidInput(parsed.error);
    requireReferences(operation, parsed.data);
    return parsed.data;
  };
}

const Body = z.record(z.string(), z.unknown());

async function bodyFields(context: Context, name: string | undefined): Promise<Record<string, unknown>> {
  const body = await jsonBody(context);
  if (name !== undefined) return { [name]: body };
  const parsed = Body.safeParse(body);
  if (!parsed.success) throw new InvalidInput(parsed.error);
  return { ...parsed.data };
}

function pathValue(context: Context, field: Field): unknown {
  try {
    return readField(field, [context.req.param(field.name)!]);
  } catch (error) {
    if (!(error instanceof WrongValue)) throw error;
    throw new NotFound({
      en: `There is nothing at ${context.req.path}.`,
      zh: `${context.req.path} 处没有内容。`,
    });
  }
}

function queryValues(
  context: Context,
  fields: readonly Field[],
  inPath: ReadonlySet<string>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, texts] of Object.entries(context.req.queries())) {
    const field = inPath.has(name) ? undefined : fields.find((known) => known.name === name);
    if (!field) {
      // The schema says that it knows no such field.
      values[name] = texts.at(-1);
      continue;
    }
    try {
      values[name] = readField(field, texts);
    } catch (error) {
      if (!(error instanceof WrongValue)) throw error;
      const { en, zh } = error.localized;
      throw new UserError({ en: `${name}: ${en}`, zh: `${name}：${zh}` });
    }
  }
  return values;
}
