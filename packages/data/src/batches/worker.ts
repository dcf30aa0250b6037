/** A thread that makes batches ahead of the training step that takes them. */
import { parentPort, workerData } from 'node:worker_threads';
import { Random, UserError } from '@gradus/base';
import type { Batch } from '../batch.ts';
import type { OpenBatches } from './maker.ts';

/** What a thread is told when it starts. */
export interface ThreadData {
  readonly module: string;
  readonly data: unknown;
  readonly seed: number | string;
}

export interface Task {
  readonly id: number;
  readonly rows: Int32Array;
  readonly epoch: number;
}

export type Answer =
  | { readonly id: number; readonly batch: Batch }
  | { readonly id: number; readonly error: string; readonly user: boolean };

const { module, data, seed } = workerData as ThreadData;
const { open } = (await import(module)) as { open: OpenBatches<unknown> };
const maker = await open(data);
const random = new Random(seed);

parentPort!.on('message', async ({ id, rows, epoch }: Task) => {
  try {
    const batch = await maker.batch(rows, { random, epoch });
    parentPort!.postMessage({ id, batch } satisfies Answer, buffersOf(batch));
  } catch (error) {
    const { message } = error as Error;
    parentPort!.postMessage({ id, error: message, user: error instanceof UserError } satisfies Answer);
  }
});

/** Memory that is handed over instead of copied: what no one else has a part of. */
function buffersOf(batch: Batch): ArrayBuffer[] {
  return Object.values(batch).flatMap(({ data }) =>
    'buffer' in data && data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength
      ? [data.buffer]
      : [],
  );
}
