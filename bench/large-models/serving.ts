/**
 * Large models with many who ask: tokens a second of eight texts at once against one; and over HTTP, through a real server: the first
 * token of a prompt of 1,000 tokens, times under half of the load that it can take, and what overload gets.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { Random } from '@gradus/base';
import { type LanguageModel, Scheduler } from '@gradus/lm';
import { serve } from '@gradus/server';
import type { Measurement } from '../measurement.ts';

const STREAMS = 8;
const TOKENS = 32;
const PROMPT = 16;
const LONG = 1000;
const LATENCIES = 40;

/** Letters alone: most tokens of the random model are no text, and what has none is not sent until the end. */
const LETTERS = Object.fromEntries(Array.from({ length: 26 }, (_, i) => [97 + 3 + i, 100]));

const byCpu = process.argv.includes('--cpu');
const THREADS = byCpu ? 1 : availableParallelism();
const seconds = (): number => {
  if (!byCpu) return performance.now() / 1000;
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const how = byCpu ? 'one thread, processor time' : `up to ${THREADS} threads`;

export async function* serving(model: LanguageModel, folder: string): AsyncGenerator<Measurement> {
  for (const bits of [32, 8, 4] as const) yield* streams(model, bits, false);
  yield* streams(model, 4, true);
  yield* overHttp(folder);
}

const prompt = (seed: string, size: number): number[] => {
  const random = new Random(seed);
  return Array.from({ length: size }, () => 300 + random.below(40_000));
};

async function* streams(
  model: LanguageModel,
  bits: 4 | 8 | 32,
  rounds: boolean,
): AsyncGenerator<Measurement> {
  const scheduler = await Scheduler.open(model, {
    slots: STREAMS,
    places: 512,
    bits,
    rounds,
    threads: THREADS,
  });
  /** Tokens a second of so many texts, from the first step of all of them to the last. */
  const speed = async (count: number): Promise<number> => {
    let first = 0;
    let written = 0;
    let begun = 0;
    await Promise.all(
      Array.from({ length: count }, async (_, i) => {
        let isFirst = true;
        const options = { temperature: 0, max: TOKENS, logitBias: { 2: -100 } };
        for await (const _ of scheduler.generate(prompt(`${count} ${i}`, PROMPT), options)) {
          if (isFirst && ++first === count) begun = seconds();
          isFirst = false;
          if (begun > 0) written += 1;
        }
      }),
    );
    return (written - 1) / (seconds() - begun);
  };
  await speed(STREAMS);
  const one = await speed(1);
  const all = await speed(STREAMS);
  await scheduler.close();
  yield {
    what: `tokens a second of ${STREAMS} texts at once, and of one, weights in ${bits} bits${rounds ? ', rounding' : ''}, ${how}`,
    gradus: `${all.toFixed(1)} and ${one.toFixed(1)}: ${(all / one).toFixed(1)} times`,
  };
}

async function* overHttp(folder: string): AsyncGenerator<Measurement> {
  const directory = mkdtempSync(join(tmpdir(), 'gradus-bench-serving-'));
  const runs = join(directory, 'runs');
  mkdirSync(runs);
  const server = await serve({
    runs,
    recipes: [],
    port: 0,
    languageModels: [{ name: 'bench', path: folder }],
    language: { bits: 8, places: 2048, slots: STREAMS },
  });
  const ask = (ids: readonly number[], max: number) =>
    fetch(`${server.url}/v1/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'bench',
        prompt: ids,
        max_tokens: max,
        temperature: 0,
        stream: true,
        logit_bias: LETTERS,
      }),
    });
  /** Milliseconds to the first token and to the last; undefined where the server was too busy. */
  const timed = async (ids: readonly number[], max: number) => {
    const begun = performance.now();
    const response = await ask(ids, max);
    if (response.status !== 200) {
      await response.body?.cancel();
      return { status: response.status, retryAfter: response.headers.get('retry-after'), first: 0, last: 0 };
    }
    let first = 0;
    for await (const _ of response.body!) if (first === 0) first = performance.now() - begun;
    return { status: 200, retryAfter: null, first, last: performance.now() - begun };
  };
  try {
    await timed(prompt('warm', 64), 4);
    const { first } = await timed(prompt('long', LONG), 1);
    yield {
      what: `ms to the first token of a prompt of ${LONG} tokens over HTTP, weights in 8 bits`,
      gradus: first.toFixed(0),
    };
    const before = performance.now();
    await Promise.all(Array.from({ length: STREAMS }, (_, i) => timed(prompt(`full ${i}`, 64), TOKENS)));
    const perRequest = (performance.now() - before) / STREAMS;
    const random = new Random('arrivals');
    const half = await Promise.all(
      Array.from({ length: LATENCIES }, async (_, i) => {
        // Arrivals of a Poisson process at half of what it can take.
        await after(2 * perRequest * i + 2 * perRequest * Math.log(1 / random.uniform(1e-9, 1)));
        return timed(prompt(`half ${i}`, 64), TOKENS);
      }),
    );
    const at = (of: 'first' | 'last', q: number) => {
      const sorted = half.map((one) => one[of]).sort((a, b) => a - b);
      return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)]!.toFixed(0);
    };
    yield {
      what: `ms to the first token, and to the last of ${TOKENS}, at half load (64 tokens of prompt): median, p99`,
      gradus: `${at('first', 0.5)}, ${at('first', 0.99)}; ${at('last', 0.5)}, ${at('last', 0.99)}`,
    };
    const flood = await Promise.all(
      Array.from({ length: 200 }, (_, i) => timed(prompt(`flood ${i}`, 64), TOKENS)),
    );
    const served = flood.filter(({ status }) => status === 200);
    const shed = flood.filter(({ status }) => status === 503);
    yield {
      what: '200 requests at once: served, turned away with 503 and Retry-After, anything else',
      gradus: `${served.length}, ${shed.filter(({ retryAfter }) => retryAfter !== null).length}, ${flood.length - served.length - shed.length}`,
    };
  } finally {
    await server.close();
    rmSync(directory, { recursive: true });
  }
}
