/**
 * The `gradus` command. This file is small, so that `gradus --version` answers at once; everything else is loaded when it is
 * needed.
 *
 * Exit codes: 0 done, 1 it failed (the message says why), 2 wrong usage, 130 stopped by Ctrl-C.
 */
import { readFileSync } from 'node:fs';
import type { Recipe } from '@gradus/loop';

/** @returns the exit code. */
export async function main(argv: readonly string[], recipes?: readonly Recipe[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
    process.stdout.write(`${(JSON.parse(manifest) as { version: string }).version}\n`);
    return 0;
  }
  const { run } = await import('./program.ts');
  return run(argv, recipes);
}
