import { terminalProgress } from '@gradus/loop';
import type { AddCommand } from '../main.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus iterate MODEL`: retrains with the corrections, and promotes the new model only if it is better. */
export const iterate: AddCommand = (program, terminal, recipes) => {
  program
    .command('iterate <model>')
    .description('retrain with the corrections; the new model takes over only if it is better')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON object on stdout')
    .action(async (wanted: string, { out, json }: { out: string; json?: boolean }) => {
      const server = await import('@gradus/server');
      const progress = terminalProgress(process.stderr, terminal.language);
      const { model, champion, challenger, corrections, verdict } = await server
        .iterate({
          model: wanted,
          runs: out,
          recipes,
          signal: terminal.signal,
          onProgress: (step) => progress.update(step),
        })
        .finally(() => progress.end());
      if (json) {
        terminal.print(
          JSON.stringify({ model, champion, challenger: challenger.id, corrections, ...verdict }),
        );
        return;
      }
      terminal.print(terminal.say(verdict.reason));
      for (const [name, { champion: before, challenger: after }] of Object.entries(verdict.metrics)) {
        terminal.print(`  ${name}: ${before.toFixed(4)} → ${after.toFixed(4)}`);
      }
    });
};
