/** A worker of the tests: `node worker.ts RUNS`, on the database of DATABASE_URL if there is one. */
import type { Recipe } from '@gradus/loop';
import { runWorker } from '../operations/worker.ts';
import { words } from './words.ts';

const controller = new AbortController();
process.once('SIGTERM', () => controller.abort(new Error('stopped')));
await runWorker({
  runs: process.argv[2]!,
  recipes: [words as unknown as Recipe],
  signal: controller.signal,
  onJob: ({ id, kind }, turn, why = '') => console.error(`job ${id} (${kind}) ${turn} ${why}`),
});
