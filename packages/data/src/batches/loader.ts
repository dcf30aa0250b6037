/**
 * Batches made in threads of their own, ahead of the training steps that take them, so that a step rarely waits:
 *
 *     await using loader = imageBatches(images, { steps: [['crop', { padding: 4 }], ['flip']], seed: 1 });
 *     await fit(model, loader, { … });
 *
 * or, in a training loop of one's own, from any step on, always in the same order for a seed:
 *
 *     for await (const { batch, step } of loader.from(1000, { batchSize: 64, epochs: 10 })) await trainer.step(batch);
 */
import { Worker } from 'node:worker_threads';
import { programBeside, Random, UserError } from '@gradus/base';
import type { Batch } from './maker.ts';
import type { Answer, Task, ThreadData } from './worker.ts';

export interface LoaderOptions {
  /** Of the order of rows and of all chance in batches. Default 0. */
  readonly seed?: number | string;
  /** Default 1: on a processor that trains at the same time, more rarely help. */
  readonly threads?: number;
  /** Batches that are made or lie ready at a time. Default 4 a thread. */
  readonly ahead?: number;
}

export interface BatchSource {
  /** The module whose `open` makes batches: see `OpenBatches`. */
  readonly module: URL;
  /** What `open` is given: plain data. Arrays over a SharedArrayBuffer are shared, all else is copied to each thread. */
  readonly data: unknown;
  /** Rows there are. */
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
  /** Milliseconds that takers of batches have waited for them. */
  waited = 0;
  readonly #seed: number | string;
  readonly #ahead: number;
  readonly #threads: { readonly worker: Worker; busy: number }[];
  /** Not yet taken, in the order in which they will be; the first `#sent` of them are with threads, or ready. */
  #plan: Planned[] = [];
  #sent = 0;
  readonly #asked = new Map<number, PromiseWithResolvers<Batch>>();
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
      worker.on('message', (answer: Answer) => this.#take(answer));
      worker.on('error', (error) => this.#fail(error));
      worker.on('exit', () => this.#fail(new Error('a thread that makes batches has ended')));
      worker.unref();
      return { worker, busy: 0 };
    });
  }

  /** Tells the batches of an epoch, in the order in which they will be asked for; the first of them are begun. */
  ahead(batches: readonly Int32Array[], epoch: number): void {
    this.#epoch = epoch;
    this.#plan = batches.map((rows) => ({ rows, epoch, made: promise() }));
    this.#sent = 0;
    this.#send();
  }

  /**
   * A batch: made already where it is the next one planned.
   *
   * @throws UserError what the batch's maker says of its data
   */
  async batch(rows: Int32Array): Promise<Batch> {
    const [next] = this.#plan;
    const begun = performance.now();
    try {
      if (!next || !same(next.rows, rows)) {
        const made = promise();
        this.#ask({ rows, epoch: this.#epoch, made });
        return await made.promise;
      }
      this.#plan.shift();
      this.#sent -= 1;
      this.#send();
      return await next.made.promise;
    } finally {
      this.waited += performance.now() - begun;
    }
  }

  /**
   * The batches of shuffled epochs, from one step on: the same as would have come there without a stop.
   *
   * @param step Steps that were taken before.
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

  #send(): void {
    for (; this.#sent < Math.min(this.#ahead, this.#plan.length); this.#sent++)
      this.#ask(this.#plan[this.#sent]!);
  }

  #ask({ rows, epoch, made }: Planned): void {
    // Whoever never asks for it shall not be told that it failed.
    made.promise.catch(() => {});
    if (this.#failure) {
      made.reject(this.#failure);
      return;
    }
    const id = ++this.#lastId;
    this.#asked.set(id, made);
    const thread = this.#threads[id % this.#threads.length]!;
    thread.busy += 1;
    // A program ends when nothing is left to wait for but idle threads.
    thread.worker.ref();
    const done = () => {
      thread.busy -= 1;
      if (thread.busy === 0) thread.worker.unref();
    };
    made.promise.then(done, done);
    thread.worker.postMessage({ id, rows, epoch } satisfies Task);
  }

  #take(answer: Answer): void {
    const made = this.#asked.get(answer.id);
    this.#asked.delete(answer.id);
    if ('batch' in answer) made?.resolve(answer.batch);
    else made?.reject(answer.user ? new UserError(answer.error) : new Error(answer.error));
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const made of this.#asked.values()) made.reject(this.#failure);
    this.#asked.clear();
  }
}

const promise = () => Promise.withResolvers<Batch>();

const same = (a: Int32Array, b: Int32Array): boolean =>
  a === b || (a.length === b.length && a.every((row, i) => row === b[i]));
