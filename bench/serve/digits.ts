/**
 * The network of the MNIST example served: requests a second beside FastAPI with PyTorch, in turns; the times at half of that
 * load; and what happens at ten times as much.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { FoundRun } from '@gradus/loop';
import { digitsRun } from '../../packages/lifecycle/src/testing/digits.ts';
import type { Measurement } from '../measurement.ts';
import { type Load, type LoadResult, load } from './load.ts';
import { type Asked, asBytes, asJson, forPeer } from './requests.ts';
import { startServer } from './server.ts';

/** Seconds of one turn, and how many turns each side has. */
const TURN = 5;
const TURNS = 3;
const CONNECTIONS = 64;
const OVERLOAD_SECONDS = 60;

export async function* digitsServed(runs: string): AsyncGenerator<Measurement> {
  const run: FoundRun = await digitsRun(runs);
  const server = await startServer([run.id, '--runs', runs]);
  const peer = await startPeer();
  const bare = await startBare();
  try {
    const { model } = (await (await fetch(`${server.url}/healthz`)).json()) as { model: string };
    const ours = (asked: Asked, more: Partial<Load> = {}) =>
      load({
        url: server.url,
        path: `/v2/models/${model}/infer`,
        connections: CONNECTIONS,
        seconds: TURN,
        ...asked,
        ...more,
      });
    const theirs = () =>
      load({ url: peer!.url, path: '/digits', connections: CONNECTIONS, seconds: TURN, ...forPeer });
    await ours(asJson);
    if (peer) await theirs();
    const [json, bytes, other]: LoadResult[][] = [[], [], []];
    for (let i = 0; i < TURNS; i++) {
      json!.push(await ours(asJson));
      bytes!.push(await ours(asBytes));
      if (peer) other!.push(await theirs());
    }
    const best = (results: readonly LoadResult[]) =>
      results.reduce((a, b) => (b.perSecond > a.perSecond ? b : a));
    const told = ({ perSecond, p50, p99 }: LoadResult) =>
      `${perSecond.toFixed(0)} requests/s, p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`;
    const [most, mostBytes] = [best(json!), best(bytes!)];
    yield {
      what: `MNIST MLP, one picture a request as JSON, ${CONNECTIONS} connections`,
      gradus: told(most),
      ...(peer && {
        peer: `${told(best(other!))} (${peer.version})`,
        ratio: most.perSecond / best(other!).perSecond,
      }),
    };
    yield { what: 'the same as raw bytes', gradus: told(mostBytes), peer: '–' };
    const rate = most.perSecond / 2;
    const half = await ours(asJson, { rate, seconds: 3 * TURN });
    const floor = await load({
      url: bare.url,
      path: '/',
      connections: CONNECTIONS,
      seconds: 3 * TURN,
      rate,
      ...asJson,
    });
    yield {
      what: 'the same as JSON, at half of that load',
      gradus: `${told(half)}: p99 is ${(half.p99 / half.p50).toFixed(1)} × p50`,
      peer: `${told(floor)} (a server of Node that answers with nothing)`,
    };
    const memory: number[] = [];
    const watch = setInterval(async () => {
      const metrics = await (await fetch(`${server.url}/metrics`, { headers: asJson.headers })).text();
      memory.push(Number(/^gradus_memory_bytes (\S+)/m.exec(metrics)?.[1]) / 2 ** 20);
    }, 1000);
    const over = await ours(asJson, {
      rate: 10 * most.perSecond,
      drop: true,
      connections: 1000,
      seconds: OVERLOAD_SECONDS,
    });
    clearInterval(watch);
    const alive = (await fetch(`${server.url}/healthz`)).ok;
    yield {
      what: `ten times as many for ${OVERLOAD_SECONDS} s, 1,000 connections`,
      gradus: `${told(over)} of those let in; answers ${JSON.stringify(over.answers)}, ${over.withoutRetryAfter} turned away without Retry-After; ${Math.min(...memory).toFixed(0)} – ${Math.max(...memory).toFixed(0)} MB; ${alive ? 'alive' : 'dead'} after`,
      peer: '–',
    };
  } finally {
    peer?.stop();
    bare.stop();
    await server.stop();
  }
}

/** What the load, sockets and two cores take by themselves. */
async function startBare() {
  const program = new URL('bare.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: String(url).trim(), stop: () => child.kill('SIGKILL') };
}

async function startPeer() {
  const script = new URL('../peers/serve_torch.py', import.meta.url).pathname;
  const child = spawn(process.env.GRADUS_PYTHON ?? 'python3', [script], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  child.on('error', () => undefined);
  const line = (await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next()).value as
    | string
    | undefined;
  if (!line) return undefined;
  const { version, port } = JSON.parse(line) as { version: string; port: number };
  // It says its port before it listens.
  for (let tries = 0; tries < 100; tries++) {
    try {
      await fetch(`http://127.0.0.1:${port}/docs`);
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return { version, url: `http://127.0.0.1:${port}`, stop: () => child.kill('SIGKILL') };
}
