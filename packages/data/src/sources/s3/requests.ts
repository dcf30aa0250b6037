/**
 * Requests to an S3 server, signed (AWS Signature Version 4, by aws4fetch), with time limits and further attempts. Sent by
 * `node:http`, not `fetch`: an object stored with `Content-Encoding: gzip` must come as the bytes it has.
 */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '@gradus/base';
import { AwsV4Signer } from 'aws4fetch';
import type { S3Address } from './address.ts';
import { connectionError, isPassing, type S3Failure, s3Error } from './errors.ts';
import type { S3Settings } from './settings.ts';

export interface S3Request {
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/** An answer with the status 200 or 206; its body must be read or destroyed. */
export type S3Response = http.IncomingMessage;

/** Thrown for an answer that is no success. */
export class S3FailureError extends Error {
  readonly failure: S3Failure;

  constructor(failure: S3Failure) {
    super(failure.code);
    this.failure = failure;
  }
}

export const MOST_ATTEMPTS = 5;
const LONGEST_WAIT = 20_000;
/** Bytes of an answer that is no success. */
const LONGEST_FAILURE = 64 * 2 ** 10;
/** SHA-256 of a request without a body. */
const NO_BODY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
/** What servers say that want the bucket in the host name: of Alibaba Cloud, Tencent Cloud and Volcengine. */
const WANTS_HOST_STYLE = new Set([
  'SecondLevelDomainForbidden',
  'PathStyleDomainForbidden',
  'InvalidPathAccess',
]);

export class S3Client {
  #settings: S3Settings;
  #bucketInHost: boolean;
  readonly #silence: number;
  readonly #agents = {
    'http:': new http.Agent({ keepAlive: true }),
    'https:': new https.Agent({ keepAlive: true }),
  };

  /** @param silence Milliseconds without a byte, in either direction, after which a connection is closed. */
  constructor(settings: S3Settings, silence = 30_000) {
    this.#settings = settings;
    this.#silence = silence;
    this.#bucketInHost = settings.endpoint === undefined;
  }

  get settings(): S3Settings {
    return this.#settings;
  }

