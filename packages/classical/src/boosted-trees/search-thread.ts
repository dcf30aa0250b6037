/** The program of a thread that searches for splits. */
import { parentPort, workerData } from 'node:worker_threads';
import { CLOSED, FAILED, FINISHED, GIVEN, type ThreadPlan, untilWord } from './crew.ts';
import { LeafSearch } from './leaf-search.ts';

const { plan, control } = workerData as ThreadPlan;
const search = new LeafSearch(plan);

parentPort!.postMessage('ready');
for (let task = 1; ; task = (task + 1) | 0) {
  untilWord(control, GIVEN, task);
  if (Atomics.load(control, CLOSED) === 1) break;
  try {
    search.run();
  } catch (error) {
    Atomics.store(control, FAILED, 1);
    throw error;
  } finally {
    Atomics.add(control, FINISHED, 1);
    Atomics.notify(control, FINISHED);
  }
}
