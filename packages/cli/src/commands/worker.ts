import type { AddCommand } from '../main.ts';
import { plain } from '../terminal.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus worker`: does jobs until stopped. */
export const worker: AddCommand = (program, terminal, recipes) => {
  program
    .command('worker')
    .description(
      'do jobs until stopped. Any number of workers share a database: many machines need DATABASE_URL, and the same directory of runs',
    )
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action(async ({ out }: { out: string }) => {
      const { runWorker } = await import('@gradus/server');
      await runWorker({
        runs: out,
        recipes,
        signal: terminal.signal,
        onJob: ({ id, kind }, state) => terminal.tell(plain(`job ${id} (${kind}) ${state}`)),
      });
    });
};

/** This program as a worker for a directory of runs. */
export const workerCommand = (out: string): [program: string, ...args: string[]] => [
  process.execPath,
  process.argv[1]!,
  'worker',
  '--out',
  out,
];
