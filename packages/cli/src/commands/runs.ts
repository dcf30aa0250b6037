import { listRuns, mainSourceOf } from '@gradus/loop';
import { plain } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus runs`: all finished runs, the latest first. */
export const runs: AddCommand = (program, terminal) => {
  program
    .command('runs')
    .description('list the finished runs')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON array on stdout')
    .action(({ out, json }: { out: string; json?: boolean }) => {
      const found = listRuns(out);
      if (json) {
        const rows = found.map(({ id, recipe, createdAt, sources, parent, summary }) => ({
          id,
          recipe,
          createdAt,
          input: mainSourceOf({ sources }).address,
          parent,
          metrics: summary.metrics,
        }));
        terminal.print(JSON.stringify(rows));
        return;
      }
      if (found.length === 0) terminal.tell(`There are no runs in ${out} yet.`);
      for (const { id, createdAt, sources, parent, summary } of found) {
        const metrics = Object.entries(summary.metrics).map(
          ([name, value]) => `${name} ${Number(value.toFixed(4))}`,
        );
        const from = parent ? `retrained from ${parent}` : mainSourceOf({ sources }).address;
        terminal.print(
          plain(`${id}  ${createdAt.slice(0, 16).replace('T', ' ')}  ${from}  ${metrics.join(', ')}`),
        );
      }
    });
};
