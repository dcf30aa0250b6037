/**
 * The threads that search for splits. The parts of a task are taken one by one from a counter in shared memory, so that nobody
 * waits for a thread that has not started yet, or whose core does something else; the calling thread takes parts too.
 */
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside } from '@gradus/base';
import { LeafSearch, type SearchPlan } from './leaf-search.ts';

/** Words of the memory that controls the pool: the next part to take, parts done, tasks begun, whether a part has failed. */
export const [NEXT, DONE, TASKS, FAILED, WORDS] = [0, 1, 2, 3, 4] as const;

/** Milliseconds for which a thread spins before it sleeps: to fall asleep and be woken takes about as long. */
const SPIN = 0.1;

/** Waits until a word fits. @returns it */
export function untilWord(control: Int32Array, word: number, fits: (value: number) => boolean): number {
  const end = performance.now() + SPIN;
  for (;;) {
    const value = Atomics.load(control, word);
    if (fits(value)) return value;
    if (performance.now() > end) Atomics.wait(control, word, value);
  }
}

/** Takes parts of the task until there are none left. */
export function work(control: Int32Array, search: LeafSearch): void {
  for (;;) {
    const part = Atomics.add(control, NEXT, 1);
    if (part >= search.parts) return;
    try {
      search.run(part);
    } catch (error) {
      Atomics.store(control, FAILED, 1);
      throw error;
    } finally {
      if (Atomics.add(control, DONE, 1) + 1 === search.parts) Atomics.notify(control, DONE);
    }
  }
}

export class WorkerPool {
  /** The calling thread is one of them. */
  readonly workers: number;
  readonly #control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  readonly #threads: readonly Worker[];
  #self: LeafSearch | undefined;
  #failure: Error | undefined;

  /** Starts the threads, which takes a while: before there is a plan for them. */
  constructor(workers: number) {
    this.workers = workers;
    this.#threads = Array.from({ length: workers - 1 }, () => {
      const program = programBeside(import.meta.url, 'search-thread');
      const thread = new Worker(program, { workerData: this.#control, execArgv: [] });
      return thread.on('error', (error: Error) => {
        this.#failure ??= neverStarted(error) ?? error;
      });
    });
  }

  begin(plan: Omit<SearchPlan, 'worker' | 'workers'>): void {
    const { workers } = this;
    for (const [i, thread] of this.#threads.entries())
      thread.postMessage({ ...plan, workers, worker: i + 1 });
    this.#self = new LeafSearch({ ...plan, workers, worker: 0 });
  }

  /** Has the task in the mail carried out. @throws what kept a thread from starting, or ended it */
  search(): void {
    const [control, self] = [this.#control, this.#self!];
    if (this.#failure) throw this.#failure;
    Atomics.store(control, DONE, 0);
    Atomics.store(control, NEXT, 0);
    Atomics.add(control, TASKS, 1);
    Atomics.notify(control, TASKS);
    work(control, self);
    untilWord(control, DONE, (done) => done === self.parts);
    if (Atomics.load(control, FAILED) === 1) throw new Error('a thread that searches for splits has failed');
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }
}
