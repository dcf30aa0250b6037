/**
 * Holds on to a worker's job from a thread of its own: a job that computes for a minute without a pause would else seem
 * dead, and go to another worker.
 */
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside } from '@gradus/base';

export interface Place {
  /** The directory of runs. */
  readonly runs: string;
  /** Address of a Postgres database; by default the environment's DATABASE_URL. */
  readonly url?: string | undefined;
}

/** Messages to the thread. */
export type ToThread =
  | { readonly hold: number; readonly worker: string }
  | { readonly progress: unknown }
  | { readonly letGo: true };

/** Messages of the thread: it has started; another worker has the job, or somebody has cancelled it. */
export type FromThread = 'ready' | { readonly job: number; readonly verdict: Verdict };

export type Verdict = 'cancel' | 'lost';

/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 200;

export class Heartbeat {
  readonly #thread: Worker;
  /** Rejects where the database cannot be opened. */
  readonly ready: Promise<void>;
  #held: { readonly job: number; readonly onVerdict: (verdict: Verdict) => void } | undefined;
  #progress: unknown;
  #reporting: NodeJS.Timeout | undefined;

  constructor(place: Place) {
    this.#thread = new Worker(programBeside(import.meta.url, 'heartbeat-thread'), { workerData: place });
    this.ready = new Promise((resolve, reject) => {
      this.#thread.once('message', () => resolve());
      this.#thread.once('error', (error) => reject(neverStarted(error) ?? error));
    });
    this.#thread.on('message', (message: FromThread) => {
      if (message !== 'ready' && this.#held?.job === message.job) this.#held.onVerdict(message.verdict);
    });
    this.#thread.on('error', (error) => {
      console.error(`The thread that holds on to jobs ended: ${error.message}`);
      this.#held?.onVerdict('lost');
    });
  }

  hold(job: number, worker: string, onVerdict: (verdict: Verdict) => void): void {
    this.#held = { job, onVerdict };
    this.#post({ hold: job, worker });
  }

  progress(progress: unknown): void {
    this.#progress = progress;
    this.#reporting ??= setTimeout(() => {
      this.#reporting = undefined;
      this.#post({ progress: this.#progress });
    }, REPORT_EVERY);
  }

  letGo(): void {
    clearTimeout(this.#reporting);
    this.#reporting = undefined;
    this.#held = undefined;
    this.#post({ letGo: true });
  }

  async close(): Promise<void> {
    clearTimeout(this.#reporting);
    await this.#thread.terminate();
  }

  #post(message: ToThread): void {
    this.#thread.postMessage(message);
  }
}
