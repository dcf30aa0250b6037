import { plain } from '../terminal.ts';
import type { AddCommand } from './command.ts';
import { DEFAULT_RUNS } from './recipe.ts';

/** `gradus feedback MODEL FILE`: records corrections. */
export const feedback: AddCommand = (program, terminal, recipes) => {
  program
    .command('feedback <model> <file>')
    .description('record corrections from a CSV (columns text, sentiment, theme) or JSON-lines file')
    .option('--out <directory>', 'directory that holds the runs', DEFAULT_RUNS)
    .action(async (model: string, file: string, { out }: { out: string }) => {
      const { recordFeedback } = await import('@gradus/lifecycle');
      const { recorded, setAside } = await recordFeedback({
        model,
        runs: out,
        file,
        recipes,
        signal: terminal.signal,
      });
      for (const { line, reason } of setAside.slice(0, 10))
        terminal.tell(plain(`line ${line} set aside: ${reason}`));
      if (setAside.length > 10) terminal.tell(`… and ${setAside.length - 10} more`);
      terminal.print(
        terminal.say({
          en: `${recorded} corrections recorded, ${setAside.length} set aside. Learn from them with: gradus iterate ${model}`,
          zh: `已记录 ${recorded} 条更正，搁置 ${setAside.length} 条。用 gradus iterate ${model} 让模型学习。`,
        }),
      );
    });
};
