/**
 * `npm run bench -- serve`: real servers in processes of their own, asked over real sockets. `--only NAME,NAME` does some
 * parts.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Measurement } from '../main.ts';
import { demandServed } from './demand.ts';
import { digitsServed } from './digits.ts';
import { hotSwaps } from './swap.ts';

/** By name; each is given an empty directory for its runs. */
const PARTS: Readonly<Record<string, (runs: string) => AsyncGenerator<Measurement>>> = {
  demand: demandServed,
  digits: digitsServed,
  swap: hotSwaps,
};

export async function* serving(): AsyncGenerator<Measurement> {
  const at = process.argv.indexOf('--only');
  const only = at < 0 ? Object.keys(PARTS) : process.argv[at + 1]!.split(',');
  for (const [name, part] of Object.entries(PARTS)) {
    if (!only.includes(name)) continue;
    const directory = mkdtempSync(join(tmpdir(), 'gradus-bench-'));
    const runs = join(directory, 'runs');
    mkdirSync(runs);
    try {
      yield* part(runs);
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  }
}
