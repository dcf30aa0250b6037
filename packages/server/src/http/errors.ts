/** Errors as answers: in the form of the protocol that was spoken, with a code for programs and a sentence for people. */

import { reasonOf } from '@gradus/base/schema';
import { logError } from '@gradus/lifecycle';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import { parseJson } from './json.ts';

type Status = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503 | 504;

export interface Failure {
  readonly status: Status;
  readonly code: string;
  readonly message: string;
  /** Of the body, by its path. */
  readonly field?: string | undefined;
  /** Seconds. */
  readonly retryAfter?: number;
}

/** Messages repeat what was sent, and that may be long. */
export const LONGEST_MESSAGE = 1000;

export function failure(context: Context, { status, code, field, retryAfter, ...said }: Failure): Response {
  const message = said.message.slice(0, LONGEST_MESSAGE);
  if (retryAfter !== undefined) context.header('retry-after', String(retryAfter));
  return context.json(errorBody(context.req.path, { status, code, message, field }), status);
}

function errorBody(path: string, { status, code, message, field }: Failure): object {
  if (path === '/v2' || path.startsWith('/v2/')) return { error: message };
  // OpenAI's clients look for `type`.
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return {
    error: { code, message, type, ...(field !== undefined && { field: field.slice(0, LONGEST_MESSAGE) }) },
  };
}

/** The answer, with status 503, to what is turned away. */
export function overloaded(path: string, retryAfter: number): object {
  return errorBody(path, {
    status: 503,
    code: 'overloaded',
    message: `The server has more to do than it can in good time. Try again in ${retryAfter} s.`,
  });
}

export function invalid(context: Context, error: z.ZodError): Response {
  return failure(context, {
    status: 400,
    code: 'invalid_request',
    message: reasonOf(error).en,
    field: error.issues[0]?.path.join('.'),
  });
}

/** What a handler threw. The cause of what is not the client's fault stays in the server's log. */
export function thrown(error: Error, context: Context): Response {
  if (error instanceof HTTPException) {
    return failure(context, { status: error.status as Status, code: 'bad_request', message: error.message });
  }
  // Nobody waits for an answer whose client has gone, and it is nothing that went wrong here.
  if (!context.req.raw.signal.aborted) logError(`${context.req.method} ${context.req.path}`, error);
  return failure(context, {
    status: 500,
    code: 'internal',
    message: 'This request failed; the server goes on. The cause is in its log.',
  });
}

export async function jsonBody(context: Context): Promise<unknown> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    throw new HTTPException(415, { message: 'Expected a JSON body with content-type: application/json.' });
  }
  const bytes = new Uint8Array(await context.req.arrayBuffer());
  try {
    return parseJson(bytes);
  } catch (error) {
    throw new HTTPException(400, { message: `The body is not JSON: ${(error as Error).message}.` });
  }
}
