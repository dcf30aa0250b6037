/**
 * The answering threads of one version: as a rule one; a second is opened for large requests, and closed when none has come for
 * a while. Small requests never wait for a large one: of two threads at most one is at a large request, and where a request turns
 * out to be large only while it is computed, another thread takes its place. Large ones wait for each other; one that would wait
 * longer than it may take is turned away at once, and one that takes longer is stopped, with its thread.
 */
import { UserError } from '@gradus/base';
import type { Service } from '@gradus/loop';
import { type AnswerProgram, AnswerThread, type Ask } from './answer-thread.ts';
import type { Answers, AskOptions } from './answers.ts';
import { kindOf, Pace, sizeOf } from './pace.ts';
import { TooBusy } from './plain-error.ts';
import type { AnswerThreadData, Replies } from './protocol.ts';

/** No answer came in time, and nobody works on it any more. */
export class TimedOut extends UserError {}

export interface ThreadPoolOptions extends AnswerThreadData {
  readonly program: AnswerProgram;
  /** Milliseconds that a request may take. */
  readonly within: number;
}

/** Milliseconds: what takes longer is a large request. */
const SMALL = 100;
/** Milliseconds between two looks at what is under way. */
const LOOK = 50;
/** Milliseconds after which a second thread that nobody needed is closed. */
const IDLE = 5 * 60_000;

interface Task {
  readonly question: Ask;
  readonly kind: string;
  readonly size: number;
  readonly estimate: number;
  readonly deadline: number;
  readonly steppedAside: (() => void) | undefined;
  isLarge: boolean;
  began: number;
  resolve(reply: never): void;
  reject(error: Error): void;
}

interface Place {
  readonly thread: AnswerThread;
  task: Task | undefined;
  idleSince: number;
}

export class ThreadPool implements Answers {
  readonly example: unknown;
  readonly embed: Service['embed'] | undefined;
  readonly #options: ThreadPoolOptions;
  readonly #pace = new Pace();
  readonly #small: Task[] = [];
  readonly #large: Task[] = [];
  #places: Place[] = [];
  #opening = 0;
  #isClosed = false;
  readonly #timer: NodeJS.Timeout;

  /** @throws UserError where the run cannot be opened */
  static async open(options: ThreadPoolOptions): Promise<ThreadPool> {
    return new ThreadPool(options, await AnswerThread.start(options.program, options));
  }

  private constructor(options: ThreadPoolOptions, first: AnswerThread) {
    this.#options = options;
    this.example = first.example;
    this.#places = [{ thread: first, task: undefined, idleSince: performance.now() }];
    this.embed = first.hasEmbeddings ? (texts) => this.#ask('embed', { kind: 'embed', texts }) : undefined;
    this.#timer = setInterval(() => this.#look(), LOOK);
    this.#timer.unref();
  }

  async answer(request: unknown, options: AskOptions = {}): Promise<Replies['answer']> {
    return this.#ask('answer', { kind: 'answer', request }, options);
  }

  corrections(values: readonly unknown[]): Promise<readonly unknown[]> {
    return this.#ask('corrections', { kind: 'corrections', values });
  }

  checked(values: readonly unknown[]): Promise<Replies['checked']> {
    return this.#ask('checked', { kind: 'checked', values });
  }

