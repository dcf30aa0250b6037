/** The demand model served, on one core: how long one text takes, and what HTTP adds to the model by itself. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Random } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import { compile } from '@gradus/engine/node';
import { runLoop } from '@gradus/loop';
import { RECIPES } from '@gradus/recipes';
import type { Measurement } from '../measurement.ts';
import { load } from './load.ts';
import { startServer, TOKEN } from './server.ts';

const REVIEWS = new URL('../../examples/reviews/reviews.csv', import.meta.url).pathname;
const REAL = new URL('../../../shared/data/waimai_10k/waimai_10k.csv', import.meta.url).pathname;
const TEXT = '送餐很快，味道也不错，就是量有点少，包装可以再好一点。';
const A_SECOND = 100;
const SECONDS = 15;
const authorization = `Bearer ${TOKEN}`;

export async function* demandServed(runs: string): AsyncGenerator<Measurement> {
  const input = existsSync(REAL) ? REAL : REVIEWS;
  const run = await runLoop(RECIPES[0] as never, {
    sources: { data: input },
    options: {} as never,
    seed: 0,
    runs,
  });
  yield* latencies(runs, run.id);
  yield* overhead(runs, run.id, join(run.directory, 'model.onnx'));
}

async function* latencies(runs: string, run: string): AsyncGenerator<Measurement> {
  const server = await startServer([run, '--runs', runs], { core: 0 });
  const headers = { authorization, 'content-type': 'application/json' };
  const ask = async (texts: readonly string[]): Promise<number> => {
    const started = performance.now();
    const body = JSON.stringify({ texts });
    const response = await fetch(`${server.url}/v1/demand`, { method: 'POST', headers, body });
    await response.json();
    if (!response.ok) throw new Error(`the server answered ${response.status}`);
    return performance.now() - started;
  };
  try {
    for (let i = 0; i < 50; i++) await ask([TEXT]);
    const bodies = Array.from({ length: A_SECOND * SECONDS }, (_, i) =>
      Buffer.from(JSON.stringify({ texts: [`${TEXT}${i}`] })),
    );
    const { p50, p99, answers } = await load({
      url: server.url,
      path: '/v1/demand',
      headers,
      bodies,
      connections: 16,
      seconds: SECONDS,
      rate: A_SECOND,
    });
    yield {
      what: `one text, ${A_SECOND} requests a second, one core`,
      gradus: `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, answers ${JSON.stringify(answers)}`,
      peer: '–',
    };
    const thousand = Array.from({ length: 1000 }, (_, i) => `${TEXT}${i}`);
    const batches = [await ask(thousand), await ask(thousand), await ask(thousand)].sort((a, b) => a - b);
    yield { what: '1,000 texts in one request, one core', gradus: `${batches[1]!.toFixed(0)} ms`, peer: '–' };
  } finally {
    await server.stop();
  }
}

/** Tokens and terms of a review of usual length. */
const TOKENS = 24;
const TERMS = 64;
const TURN = 5;

/** The same batches given to the session by itself in this process, and to the server as raw bytes. */
async function* overhead(runs: string, run: string, file: string): AsyncGenerator<Measurement> {
  const random = new Random(0);
  const session = await compile(readFileSync(file), { threads: 1 });
  const server = await startServer([run, '--runs', runs]);
  try {
    const { model } = (await (await fetch(`${server.url}/healthz`)).json()) as { model: string };
    for (const rows of [1, 8, 64]) {
      const all: Record<string, HostTensor> = {
        tokens: whole([rows, TOKENS], () => 2 + random.below(500)),
        terms: whole([rows, TERMS], () => random.below(5000)),
        weights: {
          dtype: 'float32',
          dims: [rows, TERMS],
          data: Float32Array.from({ length: rows * TERMS }, () => random.uniform()),
        },
      };
      const feeds = Object.fromEntries(session.inputs.map((name) => [name, all[name]!]));
      const alone = async () => {
        const end = performance.now() + 1000 * TURN;
        let calls = 0;
        for (; performance.now() < end; calls++) await session.run(feeds);
        return calls / TURN;
      };
      const { headers, body } = asRequest(feeds);
      const served = async () => {
        const { perSecond } = await load({
          url: server.url,
          path: `/v2/models/${model}/infer`,
          headers,
          bodies: [body],
          connections: 32,
          seconds: TURN,
        });
        return perSecond;
      };
      await served();
      const [a, b, c, d] = [await alone(), await served(), await alone(), await served()];
      const [direct, http] = [Math.max(a, c), Math.max(b, d)];
      yield {
        what: `demand model, batches of ${rows}: over HTTP; the session by itself in one process`,
        gradus: `${http.toFixed(0)} requests/s`,
        peer: `${direct.toFixed(0)} calls/s`,
        ratio: http / direct,
      };
    }
  } finally {
    await session.close();
    await server.stop();
  }
}

const whole = (dims: readonly [number, number], value: () => number): HostTensor => ({
  dtype: 'int64',
  dims,
  data: BigInt64Array.from({ length: dims[0] * dims[1] }, () => BigInt(value())),
});

function asRequest(feeds: Readonly<Record<string, HostTensor>>) {
  const parts = Object.values(feeds).map(({ data }) => {
    const { buffer, byteOffset, byteLength } = data as Float32Array;
    return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength);
  });
  const inputs = Object.entries(feeds).map(([name, { dtype, dims }], i) => ({
    name,
    shape: dims,
    datatype: dtype === 'int64' ? 'INT64' : 'FP32',
    parameters: { binary_data_size: parts[i]!.length },
  }));
  const head = Buffer.from(JSON.stringify({ inputs }));
  return {
    headers: {
      authorization,
      'content-type': 'application/octet-stream',
      'inference-header-content-length': String(head.length),
    },
    body: Buffer.concat([head, ...parts]),
  };
}
