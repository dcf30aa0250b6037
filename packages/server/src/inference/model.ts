/**
 * A model file being served: its signature, and its answers. It runs in a thread of its own (model-worker.ts), and
 * requests that come together are answered together (batcher.ts).
 */
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside, UserError } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import type { Feeds } from '@gradus/engine/node';
import { batchable, type ModelSignature, modelSignature, zeros } from '@gradus/lifecycle';
import { Batcher, type Timed } from './batcher.ts';
import type { Answer, ModelThread, Question } from './model-worker.ts';

export interface ServedModel {
  readonly signature: ModelSignature;
  /** @throws Error with the runtime's reason where the model cannot compute this */
  infer(feeds: Feeds, timed?: Timed): Promise<Record<string, HostTensor>>;
  /** After what is under way. */
  close(): Promise<void>;
}

export interface ServedModelOptions {
  /** Threads inside one run. Default 1: requests share the cores. */
  readonly threads?: number;
  /** Rows that one run takes at most. Default 64. */
  readonly maxBatch?: number;
}

/** @throws UserError where the file is no model that can be served */
export async function openModel(
  file: string,
  { threads = 1, maxBatch = 64 }: ServedModelOptions = {},
): Promise<ServedModel> {
  const signature = await modelSignature(file);
  const thread = await Thread.start({ file, threads });
  const run = (feeds: Feeds) => thread.run(feeds);
  await warmUp(signature, run);
  const batcher = batchable(signature) ? new Batcher(run, maxBatch) : undefined;
  return {
    signature,
    infer: async (feeds, timed) => {
      if (batcher) return batcher.infer(feeds, timed);
      const started = performance.now();
      const outputs = await run(feeds);
      timed?.({ queued: started, started, ended: performance.now(), rows: 1 });
      return outputs;
    },
    close: () => thread.close(),
  };
}

/** A first run is slow; it is made on zeros before anybody waits for it. A model that cannot run on those is left to its first request. */
async function warmUp(signature: ModelSignature, run: (feeds: Feeds) => Promise<unknown>): Promise<void> {
  await run(zeros(signature)).catch(() => undefined);
}

class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<
    number,
    { resolve(outputs: Record<string, HostTensor>): void; reject(error: Error): void }
  >();
  #asked = 0;
  #gone: Error | undefined;
  #idle: (() => void) | undefined;

  static async start(workerData: ModelThread): Promise<Thread> {
    const worker = new Worker(programBeside(import.meta.url, 'model-worker'), { workerData });
    await new Promise<void>((resolve, reject) => {
      worker.once('message', () => resolve());
      worker.once('error', (error: Error) =>
        reject(
          neverStarted(error) ??
            new UserError(
              {
                en: `${workerData.file} cannot be served: ${error.message}`,
                zh: `无法为 ${workerData.file} 提供服务：${error.message}`,
              },
              { cause: error },
            ),
        ),
      );
    });
    return new Thread(worker);
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.removeAllListeners('error');
    worker.on('message', (answer: Answer) => {
      const waiting = this.#waiting.get(answer.id)!;
      this.#waiting.delete(answer.id);
      if ('outputs' in answer) waiting.resolve(answer.outputs as Record<string, HostTensor>);
      else waiting.reject(new Error(answer.error));
      if (this.#waiting.size === 0) this.#idle?.();
    });
    const gone = (error: Error) => {
      this.#gone = error;
      for (const { reject } of this.#waiting.values()) reject(error);
      this.#waiting.clear();
      this.#idle?.();
    };
    worker.on('error', gone);
    worker.on('exit', () => gone(new Error("the model's thread has ended")));
  }

  run(feeds: Feeds): Promise<Record<string, HostTensor>> {
    if (this.#gone) return Promise.reject(this.#gone);
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ id, feeds } satisfies Question);
    });
  }

  async close(): Promise<void> {
    if (this.#waiting.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.#worker.terminate();
  }
}
