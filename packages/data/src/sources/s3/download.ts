/**
 * One object into one file. A connection that breaks is taken up again where it broke, from the same version of the
 * object (its ETag), so that no file is ever made of two versions.
 */
import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { UserError } from '@gradus/base';
import { type S3Address, s3Url } from './address.ts';
import { connectionError } from './errors.ts';
import { header, MOST_ATTEMPTS, pause, type S3Client, S3FailureError, type S3Response } from './requests.ts';

export interface Downloaded {
  readonly bytes: number;
  readonly sha256: string;
}

export interface DownloadOptions {
  /** Of the version to get; another one is an error. */
  readonly etag?: string;
  /** An answer that has begun already. */
  readonly response?: S3Response;
  readonly signal?: AbortSignal | undefined;
  /** Gets the number of bytes that came since the last call. */
  onBytes?(count: number): void;
}

export const LARGEST_OBJECT = 64 * 2 ** 30;
/** A connection has to bring this many bytes in this many milliseconds. */
const LEAST_BYTES = 32 * 2 ** 10;
const LEAST_WITHIN = 60_000;

/**
 * @param path Of a file that does not exist yet.
 * @throws UserError that says what is wrong; S3FailureError where the first answer is no success
 */
export async function downloadObject(
  client: S3Client,
  at: S3Address,
  path: string,
  { etag, response, signal, onBytes }: DownloadOptions,
): Promise<Downloaded> {
  const file = await open(path, 'wx');
  try {
    return await new Download(client, at, file, signal, onBytes).run(etag, response);
  } finally {
    await file.close();
  }
}

class Download {
  readonly #client: S3Client;
  readonly #at: S3Address;
  readonly #file: FileHandle;
  readonly #signal: AbortSignal | undefined;
  readonly #onBytes: ((count: number) => void) | undefined;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #size: number | undefined;

  constructor(
    client: S3Client,
    at: S3Address,
    file: FileHandle,
    signal: AbortSignal | undefined,
    onBytes: ((count: number) => void) | undefined,
  ) {
    this.#client = client;
    this.#at = at;
    this.#file = file;
    this.#signal = signal;
    this.#onBytes = onBytes;
  }

  async run(expected: string | undefined, begun: S3Response | undefined): Promise<Downloaded> {
    let etag = expected;
    let response = begun;
    for (let attempt = 1; ; attempt++) {
      const before = this.#bytes;
      try {
        response ??= await this.#request(etag);
        etag = this.#check(response, etag);
        await this.#take(response);
        if (this.#bytes === this.#size) return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
      } catch (error) {
        this.#signal?.throwIfAborted();
        if (error instanceof UserError || error instanceof S3FailureError) throw error;
        if ((error as NodeJS.ErrnoException).syscall === 'write') throw notWritten(error, this.#at);
        if (attempt >= MOST_ATTEMPTS) throw connectionError(error, this.#at, this.#client.settings);
      } finally {
        response?.destroy();
        response = undefined;
      }
      // What goes on may break off as often as it likes; what stands still may not.
      if (this.#bytes - before >= LEAST_BYTES) attempt = 0;
      if (attempt >= MOST_ATTEMPTS)
        throw connectionError(new Error('the answer ends too soon'), this.#at, this.#client.settings);
      await pause(attempt, this.#signal);
    }
  }

  async #request(etag: string | undefined): Promise<S3Response> {
    const headers = {
      ...(this.#bytes > 0 && { range: `bytes=${this.#bytes}-` }),
      ...(etag && { 'if-match': etag }),
    };
    try {
      return await this.#client.get(this.#at, { headers, signal: this.#signal });
    } catch (error) {
      if (error instanceof S3FailureError && [412, 416].includes(error.failure.status))
        throw changed(this.#at);
      if (error instanceof S3FailureError && this.#bytes > 0) throw this.#client.explain(error, this.#at);
      throw error;
    }
  }

  /** @returns the version that the answer is of. @throws UserError for another one than before, or too large an object */
  #check(response: S3Response, etag: string | undefined): string | undefined {
    const own = header(response, 'etag');
    if (etag && own !== undefined && own !== etag) throw changed(this.#at);
    const range = /^bytes (\d+)-\d+\/(\d+)$/.exec(header(response, 'content-range') ?? '');
    const length = header(response, 'content-length');
    if (response.statusCode === 206 && Number(range?.[1]) !== this.#bytes)
      throw broken(this.#at, 'another range came than the one requested');
    if (response.statusCode === 200 && this.#bytes > 0)
      throw broken(this.#at, 'it cannot send the rest of an object, and the connection broke off');
    if (range === null && length === undefined)
      throw broken(this.#at, 'it does not say how long the object is');
    const size = Number(range?.[2] ?? length);
    if (this.#size !== undefined && size !== this.#size) throw changed(this.#at);
    if (size > LARGEST_OBJECT) {
      throw new UserError({
        en: `${s3Url(this.#at)} is larger than 64 GiB. Give a part of it.`,
        zh: `${s3Url(this.#at)} 超过 64 GiB。请只提供其中一部分。`,
      });
    }
    this.#size = size;
    return etag ?? own;
  }

  async #take(response: S3Response): Promise<void> {
    let since = 0;
    const slow = setInterval(() => {
      if (since < LEAST_BYTES)
        response.destroy(new Error(`under ${LEAST_BYTES} bytes in ${LEAST_WITHIN / 1000} seconds`));
      since = 0;
    }, LEAST_WITHIN);
    try {
      for await (const chunk of response as AsyncIterable<Buffer>) {
        this.#signal?.throwIfAborted();
        if (this.#bytes + chunk.length > this.#size!) throw broken(this.#at, 'it sends more than it said');
        await this.#file.write(chunk);
        this.#hash.update(chunk);
        this.#bytes += chunk.length;
        since += chunk.length;
        this.#onBytes?.(chunk.length);
      }
    } finally {
      clearInterval(slow);
    }
  }
}

const changed = (at: S3Address): UserError =>
  new UserError({
    en: `${s3Url(at)} changed while it was being downloaded. Wait till it is written, or name a copy of it.`,
    zh: `${s3Url(at)} 在下载过程中发生了变化。请等待写入完成，或指定它的副本。`,
  });

const broken = (at: S3Address, why: string): UserError =>
  new UserError({
    en: `${s3Url(at)}: the server does not answer as S3 does (${why}). Check AWS_ENDPOINT_URL.`,
    zh: `${s3Url(at)}：服务器的响应不符合 S3 协议（${why}）。请检查 AWS_ENDPOINT_URL。`,
  });

const notWritten = (error: unknown, at: S3Address): UserError => {
  const { code } = error as NodeJS.ErrnoException;
  return new UserError(
    {
      en: `${s3Url(at)} cannot be stored (${code}). Is the disk full? TMPDIR names another folder for temporary files.`,
      zh: `无法保存 ${s3Url(at)}（${code}）。磁盘是否已满？可用 TMPDIR 指定其他临时文件夹。`,
    },
    { cause: error },
  );
};
