/** A worker thread that makes batches ahead of the training step that takes them. */
import { parentPort, workerData } from 'node:worker_threads';
import { type Localized, Random, UserError } from '@gradus/base';
import type { Batch } from '../batch.ts';
import type { OpenBatches } from './maker.ts';

/** What a thread starts with. */
export interface ThreadData {
  readonly module: string;
  readonly data: unknown;
  readonly seed: number | string;
}

export interface BatchRequest {
  readonly id: number;
  readonly rows: Int32Array;
  readonly epoch: number;
}

export type BatchReply =
  | { readonly id: number; readonly batch: Batch }
  | { readonly id: number; readonly error: string; readonly localized?: Localized };

const { module, data, seed } = workerData as ThreadData;
const { open } = (await import(module)) as { open: OpenBatches<unknown> };
const maker = await open(data);
const random = new Random(seed);

parentPort!.on('message', async ({ id, rows, epoch }: BatchRequest) => {
  try {
    const batch = await maker.batch(rows, { random, epoch });
    parentPort!.postMessage({ id, batch } satisfies BatchReply, buffersOf(batch));
  } catch (error) {
    const reply: BatchReply = {
      id,
      error: (error as Error).message,
      ...(error instanceof UserError && { localized: error.localized }),
    };
    parentPort!.postMessage(reply);
  }
});

/** Memory that is transferred instead of copied: buffers that belong to one array alone. */
function buffersOf(batch: Batch): ArrayBuffer[] {
  return Object.values(batch).flatMap(({ data }) =>
    'buffer' in data && data.buffer instanceof ArrayBuffer && data.byteLength === data.buffer.byteLength
      ? [data.buffer]
      : [],
  );
}
