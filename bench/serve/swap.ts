/** Versions change over and over while requests come: none may fail. */
import { setTimeout as wait } from 'node:timers/promises';
import { describeRun, openDatabase, promote, register } from '@gradus/lifecycle';
import { digitsRun } from '../../packages/lifecycle/src/testing/digits.ts';
import type { Measurement } from '../measurement.ts';
import { load } from './load.ts';
import { asJson } from './requests.ts';
import { startServer } from './server.ts';

const SWAPS = 100;
const RATE = 300;
/** A server looks for a new champion every second. */
const SECONDS = 130;

export async function* hotSwaps(runs: string): AsyncGenerator<Measurement> {
  const database = await openDatabase(runs);
  const by = 'benchmark';
  for (const seed of [1, 2]) {
    await register(database, { model: 'swapped', run: describeRun(await digitsRun(runs, seed)), by });
  }
  await promote(database, { model: 'swapped', version: 1, by });
  const server = await startServer(['models:/swapped@champion', '--runs', runs]);
  const served = async () =>
    ((await (await fetch(`${server.url}/healthz`)).json()) as { version: string }).version;
  try {
    const loading = load({
      url: server.url,
      path: '/v2/models/swapped/infer',
      connections: 32,
      seconds: SECONDS,
      rate: RATE,
      ...asJson,
    });
    const end = performance.now() + 1000 * SECONDS;
    let swaps = 0;
    for (; swaps < SWAPS && performance.now() < end - 2000; swaps++) {
      const version = 1 + ((swaps + 1) % 2);
      await promote(database, { model: 'swapped', version, by });
      while ((await served()) !== String(version)) await wait(20);
    }
    const { answers, p99 } = await loading;
    yield {
      what: `changes of version under ${RATE} requests a second`,
      gradus: `${swaps} changes, answers ${JSON.stringify(answers)}, p99 ${p99.toFixed(1)} ms`,
      peer: '–',
    };
  } finally {
    await server.stop();
    await database.destroy();
  }
}
