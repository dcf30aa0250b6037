/**
 * The `gradus` command. This file is small, so that whoever imports it loads nothing that is not needed yet; `gradus --version`
 * is answered by bin/gradus.js.
 *
 * Exit codes: 0 done, 1 it failed (the message says why), 2 wrong usage, 3 what was judged fails, 130 stopped by Ctrl-C.
 */
import { isMainThread } from 'node:worker_threads';
import { VERSION } from '@gradus/base';
import type { Recipe } from '@gradus/loop';
import { ANSWER } from './answer-program.ts';

/** @returns the exit code. */
export async function main(argv: readonly string[], recipes?: readonly Recipe[]): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  // A server has started this program again in a thread.
  if (argv[0] === ANSWER && !isMainThread) {
    const { answerQuestions } = await import('@gradus/server/answers');
    await answerQuestions(recipes ?? (await import('@gradus/recipes')).RECIPES);
    return 0;
  }
  const { run } = await import('./program.ts');
  return run(argv, recipes);
}
