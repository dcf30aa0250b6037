/** What every file of routes gives: rows of the table that the application and its OpenAPI document are both made from. */
import type { Described, Service } from '@gradus/loop';
import type { Context, Handler } from 'hono';
import type { OpenVersion } from '../../deployment.ts';
import type { Operation } from '../openapi.ts';

export interface Route extends Operation {
  /** Its answers take the model's time: it is turned away when there is too much to do. */
  readonly answers?: boolean;
  readonly handler: Handler;
}

/** What a request asks, as the prediction log keeps it. */
export interface Asked {
  readonly input: unknown;
  /** What can be told of the answer in numbers and categories. */
  describe?(service: Service, answer: unknown): readonly Described[] | undefined;
}

/** What is asked of a recipe's service. */
export const ofService = (request: unknown): Asked => ({
  input: request,
  describe: (service, answer) => service.describe?.(request, answer),
});

/**
 * Has the version that this request gets answer, and logs that; shadows do as well, unheard. The answer comes when the log
 * holds it, and with its id there.
 */
export type Answered = <T extends object>(
  context: Context,
  ask: (version: OpenVersion) => Promise<T>,
  asked: Asked,
) => Promise<T & { run: string; prediction?: string }>;

/** A user whose version shall not change from one request to the next. */
export const userOf = (context: Context): string | undefined =>
  context.req.header('x-user-id')?.slice(0, 200);
