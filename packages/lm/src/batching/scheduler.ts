/**
 * Many texts written at once by one model: continuous batching (Yu et al., "Orca", 2022) with chunked prefill (Agrawal et al.,
 * "Sarathi", 2023). Between two steps of all texts that are being written, at most one stretch of one prompt is read: who joins holds
 * nobody up for longer than that. Each text draws its tokens as it would by itself.
 */
import { UserError } from '@gradus/base';
import type { z } from 'zod';
import type { Constraint } from '../constrain/constraint.ts';
import { requireRoom } from '../constrain/constraint.ts';
import type { RunnableModel } from '../model/language-model.ts';
import { comingTokens } from '../run/coming-tokens.ts';
import { requireTokens } from '../run/decoder-session.ts';
import { type GENERATE, type GeneratedToken, Generation, generationOptions } from '../run/generation.ts';
import { PromptLookup } from '../run/prompt-lookup.ts';
import { BatchSession, type BatchSessionOptions } from './batch-session.ts';

export interface SchedulerOptions extends BatchSessionOptions {
  /** Texts that may wait for a slot. Default: four for each slot. */
  readonly queue?: number | undefined;
}

export type BatchRequest = z.input<typeof GENERATE> & {
  readonly constraint?: Constraint | undefined;
  /** The place of its adapter among those of the session; default: the model alone. */
  readonly adapter?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told how many tokens of the prompt were there already, before the first token. */
  onBegin?(reused: number): void;
};

/** As many texts wait as may. */
export class QueueFull extends UserError {
  /** Seconds after which one of them is done, probably. */
  readonly retryAfter: number;

  constructor(waiting: number, retryAfter: number) {
    super({
      en: `${waiting} texts wait for the model already, and no more may. Try again in ${retryAfter} s.`,
      zh: `已有 ${waiting} 个文本在等待该模型，达到上限。请在 ${retryAfter} 秒后重试。`,
    });
    this.retryAfter = retryAfter;
  }
}

/** Tokens of a prompt that are read between two steps. */
const STRETCH = 128;
/** Seconds after which those turned away may try again: between these. */
const [SOONEST, LATEST] = [1, 60];
/** Seconds that a text takes, until one has shown it; and how much the latest one counts. */
const [FIRST_GUESS, WEIGHT] = [2, 0.2];

interface Task {
  readonly ids: readonly number[];
  readonly request: BatchRequest;
  readonly generation: Generation;
  slot: number;
  /** Tokens of the prompt that have been seen; undefined before the first. */
  read: number | undefined;
  /** The token to be seen next. */
  token: number | undefined;
  began: number;
  /** Ids of what was written. */
  readonly said: number[];
  /** Of a greedy text, from when it was alone. */
  lookup: PromptLookup | undefined;
  readonly isGreedy: boolean;
  readonly written: GeneratedToken[];
  error: unknown;
  isDone: boolean;
  wake(): void;
}

export class Scheduler {
  readonly #model: Pick<RunnableModel, 'tokenizer' | 'end' | 'config' | 'drawing'>;
  readonly #session: BatchSession;
  readonly #most: number;
  readonly #waiting: Task[] = [];
  /** In the order in which they came. */
  readonly #running: Task[] = [];
  /** When each slot was last left. */
  readonly #left: number[];
  #clock = 0;
  #seconds = FIRST_GUESS;
  #working: Promise<void> | undefined;

  static async open(model: RunnableModel, { queue, ...options }: SchedulerOptions = {}): Promise<Scheduler> {
    return new Scheduler(model, await BatchSession.open(model, options), queue);
  }

  private constructor(model: RunnableModel, session: BatchSession, queue = 4 * session.slots) {
    this.#model = model;
    this.#session = session;
    this.#most = queue;
    this.#left = new Array<number>(session.slots).fill(0);
  }

  /** Tokens that a text may have at most. */
  get places(): number {
    return this.#session.places;
  }

  /** Texts that are written at once, at most. */
  get slots(): number {
    return this.#session.slots;
  }

