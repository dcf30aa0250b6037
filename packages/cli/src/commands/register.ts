import { InvalidArgumentError } from 'commander';
import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus register RUN NAME`: a run becomes the next version of a model. */
export const register: AddCommand = (program, terminal) => {
  program
    .command('register <run> <name>')
    .description('register a run as the next version of a model')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--tag <name=text>', 'a note on the version; may be given several times', tag, {})
    .option('--json', 'print one JSON object on stdout')
    .action(
      (
        wanted: string,
        model: string,
        { out, tag: tags, json }: { out: string; tag: Record<string, string>; json?: boolean },
      ) =>
        withDatabase(out, async (database, server) => {
          const run = await server.resolveRun(database, out, wanted);
          const version = await server.register(database, {
            model,
            run: server.describeRun(run),
            tags,
            by: server.thisUser(),
          });
          if (json) terminal.print(JSON.stringify({ model, version, run: run.id }));
          else {
            terminal.print(
              terminal.say({
                en: `${run.id} is version ${version} of ${model}. Let it serve with: gradus promote ${model} ${version}`,
                zh: `${run.id} 是 ${model} 的第 ${version} 版。让它提供服务：gradus promote ${model} ${version}`,
              }),
            );
          }
        }),
    );
};

function tag(text: string, before: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('Expected NAME=TEXT.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
