import { plain } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus outcomes FILE`: what came of predictions. */
export const outcomes: AddCommand = (program, terminal) => {
  program
    .command('outcomes <file>')
    .description(
      'record what came of predictions, from a CSV (columns prediction, outcome) or JSON-lines file; the header x-gradus-prediction of an answer, and its field "prediction", say the id',
    )
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action(async (file: string, { out }: { out: string }) => {
      const { recordOutcomesOfFile, thisUser } = await import('@gradus/lifecycle');
      const { recorded, repeated, replaced, setAside } = await recordOutcomesOfFile({
        runs: out,
        file,
        by: thisUser(),
        signal: terminal.signal,
      });
      for (const { line, reason } of setAside.slice(0, 10))
        terminal.tell(plain(`line ${line} set aside: ${reason}`));
      if (setAside.length > 10) terminal.tell(`… and ${setAside.length - 10} more`);
      terminal.print(
        terminal.say({
          en: `${recorded} outcomes recorded, ${replaced} replaced, ${repeated} known already, ${setAside.length} set aside.`,
          zh: `已记录 ${recorded} 条结果，替换 ${replaced} 条，重复 ${repeated} 条，搁置 ${setAside.length} 条。`,
        }),
      );
    });
};