  /**
   * GET, with further attempts where the server is busy or the connection breaks, and one where the bucket turns out to be
   * in another region.
   *
   * @throws S3FailureError for an answer that is no success; UserError where there is none
   */
  async get(at: S3Address, request: S3Request = {}): Promise<S3Response> {
    let moved = false;
    for (let attempt = 1; ; attempt++) {
      let wait: number | undefined;
      try {
        return await this.#once(at, request);
      } catch (error) {
        request.signal?.throwIfAborted();
        if (error instanceof S3FailureError) {
          const { failure } = error;
          if (!moved && this.#follow(failure)) {
            moved = true;
            continue;
          }
          if (!isPassing(failure) || attempt === MOST_ATTEMPTS) throw error;
          wait = failure.retryAfter === undefined ? undefined : failure.retryAfter * 1000;
        } else if (attempt === MOST_ATTEMPTS || isLasting(error)) {
          throw connectionError(error, at, this.#settings);
        }
      }
      await pause(attempt, request.signal, wait);
    }
  }

  /** Explains what `get` threw. */
  explain(error: unknown, at: S3Address): unknown {
    return error instanceof S3FailureError ? s3Error(error.failure, at, this.#settings) : error;
  }

  close(): void {
    for (const agent of Object.values(this.#agents)) agent.destroy();
  }

  /** Whether another attempt elsewhere makes sense, which is then set up. */
  #follow({ code, region }: S3Failure): boolean {
    if (this.#settings.endpoint && WANTS_HOST_STYLE.has(code)) {
      this.#bucketInHost = true;
      return true;
    }
    if (region === undefined || region === this.#settings.region) return false;
    this.#settings = { ...this.#settings, region };
    return true;
  }

  async #once(at: S3Address, { query = {}, headers = {}, signal }: S3Request): Promise<S3Response> {
    const url = requestUrl(at, this.#settings, this.#bucketInHost);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    // A space is %20 in what is signed; URLSearchParams writes +.
    url.search = url.search.replaceAll('+', '%20');
    const response = await send(url, await signed(url, headers, this.#settings), {
      agent: this.#agents[url.protocol as 'http:' | 'https:'],
      signal,
      silence: this.#silence,
    });
    const { statusCode: status = 0 } = response;
    if (status === 200 || status === 206) return response;
    throw new S3FailureError(await failureOf(response, status));
  }
}

/** Of the address as S3 reads it: names that a URL would take for steps up or down are no keys here. */
export function requestUrl(
  { bucket, key }: S3Address,
  { endpoint, region }: S3Settings,
  bucketInHost: boolean,
): URL {
  const base =
    endpoint ?? new URL(`https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`);
  if (key.split('/').some((name) => name === '.' || name === '..')) {
    throw new UserError({
      en: `s3://${bucket}/${key}: a key with "." or ".." between slashes cannot be requested. Rename the object.`,
      zh: `s3://${bucket}/${key}：斜杠之间为“.”或“..”的键无法请求。请重命名该对象。`,
    });
  }
  // A name with dots would not fit the certificate.
  const inHost = bucketInHost && /^[a-z0-9-]+$/.test(bucket);
  const path = [...(inHost ? [] : [bucket]), ...key.split('/')].map(encoded).join('/');
  const url = new URL(base);
  if (inHost) url.hostname = `${bucket}.${base.hostname}`;
  url.pathname = `${base.pathname.replace(/\/$/, '')}/${path}`;
  return url;
}

/** RFC 3986, as signatures have it. */
const encoded = (name: string): string =>
  encodeURIComponent(name.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

export async function signed(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { credentials, region }: S3Settings,
  now = new Date(),
): Promise<Record<string, string>> {
  if (!credentials) return { ...headers };
  const signer = new AwsV4Signer({
    ...credentials,
    method: 'GET',
    url: url.href,
    headers: { ...headers, 'x-amz-content-sha256': NO_BODY },
    service: 's3',
    region,
    datetime: now.toISOString().replace(/[:-]|\.\d{3}/g, ''),
  });
  return Object.fromEntries((await signer.sign()).headers);
}

function send(
  url: URL,
  headers: Record<string, string>,
  {
    agent,
    signal,
    silence,
  }: { readonly agent: http.Agent; readonly signal: AbortSignal | undefined; readonly silence: number },
): Promise<http.IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { request } = url.protocol === 'https:' ? https : http;
    const sent = request(url, { agent, headers, ...(signal && { signal }) }, resolve);
    sent.setTimeout(silence, () => sent.destroy(new Error(`no answer for ${silence / 1000} seconds`)));
    sent.on('error', reject);
    sent.end();
  });
}

async function failureOf(response: http.IncomingMessage, status: number): Promise<S3Failure> {
  let body = '';
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      body += chunk.toString('utf8');
      if (body.length > LONGEST_FAILURE) break;
    }
  } catch {
    // What came before it broke off may say enough.
  }
  response.destroy();
  const field = (tag: string) => new RegExp(`<${tag}>([^<]{0,500})</${tag}>`).exec(body)?.[1]?.trim();
  const date = Date.parse(response.headers.date ?? '');
  const region = header(response, 'x-amz-bucket-region') ?? field('Region');
  const retryAfter = Number(response.headers['retry-after']);
  return {
    status,
    code: field('Code') ?? '',
    message: field('Message') ?? '',
    ...(region !== undefined && /^[a-z0-9-]{1,64}$/.test(region) && { region }),
    ...(Number.isFinite(date) && { ahead: date - Date.now() }),
    ...(retryAfter > 0 && { retryAfter }),
  };
}

export function header(response: http.IncomingMessage, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** Another attempt would meet the same. */
const isLasting = (error: unknown): boolean =>
  error instanceof UserError ||
  /CERT|SIGNED|ENOTFOUND|ERR_INVALID|HPE_/.test(String((error as NodeJS.ErrnoException).code));

/** Waits before attempt + 1: longer each time, and by chance, so that many clients do not come back at once. */
export async function pause(attempt: number, signal?: AbortSignal, requested?: number): Promise<void> {
  const wait = requested ?? 200 * 2 ** attempt * (0.5 + Math.random() / 2);
  await sleep(Math.min(LONGEST_WAIT, wait), undefined, signal && { signal }).catch(() => {
    signal?.throwIfAborted();
  });
}
