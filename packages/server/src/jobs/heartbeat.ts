/**
 * Holds on to a worker's job from a thread of its own: a job that computes for a minute without a pause would else seem
 * dead, and go to another worker.
 */
import { Worker } from 'node:worker_threads';

export interface Place {
  /** The directory of runs. */
  readonly runs: string;
  /** Address of a Postgres database; by default the environment's DATABASE_URL. */
  readonly url?: string | undefined;
}

/** What the thread is told. */
export type Told =
  | { readonly hold: number; readonly worker: string }
  | { readonly progress: unknown }
  | { readonly letGo: true };

/** What the thread tells: another worker has the job, or somebody has cancelled it. */
export interface Tells {
  readonly job: number;
  readonly verdict: 'cancel' | 'lost';
}

/** Milliseconds between two reports of progress. */
const REPORT_EVERY = 200;

export class Heartbeat {
  readonly #thread: Worker;
  #held: { readonly job: number; readonly told: (verdict: Tells['verdict']) => void } | undefined;
  #progress: unknown;
  #reporting: NodeJS.Timeout | undefined;

  constructor(place: Place) {
    this.#thread = new Worker(new URL('./heartbeat-thread.ts', import.meta.url), { workerData: place });
    this.#thread.on('message', ({ job, verdict }: Tells) => {
      if (this.#held?.job === job) this.#held.told(verdict);
    });
    this.#thread.on('error', (error) => {
      console.error(`The thread that holds on to jobs ended: ${error.message}`);
      this.#held?.told('lost');
    });
  }

  hold(job: number, worker: string, told: (verdict: Tells['verdict']) => void): void {
    this.#held = { job, told };
    this.#tell({ hold: job, worker });
  }

  progress(progress: unknown): void {
    this.#progress = progress;
    this.#reporting ??= setTimeout(() => {
      this.#reporting = undefined;
      this.#tell({ progress: this.#progress });
    }, REPORT_EVERY);
  }

  letGo(): void {
    clearTimeout(this.#reporting);
    this.#reporting = undefined;
    this.#held = undefined;
    this.#tell({ letGo: true });
  }

  async close(): Promise<void> {
    clearTimeout(this.#reporting);
    await this.#thread.terminate();
  }

  #tell(told: Told): void {
    this.#thread.postMessage(told);
  }
}
