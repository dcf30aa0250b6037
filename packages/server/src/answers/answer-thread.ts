/** The server's side of an answering thread: it is asked one thing at a time, and ended where it takes too long. */
import { totalmem } from 'node:os';
import { Worker } from 'node:worker_threads';
import { neverStarted, UserError } from '@gradus/base';
import { errorOf } from './plain-error.ts';
import type { AnswerThreadData, FromThread, Question, Replies } from './protocol.ts';

/** The program that serves, as it is started again in a thread: there it answers (`answerQuestions`). */
export interface AnswerProgram {
  readonly file: string;
  readonly arguments: readonly string[];
}

/** What is asked of a thread, which numbers its questions itself. */
export type Ask = Question extends infer Q ? (Q extends Question ? Omit<Q, 'id'> : never) : never;

/** A request took all the memory that one may take. */
export class OutOfMemory extends UserError {
  constructor(options?: ErrorOptions) {
    super(
      {
        en: 'This request takes more memory than there is. Send it in parts.',
        zh: '此请求所需内存超过可用内存。请分批发送。',
      },
      options,
    );
  }
}

/** Of the machine's memory, and megabytes at most. */
const MEMORY_SHARE = 0.5;
const MOST_MEMORY = 4096;

export class AnswerThread {
  readonly hasEmbeddings: boolean;
  readonly example: unknown;
  readonly #worker: Worker;
  #asked = 0;
  #waiting: { readonly id: number; resolve(reply: never): void; reject(error: Error): void } | undefined;
  #gone: Error | undefined;

  /** @throws UserError where the run cannot be opened */
  static async start(
    { file, arguments: argv }: AnswerProgram,
    workerData: AnswerThreadData,
  ): Promise<AnswerThread> {
    const megabytes = Math.min(MOST_MEMORY, (MEMORY_SHARE * totalmem()) / 2 ** 20);
    const worker = new Worker(file, {
      argv: [...argv],
      workerData,
      resourceLimits: { maxOldGenerationSizeMb: Math.floor(megabytes) },
    });
    try {
      const ready = await new Promise<FromThread>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', (error: Error) => reject(neverStarted(error) ?? error));
        worker.once('exit', () => reject(new Error('an answering thread ended before it began')));
      });
      if (ready.kind === 'failed') throw errorOf(ready.error);
      return new AnswerThread(worker, ready as FromThread & { readonly kind: 'ready' });
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  private constructor(worker: Worker, { hasEmbeddings, example }: FromThread & { readonly kind: 'ready' }) {
    this.hasEmbeddings = hasEmbeddings;
    this.example = example;
    this.#worker = worker;
    for (const event of ['message', 'error', 'exit'] as const) worker.removeAllListeners(event);
    worker.on('message', (message: FromThread) => {
      const waiting = this.#waiting;
      if (!waiting || !('id' in message) || message.id !== waiting.id) return;
      this.#waiting = undefined;
      if (message.kind === 'reply') waiting.resolve(message.reply as never);
      else waiting.reject(errorOf(message.error));
    });
    const gone = (error: Error) => {
      this.#gone ??= error;
      this.#waiting?.reject(error);
      this.#waiting = undefined;
    };
    worker.on('error', (error: NodeJS.ErrnoException) =>
      gone(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new OutOfMemory({ cause: error }) : error),
    );
    worker.on('exit', () => gone(new Error('an answering thread has ended')));
  }

  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  ask<K extends Ask['kind']>(question: Ask & { readonly kind: K }): Promise<Replies[K]> {
    if (this.#gone) return Promise.reject(this.#gone);
    const id = ++this.#asked;
    return new Promise((resolve, reject) => {
      this.#waiting = { id, resolve, reject };
      this.#worker.postMessage({ ...question, id });
    });
  }

  /** Ends it, with what it is at. */
  async end(reason: Error): Promise<void> {
    this.#gone ??= reason;
    this.#waiting?.reject(reason);
    this.#waiting = undefined;
    await this.#worker.terminate();
  }
}
