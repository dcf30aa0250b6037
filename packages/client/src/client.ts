/**
 * A server's operations as typed methods. No dependency but fetch, so that it runs in Node and in browsers.
 *
 *     const gradus = createClient({ url: 'http://127.0.0.1:8420', token: process.env.GRADUS_TOKEN });
 *     await gradus.models.promote({ model: 'shop', version: 3 });
 *     const started = await gradus.profile({ source: 'dataset:orders' });
 *     const { output } = await started.finished({ onProgress: console.log });
 */
import type { Language } from '@gradus/base';
import { ApiError, errorOf } from './api-error.ts';
import { type CallOptions, type Job, Started } from './jobs.ts';
import { type Methods, methodsOf, type Result } from './methods.ts';
import { type OperationName, type Operations, ROUTES } from './operations.ts';
import { type UploadedDataset, type UploadOptions, upload } from './upload.ts';

export interface ClientOptions {
  /** The server's address. */
  readonly url: string;
  /** Its token, or a key of `gradus keys create`. A browser that has opened a page of the server needs none. */
  readonly token?: string | undefined;
  /** Of error messages. Default English. */
  readonly language?: Language | undefined;
  /** Default: the platform's. */
  readonly fetch?: typeof fetch;
}

interface Init extends CallOptions {
  readonly headers?: Record<string, string>;
  readonly body?: string | Blob;
}

export class Client {
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #fetch: typeof fetch;

  constructor({ url, token, language = 'en', fetch: own }: ClientOptions) {
    this.#base = url.replace(/\/+$/, '');
    this.#headers = {
      'accept-language': language,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    };
    this.#fetch = own ?? ((...args) => fetch(...args));
  }

  /** Any operation by its name; the methods of `createClient` are these calls. @throws ApiError */
  async call<Name extends OperationName>(
    name: Name,
    input: Operations[Name]['input'],
    options: CallOptions = {},
  ): Promise<Result<Name>> {
    const answer = await this.request(ROUTES[name], input, options);
    return answer as Result<Name>;
  }

  /** An operation by its route: one that this version of the client does not know by name, such as another recipe's. */
  async request(route: Route, input: object, options: CallOptions = {}): Promise<unknown> {
    const rest: Record<string, unknown> = { ...input };
    const path = route.path.replace(/:(\w+)/g, (_, field: string) => {
      const value = encodeURIComponent(String(rest[field]));
      delete rest[field];
      return value;
    });
    const isQuery = route.method === 'GET' || route.method === 'DELETE';
    const response = await this.send(route.method, isQuery ? path + queryOf(rest) : path, {
      ...options,
      ...(!isQuery && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(route.body === undefined ? rest : rest[route.body]),
      }),
    });
    const answer: unknown = await response.json();
    if (route.isJob) return new Started(answer as Job, this);
    return route.list === undefined ? answer : (answer as Record<string, unknown>)[route.list];
  }

  /** A job that was begun by somebody. */
  async job<Output = unknown>(id: number, options: CallOptions = {}): Promise<Started<Output>> {
    return new Started(await this.call('jobs.show', { id }, options), this);
  }

  /** Brings a file into the workspace, as a version of a dataset; `dataset:NAME` is its address from then on. */
  upload(options: UploadOptions): Promise<UploadedDataset> {
    return upload(this, options);
  }

  /** A request as it is: for what is no JSON. @throws ApiError where the answer is no success */
  async send(method: string, path: string, { headers = {}, body, signal }: Init = {}): Promise<Response> {
    let response: Response;
    try {
      response = await this.#fetch(this.#base + path, {
        method,
        headers: { ...this.#headers, ...headers },
        ...(body !== undefined && { body }),
        ...(signal && { signal }),
      });
    } catch (error) {
      signal?.throwIfAborted();
      throw new ApiError(`No server answers at ${this.#base}: ${reasonOf(error)}.`, {
        status: 0,
        code: 'unreachable',
        cause: error,
      });
    }
    if (!response.ok) throw await errorOf(response);
    return response;
  }
}

/** Where an operation is, and how what it takes and gives travels. */
export interface Route {
  readonly method: string;
  readonly path: string;
  /** The whole body is this field. */
  readonly body?: string | undefined;
  /** The answer is the list in this field. */
  readonly list?: string | undefined;
  readonly isJob?: boolean | undefined;
}

/** The client with a method for each operation. */
export function createClient(options: ClientOptions): Client & Methods {
  const client = new Client(options);
  return Object.assign(client, methodsOf(client));
}

function queryOf(fields: Readonly<Record<string, unknown>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, String(value));
  const text = query.toString();
  return text === '' ? '' : `?${text}`;
}

/** fetch says little itself; what is behind it says more. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}
