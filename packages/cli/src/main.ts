/**
 * The `gradus` command. This file is small, so that whoever imports it loads nothing that is not needed yet; `gradus --version`
 * is answered by bin/gradus.js.
 *
 * Exit codes: 0 done, 1 it failed (the message says why), 2 wrong usage, 130 stopped by Ctrl-C.
 */
import { VERSION } from '@gradus/base';
import type { Recipe } from '@gradus/loop';

/** @returns the exit code. */
export async function main(argv: readonly string[], recipes?: readonly Recipe[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const { run } = await import('./program.ts');
  return run(argv, recipes);
}
