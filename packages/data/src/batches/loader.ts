/**
 * A prefetching batch loader: worker threads make batches ahead of the training steps that take them, so that a step rarely
 * waits:
 *
 *     await using loader = imageBatches(images, { steps: [['crop', { padding: 4 }], ['flip']], seed: 1 });
 *     await fit(model, loader, { … });
 *
 * In a training loop of one's own it starts at any step, and the order is the same for the same seed:
 *
 *     for await (const { batch, step } of loader.from(1000, { batchSize: 64, epochs: 10 })) await trainer.step(batch);
 */
import { Worker } from 'node:worker_threads';
import { programBeside, Random, UserError } from '@gradus/base';
import type { Batch } from '../batch.ts';
import type { BatchReply, BatchRequest, ThreadData } from './worker.ts';

export interface LoaderOptions {
  /** Seed of the order of rows and of all random changes. Default 0. */
  readonly seed?: number | string;
  /** Default 1: on a processor that trains at the same time, more rarely help. */
  readonly threads?: number;
  /** Prefetch depth: batches in work or ready at a time. Default 4 per thread. */
  readonly ahead?: number;
}

export interface BatchSource {
  /** The module whose `open` makes batches: see `OpenBatches`. */
  readonly module: URL;
  /** The argument of `open`: plain data. Arrays over a SharedArrayBuffer are shared, all else is copied to each thread. */
  readonly data: unknown;
  /** Number of rows. */
  readonly size: number;
}

export interface LoadedBatch {
  readonly batch: Batch;
  readonly rows: Int32Array;
  readonly epoch: number;
  /** Steps before this one, over all epochs. */
  readonly step: number;
}

interface Planned {
  readonly rows: Int32Array;
  readonly epoch: number;
  readonly made: PromiseWithResolvers<Batch>;
}

export class BatchLoader implements AsyncDisposable {
  readonly size: number;
  /** Milliseconds that callers have waited for batches. */
  waited = 0;
  readonly #seed: number | string;
  readonly #ahead: number;
  readonly #threads: { readonly worker: Worker; busy: number }[];
  /** Batches not yet taken, in order; the first `#dispatched` of them are in work or ready. */
  #plan: Planned[] = [];
  #dispatched = 0;
  readonly #pending = new Map<number, PromiseWithResolvers<Batch>>();
  #lastId = 0;
  #epoch = 0;
  #failure: Error | undefined;

  constructor(
    { module, data, size }: BatchSource,
    { seed = 0, threads = 1, ahead = 4 * threads }: LoaderOptions = {},
  ) {
    this.size = size;
    this.#seed = seed;
    this.#ahead = ahead;
    this.#threads = Array.from({ length: threads }, () => {
      const workerData: ThreadData = { module: module.href, data, seed };
      const worker = new Worker(programBeside(import.meta.url, 'worker'), { workerData, execArgv: [] });
      worker.on('message', (reply: BatchReply) => this.#take(reply));
      worker.on('error', (error) => this.#fail(error));
      worker.on('exit', () => this.#fail(new Error('a worker thread of the loader has ended')));
      worker.unref();
      return { worker, busy: 0 };
    });
  }

  /** Plans the batches of an epoch, in the order in which they will be taken, and starts the first of them. */
  ahead(batches: readonly Int32Array[], epoch: number): void {
    this.#epoch = epoch;
    this.#plan = batches.map((rows) => ({ rows, epoch, made: promise() }));
    this.#dispatched = 0;
    this.#prefetch();
  }

  /**
   * A batch; if it is the next one planned, it is in work or ready.
   *
   * @throws UserError what the batch's maker says of its data
   */
  async batch(rows: Int32Array): Promise<Batch> {
    const [next] = this.#plan;
    const begun = performance.now();
    try {
      if (!next || !same(next.rows, rows)) {
        const made = promise();
        this.#dispatch({ rows, epoch: this.#epoch, made });
        return await made.promise;
      }
      this.#plan.shift();
      this.#dispatched -= 1;
      this.#prefetch();
      return await next.made.promise;
    } finally {
      this.waited += performance.now() - begun;
    }
  }

  /**
   * The batches of shuffled epochs from a step on: the same as an uninterrupted loop would get there.
   *
   * @param step Steps taken before.
   */
  async *from(
    step: number,
    { batchSize, epochs }: { readonly batchSize: number; readonly epochs: number },
  ): AsyncGenerator<LoadedBatch> {
    const perEpoch = Math.ceil(this.size / batchSize);
    for (let epoch = Math.floor(step / perEpoch) + 1; epoch <= epochs; epoch++) {
      const first = Math.max(0, step - (epoch - 1) * perEpoch);
      const rest = this.#order(epoch, batchSize).slice(first);
      this.ahead(rest, epoch);
      for (const [i, rows] of rest.entries()) {
        yield { batch: await this.batch(rows), rows, epoch, step: (epoch - 1) * perEpoch + first + i };
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#failure ??= new Error('the loader is closed');
    await Promise.all(this.#threads.map(({ worker }) => worker.terminate()));
  }

  #order(epoch: number, batchSize: number): Int32Array[] {
    const rows = new Random(this.#seed).fork(`order of epoch ${epoch}`).permutation(this.size);
    return Array.from({ length: Math.ceil(this.size / batchSize) }, (_, i) =>
      rows.slice(i * batchSize, (i + 1) * batchSize),
    );
  }

  #prefetch(): void {
    for (; this.#dispatched < Math.min(this.#ahead, this.#plan.length); this.#dispatched++)
      this.#dispatch(this.#plan[this.#dispatched]!);
  }

  #dispatch({ rows, epoch, made }: Planned): void {
    // A batch that is never taken may fail without an unhandled rejection.
    made.promise.catch(() => {});
    if (this.#failure) {
      made.reject(this.#failure);
      return;
    }
    const id = ++this.#lastId;
    this.#pending.set(id, made);
    const thread = this.#threads[id % this.#threads.length]!;
    thread.busy += 1;
    // Idle threads keep no program running.
    thread.worker.ref();
    const done = () => {
      thread.busy -= 1;
      if (thread.busy === 0) thread.worker.unref();
    };
    made.promise.then(done, done);
    thread.worker.postMessage({ id, rows, epoch } satisfies BatchRequest);
  }

  #take(reply: BatchReply): void {
    const made = this.#pending.get(reply.id);
    this.#pending.delete(reply.id);
    if ('batch' in reply) made?.resolve(reply.batch);
    else made?.reject(reply.localized ? new UserError(reply.localized) : new Error(reply.error));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const made of this.#pending.values()) made.reject(this.#failure);
    this.#pending.clear();
  }
}

const promise = () => Promise.withResolvers<Batch>();

const same = (a: Int32Array, b: Int32Array): boolean =>
  a === b || (a.length === b.length && a.every((row, i) => row === b[i]));
