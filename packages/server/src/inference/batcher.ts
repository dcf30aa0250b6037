/**
 * Requests that come while the model is busy are answered together in its next run: one product of large matrices is
 * faster than many of small ones (Crankshaw et al., "Clipper", 2017). Nobody waits for company: an idle model runs at
 * once, so that batches are as large as the load makes them.
 */
import type { HostTensor } from '@gradus/engine';
import type { Feeds } from '@gradus/engine/node';

type Outputs = Record<string, HostTensor>;

/** When a request came, when the run that answered it began and ended (`performance.now()`), and that run's rows. */
export interface BatchTimes {
  readonly queued: number;
  readonly started: number;
  readonly ended: number;
  readonly rows: number;
}
export type Timed = (times: BatchTimes) => void;

interface Waiting {
  readonly feeds: Feeds;
  readonly rows: number;
  readonly queued: number;
  readonly timed: Timed | undefined;
  resolve(outputs: Outputs): void;
  reject(error: unknown): void;
}

export class Batcher {
  readonly #run: (feeds: Feeds) => Promise<Outputs>;
  readonly #maxRows: number;
  /** Of each shape of rows those that wait, the first to come first. */
  readonly #queues = new Map<string, Waiting[]>();
  #busy = false;

  /** @param run Its inputs and outputs have rows, as many in each, on their first axes. */
  constructor(run: (feeds: Feeds) => Promise<Outputs>, maxRows: number) {
    this.#run = run;
    this.#maxRows = maxRows;
  }

  /** @param timed Called when the run is over. */
  infer(feeds: Feeds, timed?: Timed): Promise<Outputs> {
    const shape = Object.entries(feeds)
      .map(([name, { dims }]) => `${name} ${dims.slice(1).join()}`)
      .sort()
      .join(';');
    return new Promise((resolve, reject) => {
      const rows = Object.values(feeds)[0]!.dims[0]!;
      const queue = this.#queues.get(shape);
      const waiting = { feeds, rows, queued: performance.now(), timed, resolve, reject };
      if (queue) queue.push(waiting);
      else this.#queues.set(shape, [waiting]);
      if (this.#busy) return;
      this.#busy = true;
      // What has arrived on other connections in the meantime is read first, and goes along.
      setImmediate(() => void this.#work());
    });
  }

  async #work(): Promise<void> {
    for (let batch = this.#next(); batch; batch = this.#next()) {
      try {
        const started = performance.now();
        const outputs = await this.#run(joined(batch));
        const ended = performance.now();
        const total = batch.reduce((sum, { rows }) => sum + rows, 0);
        let from = 0;
        for (const { rows, queued, timed, resolve } of batch) {
          timed?.({ queued, started, ended, rows: total });
          resolve(batch.length === 1 ? outputs : cut(outputs, from, from + rows));
          from += rows;
        }
      } catch (error) {
        if (batch.length === 1) batch[0]!.reject(error);
        else await this.#alone(batch);
      }
    }
    this.#busy = false;
  }

  /** One request that the model cannot compute must not take the others of its batch with it. */
  async #alone(batch: readonly Waiting[]): Promise<void> {
    for (const { feeds, resolve, reject } of batch) await this.#run(feeds).then(resolve, reject);
  }

  /** The longest queue's turn would let others starve: the oldest shape goes first, and to the back. */
  #next(): Waiting[] | undefined {
    const first = this.#queues.entries().next().value;
    if (!first) return undefined;
    const [shape, queue] = first;
    let [count, rows] = [0, 0];
    while (count < queue.length && (count === 0 || rows + queue[count]!.rows <= this.#maxRows)) {
      rows += queue[count++]!.rows;
    }
    this.#queues.delete(shape);
    if (count < queue.length) this.#queues.set(shape, queue.slice(count));
    return queue.slice(0, count);
  }
}

function joined(batch: readonly Waiting[]): Feeds {
  if (batch.length === 1) return batch[0]!.feeds;
  const total = batch.reduce((sum, { rows }) => sum + rows, 0);
  return Object.fromEntries(
    Object.entries(batch[0]!.feeds).map(([name, { dtype, dims }]) => {
      const parts = batch.map(({ feeds }) => feeds[name]!.data);
      return [name, { dtype, dims: [total, ...dims.slice(1)], data: concatenated(parts) }];
    }),
  );
}

function concatenated(parts: readonly HostTensor['data'][]): HostTensor['data'] {
  const [first] = parts as [HostTensor['data']];
  if (!ArrayBuffer.isView(first)) return (parts as readonly (readonly string[])[]).flat();
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all = new (first.constructor as new (length: number) => Float32Array)(length);
  let at = 0;
  for (const part of parts as readonly Float32Array[]) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function cut(outputs: Outputs, from: number, to: number): Outputs {
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { dtype, dims, data }]) => {
      const width = dims.slice(1).reduce((a, b) => a * b, 1);
      const part = data.slice(from * width, to * width) as HostTensor['data'];
      return [name, { dtype, dims: [to - from, ...dims.slice(1)], data: part }];
    }),
  );
}
