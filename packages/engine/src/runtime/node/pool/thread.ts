/** The program of a worker thread of the pool: it waits for instructions in shared memory and carries them out. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import {
  ARRIVED,
  ahead,
  BINDING,
  CLOSE,
  ISSUED,
  OPCODE,
  type Plan,
  PoolWorker,
  PREPARE,
  RELEASE,
  REPORT,
} from './pool-worker.ts';

const { size, control } = workerData as { size: number; control: Int32Array<SharedArrayBuffer> };
const port = parentPort!;

/** Milliseconds for which a thread spins before it sleeps: to fall asleep and be woken takes about as long. */
const SPIN = 0.1;

function untilChanged(word: number, from: number): number {
  const end = performance.now() + SPIN;
  for (;;) {
    const now = Atomics.load(control, word);
    if (now !== from) return now;
    if (performance.now() > end) Atomics.wait(control, word, from);
  }
}

const worker = new PoolWorker(size, control, (count) => {
  for (let now = Atomics.load(control, ARRIVED); ahead(now, count) < 0; ) now = untilChanged(ARRIVED, now);
});

async function answer(work: () => Promise<void>): Promise<void> {
  port.postMessage(
    await work().then(
      () => undefined,
      (error: Error) => error.message,
    ),
  );
}

let done = 0;
for (;;) {
  untilChanged(ISSUED, done);
  done++;
  const opcode = Atomics.load(control, OPCODE);
  if (opcode === CLOSE) break;
  if (opcode === PREPARE) await answer(() => worker.prepare(receiveMessageOnPort(port)!.message as Plan));
  else if (opcode === RELEASE) await answer(() => worker.release(Atomics.load(control, BINDING)));
  else if (opcode === REPORT) await answer(async () => worker.report());
  else await worker.run(opcode, Atomics.load(control, BINDING));
}
await worker.close();
port.close();
