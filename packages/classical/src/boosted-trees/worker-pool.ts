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

export interface ThreadPlan {
  readonly plan: SearchPlan;
  readonly control: Int32Array<SharedArrayBuffer>;
}

export interface WorkerPool {
  /** Has the task in the mail carried out. @throws what kept a thread from starting, or ended it */
  search(): void;
  close(): Promise<void>;
}

export function startPool(plan: Omit<SearchPlan, 'worker'>): WorkerPool {
  const control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  let failure: Error | undefined;
  const threads = Array.from({ length: plan.workers - 1 }, (_, i) => {
    const workerData: ThreadPlan = { plan: { ...plan, worker: i + 1 }, control };
    const thread = new Worker(programBeside(import.meta.url, 'search-thread'), { workerData, execArgv: [] });
    return thread.on('error', (error: Error) => {
      failure ??= neverStarted(error) ?? error;
    });
  });
  const self = new LeafSearch({ ...plan, worker: 0 });
  return {
    search() {
      if (failure) throw failure;
      Atomics.store(control, DONE, 0);
      Atomics.store(control, NEXT, 0);
      Atomics.add(control, TASKS, 1);
      Atomics.notify(control, TASKS);
      work(control, self);
      untilWord(control, DONE, (done) => done === self.parts);
      if (Atomics.load(control, FAILED) === 1)
        throw new Error('a thread that searches for splits has failed');
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
