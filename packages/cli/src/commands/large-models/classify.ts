import { writeFileSync } from 'node:fs';
import { count, decimals } from '@gradus/base';
import type { AddCommand } from '../../add-command.ts';
import { addThreads, JSON_OUT } from './options.ts';
import { textsOf } from './texts.ts';

interface Flags {
  readonly out: string;
  readonly column?: string;
  readonly threads?: number;
  readonly bits?: 4 | 8 | 32;
  readonly json?: boolean;
}

/** `gradus classify MODEL FILE --out classes.csv`: the class of each text. */
export const classifyCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('classify')
    .argument(
      '<model>',
      say({
        en: 'a folder of a model that tells classes: of gradus tune, of gradus distil, or of transformers',
        zh: '分类模型文件夹：由 gradus tune、gradus distil 或 transformers 生成',
      }),
    )
    .argument(
      '<file>',
      say({
        en: 'a table with a column of texts, or .txt with a text a line',
        zh: '含文本列的表格，或每行一条文本的 .txt',
      }),
    )
    .description(say({ en: 'tell the class of each text', zh: '给出每条文本的类别' }))
    .requiredOption(
      '--out <file>',
      say({ en: 'a CSV: text, class, its probability', zh: 'CSV：文本、类别、概率' }),
    )
    .option('--column <name>', say({ en: 'the column of texts (text)', zh: '文本所在的列（text）' }));
  addThreads(command, terminal)
    .option('--json', say(JSON_OUT))
    .action(async (path: string, file: string, { out, column = 'text', threads, bits, json }: Flags) => {
      const { openClassifier } = await import('@gradus/lm');
      const { csvLine } = await import('@gradus/data');
      const texts = await textsOf(file, column, signal);
      const classifier = await openClassifier(path, { threads, bits });
      try {
        const { classes } = classifier;
        const lines = (await classifier.probabilities(texts, { signal })).map((shares, i) => {
          const best = Array.from(shares).reduce((best, share, k) => (share > shares[best]! ? k : best), 0);
          return csvLine([texts[i]!, classes[best]!, decimals(shares[best]!, 4)]);
        });
        writeFileSync(out, [csvLine(['text', 'class', 'probability']), ...lines].join(''));
        if (json) terminal.print(JSON.stringify({ out, texts: texts.length, classes }));
        else
          terminal.print(
            say({
              en: `the classes of ${count(texts.length)} texts written to ${out}`,
              zh: `${count(texts.length)} 条文本的类别已写入 ${out}`,
            }),
          );
      } finally {
        await classifier.close();
      }
    });
};
