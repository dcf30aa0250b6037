/** The program of a thread that searches for splits; it ends when it is told to. */
import { workerData } from 'node:worker_threads';
import { LeafSearch } from './leaf-search.ts';
import { TASKS, type ThreadPlan, untilWord, work } from './worker-pool.ts';

const { plan, control } = workerData as ThreadPlan;
const search = new LeafSearch(plan);

for (let tasks = 0; ; ) {
  const before = tasks;
  tasks = untilWord(control, TASKS, (now) => now !== before);
  work(control, search);
}
