import { terminalProgress } from '@gradus/loop';
import { plain } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { withDatabase } from './database.ts';
import { named } from './named.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus predict MODEL FILE --out FILE`: the answer to each row of a file. */
export const predict: AddCommand = (program, terminal, recipes) => {
  program
    .command('predict <model> <file>')
    .description(
      'predict each row of a file, with the champion of a run or the version that a URI names; stopped, the same command goes on',
    )
    .requiredOption('--out <file>', 'where the predictions go: .csv or .jsonl')
    .option(
      '--column <field=column>',
      'which column holds a field of the requests; may be given several times',
      named,
      {},
    )
    .option('--runs <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .option('--json', 'print one JSON object on stdout')
    .action(
      async (
        wanted: string,
        file: string,
        {
          out,
          column,
          runs,
          json,
        }: { out: string; column: Record<string, string>; runs: string; json?: boolean },
      ) => {
        const run = await withDatabase(runs, (database, { resolvePredictor, thisUser }) =>
          resolvePredictor(database, { runs, wanted, by: thisUser() }),
        );
        const { predictFile, recipeOf } = await import('@gradus/lifecycle');
        const progress = terminalProgress(process.stderr, terminal.language);
        const declared = recipeOf(recipes, run).service;
        const service = await declared.open(run.directory);
        try {
          const done = await predictFile({
            run,
            declared,
            service,
            input: file,
            output: out,
            columns: column,
            signal: terminal.signal,
            onProgress: (now) => progress.update(now),
          }).finally(() => progress.end());
          if (json) terminal.print(JSON.stringify(done));
          else {
            for (const { line, reason } of done.reasons.slice(0, 10))
              terminal.tell(plain(`line ${line} set aside: ${reason}`));
            if (done.leftOut.length > 0) {
              const names = done.leftOut.join(', ');
              terminal.tell(
                plain(
                  terminal.say({
                    en: `Columns that came after the header was written are left out: ${names}`,
                    zh: `写出表头之后才出现的列未输出：${names}`,
                  }),
                ),
              );
            }
            terminal.print(
              terminal.say({
                en: `${done.predicted} of ${done.rows} rows predicted by ${done.run}: ${done.output}; ${done.setAside} set aside: ${done.asideFile}`,
                zh: `${done.run} 预测了 ${done.rows} 行中的 ${done.predicted} 行：${done.output}；搁置 ${done.setAside} 行：${done.asideFile}`,
              }),
            );
          }
        } finally {
          await service.close();
        }
      },
    );
};
