import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus rollback NAME`: gives the alias back to the version that had it before. */
export const rollback: AddCommand = (program, terminal) => {
  program
    .command('rollback <name>')
    .description('give the champion’s place back to the version that had it before')
    .option('--alias <name>', 'another alias than champion', 'champion')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action((model: string, { alias, out }: { alias: string; out: string }) =>
      withDatabase(out, async (database, server) => {
        const version = await server.rollback(database, { model, alias, by: server.thisUser() });
        terminal.print(
          terminal.say({
            en: `models:/${model}@${alias} is version ${version} again.`,
            zh: `models:/${model}@${alias} 恢复为第 ${version} 版。`,
          }),
        );
      }),
    );
};
