/** What takes long is a job: it is begun by one call, and its output comes when it has ended. */
import { ApiError } from './api-error.ts';
import { eventsOf } from './events.ts';
import type { JobsShowOutput } from './operations.ts';

export type Job = JobsShowOutput;

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface Finished<Output> {
  readonly job: Job;
  readonly output: Output;
}

/** What a job needs of the client. */
export interface JobTransport {
  send(
    method: string,
    path: string,
    init?: { headers?: Record<string, string>; signal?: AbortSignal | undefined },
  ): Promise<Response>;
}

/** Milliseconds before a stream that broke off is requested again, and how often in a row. */
const AGAIN_AFTER = 1000;
const MOST_TRIES = 30;

/** A job that has been begun. */
export class Started<Output> {
  readonly job: Job;
  readonly #transport: JobTransport;

  constructor(job: Job, transport: JobTransport) {
    this.job = job;
    this.#transport = transport;
  }

  /** The job each time that it changes, its end at last; a connection that breaks off is taken up again. */
  async *watch({ signal }: CallOptions = {}): AsyncGenerator<Job> {
    let seen: string | undefined;
    for (let tries = 0; ; ) {
      try {
        const response = await this.#transport.send('GET', `/v1/jobs/${this.job.id}/events`, {
          headers: seen === undefined ? {} : { 'last-event-id': seen },
          signal,
        });
        if (response.status === 204 || !response.body) return;
        for await (const { id, data } of eventsOf(response.body)) {
          [seen, tries] = [id, 0];
          const job = JSON.parse(data) as Job;
          yield job;
          if (hasEnded(job)) return;
        }
      } catch (error) {
        signal?.throwIfAborted();
        const isOver = error instanceof ApiError && !error.isPassing;
        if (isOver || ++tries > MOST_TRIES) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_AFTER));
    }
  }

  /**
   * Waits for the end.
   *
   * @throws ApiError with the code `job_failed` or `job_cancelled`, and the job's own words
   */
  async finished(
    options: CallOptions & { onProgress?(progress: unknown, job: Job): void } = {},
  ): Promise<Finished<Output>> {
    let last = this.job;
    for await (const job of this.watch(options)) {
      last = job;
      if (job.progress !== null) options.onProgress?.(job.progress, job);
    }
    if (last.state === 'done') return { job: last, output: last.result as Output };
    throw new ApiError(last.error ?? `Job ${last.id} is ${last.state}.`, {
      status: 409,
      code: `job_${last.state}`,
    });
  }

  /** A file that the job wrote: its main one, or the one of this name. */
  file(name?: string, { signal }: CallOptions = {}): Promise<Response> {
    const query = name === undefined ? '' : `?file=${encodeURIComponent(name)}`;
    return this.#transport.send('GET', `/v1/jobs/${this.job.id}/result${query}`, { signal });
  }
}

const hasEnded = ({ state }: Job): boolean => state !== 'queued' && state !== 'running';
