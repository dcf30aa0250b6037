import { UserError } from '@gradus/base';
import { plain } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus export MODEL --to TARGET`: files that another engine serves as they are. */
export const exportCommand: AddCommand = (program, terminal, recipes) => {
  program
    .command('export <model>')
    .description(
      'hand a model over to another engine as files it serves as they are: a run, a registered model’s name (its champion, with the versions before it), or a URI',
    )
    .requiredOption('--to <target>', 'onnx, kserve, triton or docker')
    .option('--out <folder>', 'the folder to be made; the default is named after model and target')
    .option('--storage-uri <uri>', 'for kserve: where the model repository will be, say s3://BUCKET/PATH')
    .option('--runs <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON object on stdout')
    .action(
      (
        model: string,
        {
          to,
          out,
          storageUri,
          runs,
          json,
        }: { to: string; runs: string; out?: string; storageUri?: string; json?: boolean },
      ) =>
        withDatabase(runs, async (database, { exportModel, TARGETS, TARGET_TITLES }) => {
          if (!Object.hasOwn(TARGETS, to)) {
            throw new UserError(
              `"${to}" is no target. There are: ${Object.entries(TARGET_TITLES)
                .map(([name, title]) => `${name} (${terminal.say(title)})`)
                .join(', ')}.`,
            );
          }
          const target = to as keyof typeof TARGETS;
          const made = await exportModel(database, { model, runs, recipes, to: target, out, storageUri });
          if (json) terminal.print(JSON.stringify(made));
          else {
            const { directory, files } = made;
            terminal.print(
              terminal.say({
                en: plain(
                  `${directory}: ${files.length} files, for ${TARGET_TITLES[target].en}. README.md says how to use them.`,
                ),
                zh: plain(
                  `${directory}：${files.length} 个文件，用于${TARGET_TITLES[target].zh}。用法见 README.md。`,
                ),
              }),
            );
          }
        }),
    );
};
