/**
 * A thread that runs one model file, so that a long run holds up no other request: the runtime computes on the thread
 * that calls it. It answers `feeds` with `outputs`, in order.
 */
import { readFile } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { compile, type Feeds } from '@gradus/engine/node';

export interface ModelThread {
  readonly file: string;
  readonly threads: number;
}

export interface Question {
  readonly id: number;
  readonly feeds: Feeds;
}

export type Answer =
  | { readonly id: number; readonly outputs: Feeds }
  | { readonly id: number; readonly error: string };

const { file, threads } = workerData as ModelThread;
const model = await compile(await readFile(file), { threads });

parentPort!.on('message', async ({ id, feeds }: Question) => {
  try {
    const outputs = await model.run(feeds);
    parentPort!.postMessage({ id, outputs } satisfies Answer);
  } catch (error) {
    parentPort!.postMessage({ id, error: (error as Error).message } satisfies Answer);
  }
});
parentPort!.postMessage('ready');
