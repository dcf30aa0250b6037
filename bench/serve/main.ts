/**
 * `npm run bench -- serve`: real servers in processes of their own, asked over real sockets. `--only NAME,NAME` does some
 * parts.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosen, type Measurement } from '../measurement.ts';
import { demandServed } from './demand.ts';
import { digitsServed } from './digits.ts';
import { kills } from './kills.ts';
import { hotSwaps } from './swap.ts';

/** By name; each is given an empty directory for its runs. */
const PARTS: Readonly<Record<string, (runs: string) => AsyncGenerator<Measurement>>> = {
  demand: demandServed,
  digits: digitsServed,
  swap: hotSwaps,
  kills,
};

export async function* serving(): AsyncGenerator<Measurement> {
  for (const [, part] of chosen(PARTS)) {
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
