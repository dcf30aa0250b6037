/** How fast the server answers: a real server on one core, asked over real sockets by another process. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { listRuns, runLoop } from '@gradus/loop';
import { RECIPES } from '@gradus/recipes';
import type { Measurement } from './main.ts';

const REVIEWS = new URL('../examples/reviews/reviews.csv', import.meta.url).pathname;
const REAL = new URL('../../shared/data/waimai_10k/waimai_10k.csv', import.meta.url).pathname;
const TEXT = '送餐很快，味道也不错，就是量有点少，包装可以再好一点。';
const TOKEN = 'only-for-the-benchmark';
const A_SECOND = 100;
const SECONDS = 15;

export async function* serving(): AsyncGenerator<Measurement> {
  const runs = mkdtempSync(join(tmpdir(), 'gradus-bench-'));
  const input = existsSync(REAL) ? REAL : REVIEWS;
  try {
    await runLoop(RECIPES[0] as never, { input, options: {} as never, seed: 0, runs });
    const [run] = listRuns(runs);
    const bin = new URL('../packages/cli/bin/gradus.js', import.meta.url).pathname;
    const args = [bin, 'serve', run!.id, '--out', runs, '--port', '0'];
    // Bound to one core where the system can do that.
    const pinned = existsSync('/usr/bin/taskset');
    const env = { ...process.env, GRADUS_TOKEN: TOKEN };
    const server = pinned
      ? spawn('taskset', ['-c', '0', process.execPath, ...args], { env })
      : spawn(process.execPath, args, { env });
    const url = await new Promise<string>((resolve) => {
      let text = '';
      server.stdout.on('data', (chunk) => {
        text += chunk;
        const found = /http:\/\/[\d.]+:\d+/.exec(text)?.[0];
        if (found) resolve(`${found}/v1/demand`);
      });
    });
    const ask = async (texts: readonly string[]): Promise<number> => {
      const started = performance.now();
      const response = await fetch(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ texts }),
      });
      await response.json();
      if (!response.ok) throw new Error(`the server answered ${response.status}`);
      return performance.now() - started;
    };
    for (let i = 0; i < 50; i++) await ask([TEXT]);
    const pending: Promise<number>[] = [];
    const started = performance.now();
    for (let i = 0; i < A_SECOND * SECONDS; i++) {
      const wait = started + (i * 1000) / A_SECOND - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      pending.push(ask([`${TEXT}${i}`]));
    }
    const times = (await Promise.all(pending)).sort((a, b) => a - b);
    const at = (share: number) => times[Math.floor(share * (times.length - 1))]!.toFixed(1);
    yield {
      what: `one text, ${A_SECOND} requests a second, one core`,
      gradus: `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`,
      peer: '–',
    };
    const thousand = Array.from({ length: 1000 }, (_, i) => `${TEXT}${i}`);
    const batches = [await ask(thousand), await ask(thousand), await ask(thousand)].sort((a, b) => a - b);
    yield { what: '1,000 texts in one request, one core', gradus: `${batches[1]!.toFixed(0)} ms`, peer: '–' };
    server.kill('SIGINT');
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
}
