/** A thread of a crew. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { ARRIVED, CLOSE, GO, Member, ORDER, type Plan, PREPARE, REPORT, since, VARIANT } from './member.ts';

const { size, control } = workerData as { size: number; control: Int32Array<SharedArrayBuffer> };
const port = parentPort!;

/** Milliseconds for which a change is waited for with open eyes: to fall asleep and be woken takes about as long. */
const PATIENCE = 0.1;

function untilChanged(word: number, from: number): number {
  const patience = performance.now() + PATIENCE;
  for (;;) {
    const now = Atomics.load(control, word);
    if (now !== from) return now;
    if (performance.now() > patience) Atomics.wait(control, word, from);
  }
}

const member = new Member(size, control, (count) => {
  for (let now = Atomics.load(control, ARRIVED); since(now, count) < 0; ) now = untilChanged(ARRIVED, now);
});

async function answered(work: () => Promise<void>): Promise<void> {
  port.postMessage(
    await work().then(
      () => undefined,
      (error: Error) => error.message,
    ),
  );
}

let orders = 0;
for (;;) {
  untilChanged(GO, orders);
  orders++;
  const order = Atomics.load(control, ORDER);
  if (order === CLOSE) break;
  if (order === PREPARE) await answered(() => member.prepare(receiveMessageOnPort(port)!.message as Plan));
  else if (order === REPORT) await answered(async () => member.report());
  else await member.take(order, Atomics.load(control, VARIANT));
}
await member.close();
port.close();
