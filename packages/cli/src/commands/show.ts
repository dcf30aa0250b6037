import { findRun } from '@gradus/loop';
import type { AddCommand } from './command.ts';
import { DEFAULT_RUNS, printFindings } from './recipe.ts';

/** `gradus show RUN`: what a run found. */
export const show: AddCommand = (program, terminal, recipes) => {
  program
    .command('show <run>')
    .description('show what a run found; RUN is an id, the beginning of one, or "latest"')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print the whole record as JSON')
    .action((wanted: string, { out, json }: { out: string; json?: boolean }) => {
      const run = findRun(out, wanted);
      const recipe = recipes.find(({ name }) => name === run.recipe);
      if (json || !recipe) terminal.print(JSON.stringify(run, null, 2));
      else printFindings(recipe, terminal, run);
    });
};