  #ask<K extends Ask['kind']>(
    _: K,
    question: Ask & { readonly kind: K },
    { signal, steppedAside }: AskOptions = {},
  ): Promise<Replies[K]> {
    const now = performance.now();
    const data =
      'request' in question ? question.request : 'texts' in question ? question.texts : question.values;
    const [kind, size] = [`${question.kind} ${kindOf(data)}`, sizeOf(data)];
    // What takes longer is stopped.
    const estimate = Math.min(this.#pace.estimate(kind, size), this.#options.within);
    const isLarge = estimate > SMALL;
    if (isLarge) this.#requireTime(estimate, now);
    return new Promise((resolve, reject) => {
      const task: Task = {
        question,
        kind,
        size,
        estimate,
        deadline: now + this.#options.within,
        steppedAside,
        isLarge,
        began: 0,
        resolve: resolve as (reply: never) => void,
        reject,
      };
      if (isLarge) steppedAside?.();
      (isLarge ? this.#large : this.#small).push(task);
      signal?.addEventListener('abort', () => this.#stop(task, abandoned()), {
        once: true,
      });
      this.#dispatch();
    });
  }

  /** @throws TooBusy where what waits, and this request with it, takes longer than one may wait */
  #requireTime(estimate: number, now: number): void {
    const under = this.#places.find(({ task }) => task?.isLarge)?.task;
    const ahead =
      this.#large.reduce((sum, task) => sum + task.estimate, 0) +
      (under ? Math.max(SMALL, under.estimate - (now - under.began)) : 0);
    if (ahead > 0 && ahead + estimate > this.#options.within) throw tooBusy(Math.ceil(ahead / 1000));
  }

  #dispatch(): void {
    for (const place of this.#places.filter(({ task }) => !task)) {
      const next = this.#small.shift() ?? this.#nextLarge();
      if (!next) break;
      void this.#run(place, next);
    }
    this.#openAnother();
  }

  /** One at a time, and only where another thread is there for small ones. */
  #nextLarge(): Task | undefined {
    const isOne = this.#places.some(({ task }) => task?.isLarge);
    return isOne || this.#places.length < 2 ? undefined : this.#large.shift();
  }

  async #run(place: Place, task: Task): Promise<void> {
    place.task = task;
    task.began = performance.now();
    try {
      const reply = await place.thread.ask(task.question as never);
      task.resolve(reply as never);
    } catch (error) {
      task.reject(error as Error);
    }
    const ended = performance.now();
    this.#pace.learn(task.kind, task.size, ended - task.began);
    place.task = undefined;
    place.idleSince = ended;
    if (place.thread.isGone) this.#places = this.#places.filter((other) => other !== place);
    if (!this.#isClosed) this.#dispatch();
  }

  /** A second thread where a large request waits for one or holds up small ones, the first where it has gone. */
  #openAnother(): void {
    const count = this.#places.length + this.#opening;
    const isNeeded = this.#large.length > 0 || this.#places.some(({ task }) => task?.isLarge);
    if (count >= (isNeeded ? 2 : 1) || this.#isClosed) return;
    this.#opening += 1;
    AnswerThread.start(this.#options.program, this.#options)
      .then(
        (thread) => {
          if (this.#isClosed) return void thread.end(new Error('the model is closed'));
          this.#places.push({ thread, task: undefined, idleSince: performance.now() });
        },
        (error: Error) => {
          // It could be opened before: the run is gone. Those who wait are told, or would wait for good.
          for (const task of [
            ...this.#large.splice(0),
            ...(this.#places.length === 0 ? this.#small.splice(0) : []),
          ]) {
            task.reject(error);
          }
        },
      )
      .finally(() => {
        this.#opening -= 1;
        if (!this.#isClosed) this.#dispatch();
      });
  }

  /** Stops what takes too long, and finds out which requests are large after all. */
  #look(): void {
    const now = performance.now();
    const all = [...this.#places.flatMap(({ task }) => task ?? []), ...this.#small, ...this.#large];
    for (const task of all) if (now >= task.deadline) this.#stop(task, timedOut(this.#options.within));
    for (const { task } of this.#places) {
      if (!task || task.isLarge || now - task.began < SMALL) continue;
      task.isLarge = true;
      this.#pace.learn(task.kind, task.size, now - task.began);
      task.steppedAside?.();
    }
    const spare = this.#places.find(({ task, idleSince }) => !task && now - idleSince > IDLE);
    if (spare && this.#places.length > 1) {
      this.#places = this.#places.filter((place) => place !== spare);
      void spare.thread.end(new Error('it is not needed'));
    }
    this.#openAnother();
  }

  #stop(task: Task, reason: Error): void {
    for (const queue of [this.#small, this.#large]) {
      const at = queue.indexOf(task);
      if (at < 0) continue;
      queue.splice(at, 1);
      task.reject(reason);
      return;
    }
    const place = this.#places.find((one) => one.task === task);
    // What is done in a moment anyway is not worth a thread.
    if (!place || (!task.isLarge && performance.now() < task.deadline)) return;
    void place.thread.end(reason);
  }

  /** Ends all threads, with what they are at. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#timer);
    const closed = new Error('the model is closed');
    for (const task of [...this.#small.splice(0), ...this.#large.splice(0)]) task.reject(closed);
    await Promise.all(this.#places.map(({ thread }) => thread.end(closed)));
  }
}

/** What waits is large, and more would wait longer than it may. */
const tooBusy = (retryAfter: number): TooBusy =>
  new TooBusy(
    {
      en: `The large requests that wait already take longer than a request may. Try again in ${retryAfter} s, or send smaller ones.`,
      zh: `排队中的大请求已超过单个请求的时限。请在 ${retryAfter} 秒后重试，或发送较小的请求。`,
    },
    retryAfter,
  );

/** Nothing that went wrong here. */
const abandoned = (): UserError =>
  new UserError({ en: 'nobody waits for the answer any more', zh: '已无人等待此回答' });

const timedOut = (within: number): TimedOut =>
  new TimedOut({ en: `No answer within ${within / 1000} s.`, zh: `${within / 1000} 秒内没有得到回答。` });
