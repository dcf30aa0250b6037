import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus promote NAME VERSION`: gives a version the alias `champion`, or another. */
export const promote: AddCommand = (program, terminal) => {
  program
    .command('promote <name> <version>')
    .description('make a version the champion; a running server changes over within a second')
    .option('--alias <name>', 'another alias than champion', 'champion')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action((model: string, wanted: string, { alias, out }: { alias: string; out: string }) =>
      withDatabase(out, async (database, server) => {
        const version = server.versionNumber(wanted);
        await server.promote(database, { model, version, alias, by: server.thisUser() });
        terminal.print(
          terminal.say({
            en: `models:/${model}@${alias} is version ${version} now.`,
            zh: `models:/${model}@${alias} 现在是第 ${version} 版。`,
          }),
        );
      }),
    );
};
