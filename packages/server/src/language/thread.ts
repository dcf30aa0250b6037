/** The server's side of the thread of a large model (language-thread.ts): many questions at once, each answered piece by piece. */
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside } from '@gradus/base';
import type { Transcript } from '@gradus/lm';
import { errorOf, TooBusy } from '../answers/plain-error.ts';
import type {
  Abilities,
  FromLanguageThread,
  LanguageQuestion,
  LanguageThreadData,
  Part,
  Points,
  Ranks,
  Recording,
  TextRequest,
  WrittenToken,
} from './protocol.ts';

/** Questions that a thread is asked at once, for memory's sake: those of a writer wait in its queue, which is shorter. */
const MOST_PENDING = 256;
/** Seconds. */
const RETRY_AFTER = 2;

/** Pieces of an answer, as they come. */
type Piece = Extract<FromLanguageThread, { readonly id: number }>;

interface Waiting {
  hear(piece: Piece): void;
  fail(error: Error): void;
}

/** A text being written, whose tokens come as they are drawn. */
export interface Writing {
  readonly promptTokens: number;
  /** Tokens of the prompt that were there already; 0 before the first token has come. */
  readonly reused: number;
  readonly tokens: AsyncIterable<WrittenToken>;
}

export class LanguageThread {
  readonly abilities: Abilities;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #asked = 0;
  #gone: Error | undefined;
  #idle: (() => void) | undefined;

  /** @throws UserError where the model cannot be opened */
  static async start(workerData: LanguageThreadData): Promise<LanguageThread> {
    const worker = new Worker(programBeside(import.meta.url, 'language-thread'), { workerData });
    try {
      const ready = await new Promise<FromLanguageThread>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', (error: Error) => reject(neverStarted(error) ?? error));
        worker.once('exit', () => reject(new Error('the thread of a model ended before it began')));
      });
      if (ready.kind === 'failed') throw errorOf(ready.error);
      return new LanguageThread(worker, (ready as FromLanguageThread & { readonly kind: 'ready' }).abilities);
    } catch (error) {
      await worker.terminate();
      throw error;
    }
  }

  private constructor(worker: Worker, abilities: Abilities) {
    this.abilities = abilities;
    this.#worker = worker;
    for (const event of ['message', 'error', 'exit'] as const) worker.removeAllListeners(event);
    worker.on('message', (message: FromLanguageThread) => {
      if ('id' in message) this.#waiting.get(message.id)?.hear(message);
    });
    const gone = (error: Error) => {
      this.#gone ??= error;
      for (const { fail } of this.#waiting.values()) fail(error);
    };
    worker.on('error', gone);
    worker.on('exit', () => gone(new Error("the model's thread has ended")));
  }

  get isGone(): boolean {
    return this.#gone !== undefined;
  }

  /** Questions that are being answered. */
  get pending(): number {
    return this.#waiting.size;
  }

  /**
   * Has a text written. It is given up when nobody reads it any more, or `signal` says so.
   *
   * @throws UserError where the prompt does not fit; TooBusy where too many texts wait
   */
  async write(request: TextRequest, signal?: AbortSignal): Promise<Writing> {
    const pieces = this.#ask({ kind: 'write', request }, signal);
    const first = await pieces.next();
    const { promptTokens } = first.value as Piece & { readonly kind: 'accepted' };
    let reused = 0;
    const tokens = async function* () {
      for await (const piece of pieces) {
        if (piece.kind === 'begun') ({ reused } = piece);
        if (piece.kind === 'token') yield piece.token;
      }
    };
    return {
      promptTokens,
      get reused() {
        return reused;
      },
      tokens: tokens(),
    };
  }

  /** @param as which part of a search the texts are; default: none, and the model's own prefix, if it has one */
  async embed(
    texts: readonly string[],
    { as, signal }: { readonly as?: Part; readonly signal?: AbortSignal | undefined } = {},
  ): Promise<Points> {
    let points: Points | undefined;
    for await (const piece of this.#ask({ kind: 'embed', texts, as }, signal))
      if (piece.kind === 'points') ({ points } = piece);
    return points!;
  }

  /** How well texts answer a query, for a reranker. */
  async rank(query: string, texts: readonly string[], signal?: AbortSignal): Promise<Ranks> {
    let ranks: Ranks | undefined;
    for await (const piece of this.#ask({ kind: 'rank', query, texts }, signal))
      if (piece.kind === 'ranks') ({ ranks } = piece);
    return ranks!;
  }

  /** What is said in a recording, for a model of speech. */
  async hear(recording: Recording, signal?: AbortSignal): Promise<Transcript> {
    let transcript: Transcript | undefined;
    for await (const piece of this.#ask({ kind: 'hear', recording }, signal))
      if (piece.kind === 'heard') ({ transcript } = piece);
    return transcript!;
  }

  async *#ask(
    question:
      | Omit<LanguageQuestion & { readonly kind: 'write' }, 'id'>
      | Omit<LanguageQuestion & { readonly kind: 'embed' }, 'id'>
      | Omit<LanguageQuestion & { readonly kind: 'rank' }, 'id'>
      | Omit<LanguageQuestion & { readonly kind: 'hear' }, 'id'>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Piece> {
    if (this.#gone) throw this.#gone;
    signal?.throwIfAborted();
    if (this.#waiting.size >= MOST_PENDING) throw tooMany();
    const id = ++this.#asked;
    const pieces: Piece[] = [];
    let failure: Error | undefined;
    let isDone = false;
    let wake: () => void = () => undefined;
    const fail = (error: Error) => {
      failure ??= error;
      wake();
    };
    this.#waiting.set(id, {
      hear: (piece) => {
        isDone ||= piece.kind === 'done' || piece.kind === 'error';
        if (piece.kind === 'error') fail(errorOf(piece.error));
        else pieces.push(piece);
        wake();
      },
      fail,
    });
    const abort = () => fail(signal!.reason instanceof Error ? signal!.reason : new Error('aborted'));
    signal?.addEventListener('abort', abort, { once: true });
    this.#worker.postMessage({ ...question, id } satisfies LanguageQuestion);
    try {
      for (;;) {
        for (let piece = pieces.shift(); piece; piece = pieces.shift()) {
          if (piece.kind === 'done') return;
          yield piece;
        }
        if (failure) throw failure;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      signal?.removeEventListener('abort', abort);
      this.#waiting.delete(id);
      if (!isDone && !this.#gone) this.#worker.postMessage({ kind: 'leave', id } satisfies LanguageQuestion);
      if (this.#waiting.size === 0) this.#idle?.();
    }
  }

  /** Ends it when what is under way is done. */
  async retire(): Promise<void> {
    if (this.#waiting.size > 0) await new Promise<void>((resolve) => (this.#idle = resolve));
    await this.end();
  }

  /** Ends it, with what it is at. */
  async end(): Promise<void> {
    const closed = new Error('the model is closed');
    this.#gone ??= closed;
    for (const { fail } of this.#waiting.values()) fail(closed);
    await this.#worker.terminate();
  }
}

const tooMany = (): TooBusy =>
  new TooBusy(
    {
      en: `${MOST_PENDING} requests wait for the model already. Try again in ${RETRY_AFTER} s.`,
      zh: `已有 ${MOST_PENDING} 个请求在等待该模型。请在 ${RETRY_AFTER} 秒后重试。`,
    },
    RETRY_AFTER,
  );
