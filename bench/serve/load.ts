/**
 * Asks a server over and over from a process of its own (load-process.ts), as fast as it answers or at a fixed rate.
 *
 * At a fixed rate a request's time counts from when it was due, not from when a connection was free for it: else a server that
 * stops for a second would seem to have been slow once, not to all who would have asked in that second (Tene, "How NOT to
 * measure latency", 2015).
 */
import { fork } from 'node:child_process';

export interface Load {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Requests take these bodies in turns. */
  readonly bodies: readonly Uint8Array[];
  readonly connections: number;
  readonly seconds: number;
  /** Requests a second; left out: each connection asks again as soon as it is answered. */
  readonly rate?: number;
  /** At a rate, requests for which no connection is free are never made (`unsent`), as by users who do not come. */
  readonly drop?: boolean;
}

export interface LoadResult {
  /** Answers by status; `closed` are connections that ended without one, `unsent` those never made. */
  readonly answers: Readonly<Record<string, number>>;
  /** Answers with status 200 a second. */
  readonly perSecond: number;
  /** Milliseconds of the answers with status 200. */
  readonly p50: number;
  readonly p99: number;
  /** Without `retry-after` among those turned away (429, 503). */
  readonly withoutRetryAfter: number;
}

export function load(options: Load): Promise<LoadResult> {
  return new Promise((resolve, reject) => {
    const child = fork(new URL('load-process.ts', import.meta.url), { serialization: 'advanced' });
    child.once('message', (result) => resolve(result as LoadResult));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the load ended with code ${code}`)));
    child.send(options);
  });
}
