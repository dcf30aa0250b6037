/**
 * Errors as answers: in the form of the protocol that was spoken, with a code for programs and a sentence for people, in the
 * language that Accept-Language prefers.
 */
import { type Language, type Localized, UserError } from '@gradus/base';
import { reasonOf } from '@gradus/base/schema';
import {
  Conflict,
  DatabaseBusy,
  DatabaseUnavailable,
  InvalidInput,
  logError,
  NotFound,
} from '@gradus/lifecycle';
import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import { OutOfMemory } from '../answers/answer-thread.ts';
import { ModelFault, TooBusy } from '../answers/plain-error.ts';
import { TimedOut } from '../answers/thread-pool.ts';
import { parseJson } from '../json/json.ts';
import { LONGEST_MESSAGE } from '../limits/sizes.ts';
import { ModelUnavailable, TooManyModels } from '../models/open-models.ts';
import { languageOf, preferredLanguage } from './language.ts';

type Status = 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503 | 504;

export interface Failure {
  readonly status: Status;
  readonly code: string;
  readonly message: Localized;
  /** Of the body, by its path. */
  readonly field?: string | undefined;
  /** Seconds. */
  readonly retryAfter?: number | undefined;
}

export function failure(context: Context, failure: Failure): Response {
  const { status, retryAfter } = failure;
  if (retryAfter !== undefined) context.header('retry-after', String(retryAfter));
  const language = preferredLanguage(context);
  const message = shown(context, failure.message);
  return context.json(errorBody(context.req.path, { ...failure, message }, language), status);
}

/** Without where things lie on this machine, which the log keeps. */
export function shown(context: Context, message: Localized): Localized {
  const places = context.get('places');
  const [en, zh] = [places.shown(message.en), places.shown(message.zh)];
  if (en !== message.en) logError(`${context.req.method} ${context.req.path}`, message.en);
  return { en, zh };
}

function errorBody(path: string, { status, code, message, field }: Failure, language: Language): object {
  // Messages repeat what was sent, and that may be long.
  const said = message[language].slice(0, LONGEST_MESSAGE);
  if (path === '/v2' || path.startsWith('/v2/')) return { error: said };
  // OpenAI's clients look for `type` and `param`.
  const type = status < 500 ? 'invalid_request_error' : 'server_error';
  return {
    error: {
      code,
      message: said,
      type,
      param: field?.slice(0, LONGEST_MESSAGE) || null,
      ...(field !== undefined && { field: field.slice(0, LONGEST_MESSAGE) }),
    },
  };
}

/** The answer, with status 503, to what is turned away. */
export function overloaded(path: string, retryAfter: number, acceptLanguage: string | undefined): object {
  const message = {
    en: `The server has more to do than it can in good time. Try again in ${retryAfter} s.`,
    zh: `服务器任务过多，无法及时处理。请在 ${retryAfter} 秒后重试。`,
  };
  return errorBody(path, { status: 503, code: 'overloaded', message }, languageOf(acceptLanguage));
}

export function invalid(context: Context, error: z.ZodError): Response {
  return failure(context, {
    status: 400,
    code: 'invalid_request',
    message: reasonOf(error),
    field: error.issues[0]?.path.join('.'),
  });
}

/** Statuses of what the caller did wrong, or what is not there. */
export function refused(context: Context, error: UserError): Response {
  return failure(context, { ...statusOf(error), message: error.localized });
}

function statusOf(error: UserError): Omit<Failure, 'message'> {
  if (error instanceof InvalidInput) return { status: 400, code: 'invalid_request', field: error.field };
  if (error instanceof NotFound) return { status: 404, code: 'not_found' };
  if (error instanceof Conflict) return { status: 409, code: 'refused' };
  if (error instanceof ModelUnavailable) return { status: 503, code: 'model_unavailable' };
  if (error instanceof TooManyModels) return { status: 503, code: 'too_many_models', retryAfter: 5 };
  if (error instanceof DatabaseBusy) return { status: 503, code: 'database_busy', retryAfter: 5 };
  if (error instanceof DatabaseUnavailable)
    return { status: 503, code: 'database_unavailable', retryAfter: 5 };
  if (error instanceof TimedOut) return { status: 504, code: 'timeout' };
  if (error instanceof TooBusy) return { status: 503, code: 'overloaded', retryAfter: error.retryAfter };
  if (error instanceof ModelFault) return { status: 500, code: 'model_damaged' };
  if (error instanceof OutOfMemory) return { status: 413, code: 'too_much_memory' };
  return { status: 400, code: 'refused' };
}

/** What a handler threw. The cause of what is not the client's fault stays in the server's log. */
export function thrown(error: Error, context: Context): Response {
  if (error instanceof BadRequest) {
    return failure(context, {
      status: error.status as Status,
      code: 'bad_request',
      message: error.localized,
    });
  }
  if (error instanceof HTTPException) {
    const message = { en: error.message, zh: error.message };
    return failure(context, { status: error.status as Status, code: 'bad_request', message });
  }
  if (error instanceof DatabaseBusy || error instanceof DatabaseUnavailable) return refused(context, error);
  // Nobody waits for an answer whose client has gone, and it is nothing that went wrong here.
  if (!context.req.raw.signal.aborted) logError(`${context.req.method} ${context.req.path}`, error);
  return failure(context, {
    status: 500,
    code: 'internal',
    message: {
      en: 'This request failed; the server goes on. The cause is in its log.',
      zh: '此请求失败；服务器继续运行。原因见其日志。',
    },
  });
}

/** Not even the form of the request can be worked with. */
export class BadRequest extends HTTPException {
  readonly localized: Localized;

  constructor(status: 400 | 415, message: Localized) {
    super(status, { message: message.en });
    this.localized = message;
  }
}

export async function jsonBody(context: Context): Promise<unknown> {
  const type = context.req.header('content-type') ?? '';
  if (!/^application\/(?:[\w.+-]+\+)?json\b/i.test(type)) {
    throw new BadRequest(415, {
      en: 'Expected a JSON body with content-type: application/json.',
      zh: '应为 JSON 请求体，并带 content-type: application/json。',
    });
  }
  const bytes = new Uint8Array(await context.req.arrayBuffer());
  try {
    return parseJson(bytes);
  } catch (error) {
    const { message } = error as Error;
    throw new BadRequest(400, {
      en: `The body is not JSON: ${message}.`,
      zh: `请求体不是 JSON：${message}。`,
    });
  }
}

/** Has a handler's UserErrors said to whoever asked. */
export const explained =
  <C extends Context>(handle: (context: C) => Promise<Response>) =>
  async (context: C): Promise<Response> => {
    try {
      return await handle(context);
    } catch (error) {
      if (error instanceof UserError) return refused(context, error);
      throw error;
    }
  };
