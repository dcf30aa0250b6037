import { UserError } from '@gradus/base';
import type { AddCommand } from './command.ts';
import { DEFAULT_RUNS, printFindings, runRecipe } from './recipe.ts';
import { sampleFile } from './sample.ts';
import { DEFAULT_PORT, untilStopped } from './serve.ts';
import { workerCommand } from './worker.ts';

/** `gradus demo`, which `npm start` calls: the whole loop on the bundled reviews, then serves what it made. */
export const demo: AddCommand = (program, terminal, recipes) => {
  program
    .command('demo')
    .description('run demand analysis on the bundled sample, and serve the result')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action(async ({ out }: { out: string }) => {
      const recipe = recipes.find(({ name }) => name === 'demand');
      if (!recipe) throw new UserError('The demo needs the recipe "demand".');
      const run = await runRecipe(recipe, terminal, {
        file: sampleFile('reviews/reviews.csv'),
        options: {},
        seed: 0,
        runs: out,
      });
      printFindings(recipe, terminal, run);
      const server = await import('@gradus/server');
      const workers = { command: workerCommand(out), count: 1 };
      const start = (port: number) => server.serve({ model: run.id, runs: out, recipes, port, workers });
      // The demo is for looking: where its port is taken, any other will do.
      const running = await start(DEFAULT_PORT).catch((error: unknown) => {
        if (error instanceof UserError) return start(0);
        throw error;
      });
      await untilStopped(terminal, running, out);
    });
};
