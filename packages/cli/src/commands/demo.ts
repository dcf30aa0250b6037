import { UserError } from '@gradus/base';
import { findOperation, operationsOf } from '@gradus/lifecycle';
import { mainSource } from '@gradus/loop';
import type { AddCommand } from '../add-command.ts';
import { answerProgram } from '../answer-program.ts';
import { executeHere } from '../execute/here.ts';
import { DEFAULT_RUNS, runsOption } from '../operation-command.ts';
import { sampleFile } from './sample.ts';
import { DEFAULT_PORT, untilStopped } from './serve.ts';
import { workerCommand } from './worker.ts';

/** `gradus demo`, which `npm start` calls: the whole loop on the bundled reviews, then serves what it made. */
export const demo: AddCommand = (program, terminal, recipes) => {
  program
    .command('demo')
    .description(
      terminal.say({
        en: 'run demand analysis on the bundled sample, and serve the result',
        zh: '用内置示例运行需求分析，并为结果提供服务',
      }),
    )
    .addOption(runsOption(terminal))
    .action(async ({ runs = DEFAULT_RUNS }: { runs?: string }) => {
      const recipe = recipes.find(({ name }) => name === 'demand');
      if (!recipe) {
        throw new UserError({ en: 'The demo needs the recipe "demand".', zh: '演示需要配方“demand”。' });
      }
      const operation = findOperation(operationsOf(recipes), 'recipes.demand');
      const input = operation.input.parse({ [mainSource(recipe.takes)]: sampleFile('reviews/reviews.csv') });
      const { output } = await executeHere({ operation, input, terminal, recipes, runs, out: undefined });
      for (const line of operation.cli!.render(output, input, '')) terminal.print(terminal.say(line));
      const { serve } = await import('@gradus/server');
      const { run } = output as { run: string };
      const workers = { command: workerCommand(runs), count: 1 };
      const start = (port: number) =>
        serve({ model: run, runs, recipes, port, workers, answers: answerProgram() });
      // The demo is for looking: where its port is taken, any other will do.
      const running = await start(DEFAULT_PORT).catch((error: unknown) => {
        if (error instanceof UserError) return start(0);
        throw error;
      });
      await untilStopped(terminal, running, runs);
    });
};
