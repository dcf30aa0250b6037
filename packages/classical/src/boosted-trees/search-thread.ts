/** The program of a thread that searches for splits; it ends when it is told to. */
import { once } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';
import { LeafSearch, type SearchPlan } from './leaf-search.ts';
import { TASKS, untilWord, work } from './worker-pool.ts';

const control = workerData as Int32Array<SharedArrayBuffer>;
const [plan] = (await once(parentPort!, 'message')) as [SearchPlan];
const search = new LeafSearch(plan);

for (let tasks = 0; ; ) {
  const before = tasks;
  tasks = untilWord(control, TASKS, (now) => now !== before);
  work(control, search);
}
