/** Which strategy trains where. */
import { workerPool } from '@gradus/engine/runtime';
import { DataParallel } from './data-parallel.ts';
import { OneGraph } from './one-graph.ts';
import type { MakeStrategy } from './strategy.ts';

/** Data-parallel on the processor where there are worker threads (Node); elsewhere a step is one graph. */
export const strategyFor: MakeStrategy = (phases, state, options) => {
  const { device = 'cpu', threads = 0 } = options;
  const pool = device === 'cpu' ? workerPool(threads) : undefined;
  return pool ? new DataParallel(phases, state, pool, options) : new OneGraph(phases, state, options);
};
