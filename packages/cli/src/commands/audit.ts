import { plain } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus audit`: who changed what in the registry. */
export const audit: AddCommand = (program, terminal) => {
  program
    .command('audit [model]')
    .description('list the latest changes of the registry: when, who, what, before and after')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON array on stdout')
    .action((model: string | undefined, { out, json }: { out: string; json?: boolean }) =>
      withDatabase(out, async (database, { auditOf }) => {
        const entries = await auditOf(database, model === undefined ? {} : { model });
        if (json) terminal.print(JSON.stringify(entries));
        else {
          for (const { at, who, what, model: name, before, after } of entries) {
            const change = `${JSON.stringify(before)} → ${JSON.stringify(after)}`;
            terminal.print(
              plain(`${at.slice(0, 19).replace('T', ' ')}  ${who}  ${what}  ${name}  ${change}`),
            );
          }
        }
      }),
    );
};