  get running(): number {
    return this.#running.length;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /**
   * @throws UserError where the prompt does not fit; QueueFull
   */
  generate(ids: readonly number[], request: BatchRequest = {}): AsyncGenerator<GeneratedToken> {
    const { constraint, adapter: _, signal, onBegin: __, ...options } = request;
    const checked = generationOptions(this.#model, options);
    requireTokens(ids, this.#model.config, this.places);
    if (constraint) requireRoom(constraint, Math.min(checked.max, this.places - ids.length));
    if (this.#waiting.length >= this.#most && this.#running.length >= this.#session.slots)
      throw new QueueFull(this.#waiting.length, this.#untilFree());
    const task: Task = {
      ids,
      request,
      generation: new Generation(this.#model, ids, checked, this.places, constraint),
      slot: -1,
      read: undefined,
      token: undefined,
      began: 0,
      said: [],
      lookup: undefined,
      isGreedy: checked.temperature === 0 && checked.repetitionPenalty === 1,
      written: [],
      error: undefined,
      isDone: false,
      wake: () => undefined,
    };
    this.#waiting.push(task);
    signal?.addEventListener('abort', () => this.#drop(task), { once: true });
    if (signal?.aborted) this.#drop(task);
    this.#working ??= this.#work();
    return this.#tokensOf(task);
  }

  async *#tokensOf(task: Task): AsyncGenerator<GeneratedToken> {
    try {
      for (;;) {
        for (let token = task.written.shift(); token; token = task.written.shift()) yield token;
        if (task.error !== undefined) throw task.error;
        if (task.isDone) return;
        await new Promise<void>((resolve) => (task.wake = resolve));
      }
    } finally {
      // Whoever stops listening wants no more.
      if (!task.isDone) this.#end(task);
    }
  }

  #untilFree(): number {
    const seconds = (this.#seconds * (this.#waiting.length + 1)) / this.#session.slots;
    return Math.min(LATEST, Math.max(SOONEST, Math.ceil(seconds)));
  }

  /** Ends a text that nobody waits for any more. */
  #drop(task: Task): void {
    if (task.isDone) return;
    const reason = task.request.signal?.reason;
    this.#end(task, reason ?? new Error('aborted'));
  }

  /** Its slot is free from the next step on. */
  #end(task: Task, error?: unknown): void {
    task.isDone = true;
    task.error = error;
    const at = this.#waiting.indexOf(task);
    if (at >= 0) this.#waiting.splice(at, 1);
    task.wake();
  }

  async #work(): Promise<void> {
    // Requests that came in the same turn join the same step.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;) {
      this.#leave();
      this.#join();
      if (this.#running.length === 0) break;
      const reader = this.#running.find(({ token }) => token === undefined);
      if (reader) await this.#attempt([reader], () => this.#read(reader));
      const writers = this.#running.filter(({ token, isDone }) => token !== undefined && !isDone);
      const [first] = writers;
      if (!first) continue;
      const isAlone = this.#running.length === 1 && first.isGreedy;
      await this.#attempt(writers, () => (isAlone ? this.#writeAhead(first) : this.#write(writers)));
    }
    this.#working = undefined;
  }

  #leave(): void {
    for (let i = this.#running.length - 1; i >= 0; i--) {
      const task = this.#running[i]!;
      if (!task.isDone) continue;
      this.#running.splice(i, 1);
      this.#left[task.slot] = ++this.#clock;
      const seconds = (performance.now() - task.began) / 1000;
      if (task.error === undefined) this.#seconds += WEIGHT * (seconds - this.#seconds);
    }
  }

  #join(): void {
    while (this.#waiting.length > 0 && this.#running.length < this.#session.slots) {
      const task = this.#waiting.shift()!;
      task.slot = this.#slotFor(task);
      task.began = performance.now();
      this.#running.push(task);
    }
  }

  /**
   * The free slot that keeps most of the text; else one beside those in use, since a step runs over all slots from the first to the
   * last in use; of those the one that was left longest ago.
   */
  #slotFor({ ids, request }: Task): number {
    const used = new Set(this.#running.map(({ slot }) => slot));
    const [low, high] = [Math.min(...used), Math.max(...used)];
    const free = this.#left.flatMap((left, slot) => {
      if (used.has(slot)) return [];
      const common = this.#session.common(slot, ids, request.adapter);
      const apart = used.size === 0 ? 0 : Math.max(low - slot, slot - high, 0);
      return [{ slot, common, apart, left }];
    });
    free.sort((a, b) => b.common - a.common || a.apart - b.apart || a.left - b.left);
    return free[0]!.slot;
  }

  async #read(task: Task): Promise<void> {
    if (task.read === undefined) {
      task.read = this.#session.begin(task.slot, task.ids, task.request.adapter);
      task.request.onBegin?.(task.read);
    }
    const stretch = task.ids.slice(task.read, task.read + STRETCH);
    const logits = await this.#session.read(task.slot, stretch);
    task.read += stretch.length;
    if (task.read === task.ids.length && !task.isDone) this.#draw(task, logits);
  }

  async #write(writers: readonly Task[]): Promise<void> {
    const rows = await this.#session.write(writers.map(({ slot, token }) => ({ slot, id: token! })));
    for (const [i, task] of writers.entries()) {
      if (task.isDone) continue;
      try {
        this.#draw(task, rows[i]!);
      } catch (error) {
        this.#end(task, error);
      }
    }
  }

  /** A text that is alone: several tokens at once, where it repeats what stands before. */
  async #writeAhead(task: Task): Promise<void> {
    const { slot, generation, token } = task;
    task.lookup ??= new PromptLookup([...task.ids, ...task.said]);
    const seen = this.#session.length(slot);
    const draft = task.lookup.next(Math.min(generation.left, this.places - seen) - 1);
    const begun = performance.now();
    let given = 0;
    if (draft.length > 0) {
      const rows = await this.#session.ahead(slot, [token!, ...draft]);
      const ms = performance.now() - begun;
      if (!task.isDone) {
        for (const next of comingTokens(generation, draft, rows)) {
          given += 1;
          this.#give(task, next);
        }
      }
      this.#session.back(slot, seen + given);
      task.lookup.tookSeveral(ms, given);
      if (given > 0 || task.isDone) return;
    }
    // Nothing to look up, or too close to call in company.
    const alone = performance.now();
    await this.#write([task]);
    task.lookup.tookOne(performance.now() - alone);
  }

  #draw(task: Task, logits: Float32Array): void {
    this.#give(task, task.generation.next(logits));
  }

  #give(task: Task, token: GeneratedToken): void {
    task.said.push(token.id);
    task.lookup?.push(token.id);
    task.token = token.id;
    task.written.push(token);
    if (token.finish) this.#end(task);
    else task.wake();
  }

  /** What the runtime cannot compute fails for those it was computed for, and for nobody else. */
  async #attempt(tasks: readonly Task[], work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      for (const task of tasks) if (!task.isDone) this.#end(task, error);
    }
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    const closed = new UserError({ en: 'the model is closed', zh: '模型已关闭' });
    for (const task of [...this.#waiting, ...this.#running]) if (!task.isDone) this.#end(task, closed);
    await this.#working;
    await this.#session.close();
  }
}
