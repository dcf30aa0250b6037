/**
 * The threads that search for splits. The calling thread is the first of them, so that a crew of two takes two cores; the others
 * wait for a counter in shared memory to change.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { neverStarted, programBeside } from '@gradus/base';
import { LeafSearch, type SearchPlan } from './leaf-search.ts';

/** Words of the memory that controls a crew: tasks given, how many threads have finished one, whether one failed, whether all end. */
export const [GIVEN, FINISHED, FAILED, CLOSED, WORDS] = [0, 1, 2, 3, 4] as const;

/** Milliseconds for which a thread spins before it sleeps: to fall asleep and be woken takes about as long. */
const SPIN = 0.1;

/** Waits until a word is `expected`. */
export function untilWord(control: Int32Array, word: number, expected: number): void {
  const end = performance.now() + SPIN;
  for (;;) {
    const now = Atomics.load(control, word);
    if (now === expected) return;
    if (performance.now() > end) Atomics.wait(control, word, now);
  }
}

export interface ThreadPlan {
  readonly plan: SearchPlan;
  readonly control: Int32Array<SharedArrayBuffer>;
}

export interface Crew {
  /** Has all threads carry out the task in the mail. */
  search(): void;
  close(): Promise<void>;
}

export async function startCrew(plan: Omit<SearchPlan, 'worker'>): Promise<Crew> {
  const { workers } = plan;
  const control = new Int32Array(new SharedArrayBuffer(4 * WORDS));
  const threads = Array.from({ length: workers - 1 }, (_, i) => {
    const workerData: ThreadPlan = { plan: { ...plan, worker: i + 1 }, control };
    return new Worker(programBeside(import.meta.url, 'search-thread'), { workerData, execArgv: [] });
  });
  const self = new LeafSearch({ ...plan, worker: 0 });
  await Promise.all(
    threads.map((thread) =>
      once(thread, 'message').catch((error: Error) => {
        throw neverStarted(error) ?? error;
      }),
    ),
  );
  let tasks = 0;
  return {
    search() {
      if (threads.length > 0) {
        Atomics.add(control, GIVEN, 1);
        Atomics.notify(control, GIVEN);
      }
      self.run();
      tasks++;
      untilWord(control, FINISHED, Math.imul(tasks, threads.length));
      if (Atomics.load(control, FAILED) === 1)
        throw new Error('a thread that searches for splits has failed');
    },
    async close() {
      Atomics.store(control, CLOSED, 1);
      Atomics.add(control, GIVEN, 1);
      Atomics.notify(control, GIVEN);
      await Promise.all(threads.map((thread) => once(thread, 'exit')));
    },
  };
}
