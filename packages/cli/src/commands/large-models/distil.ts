import { bytes, count, decimals, type Localized, percent } from '@gradus/base';
import type { Compared, Distilled, DistilOptions } from '@gradus/lm';
import type { AddCommand } from '../../add-command.ts';
import { addFlags, JSON_OUT } from './options.ts';

type Flags = Omit<DistilOptions, 'signal'> & { readonly json?: boolean };

/** `gradus distil TEACHER FILE --out DIR`: a small model that knows what a large one knows. */
export const distilCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('distil')
    .argument(
      '<teacher>',
      say({
        en: 'a folder of an encoder, or of one that tells classes (of gradus tune or transformers)',
        zh: '编码器文件夹，或其分类模型（由 gradus tune 或 transformers 生成）',
      }),
    )
    .argument(
      '<file>',
      say({
        en: 'a table with a column of texts; a column label, where there is one, judges',
        zh: '含文本列的表格；若有 label 列则用于评判',
      }),
    )
    .description(
      say({
        en: 'make a small model that knows what a large one knows, and see how much of it',
        zh: '把大模型的知识提炼到小模型，并检验保留了多少',
      }),
    )
    .requiredOption('--out <folder>', say({ en: 'where the small model goes', zh: '小模型存放位置' }))
    .option('--column <name>', say({ en: 'the column of texts (text)', zh: '文本所在的列（text）' }));
  addFlags(command, terminal, [
    { flags: '--dimensions <count>', en: 'numbers of a vector (256)', zh: '向量维数（256）' },
    {
      flags: '--epochs <count>',
      en: 'how often each text is seen, where classes are learnt (20)',
      zh: '学习分类时每条文本的训练遍数（20）',
    },
    {
      flags: '--held-out <share>',
      en: 'share of the texts that it is judged on (0.2)',
      zh: '用于评判的文本比例（0.2）',
    },
    { flags: '--seed <number>', en: 'another seed, another split (0)', zh: '随机种子（0）' },
    { flags: '--threads <count>', en: 'threads (one a core)', zh: '线程数（默认每核一个）' },
  ])
    .option('--json', say(JSON_OUT))
    .action(async (path: string, file: string, { json, ...options }: Flags) => {
      const { distil } = await import('@gradus/lm');
      const found = await distil(path, file, { ...options, signal });
      if (json) terminal.print(JSON.stringify(found));
      else for (const line of lines(found)) terminal.print(say(line));
    });
};

const MODELS: Readonly<Record<Compared['model'], Localized>> = {
  teacher: { en: 'teacher', zh: '大模型' },
  student: { en: 'small model', zh: '小模型' },
  words: { en: 'TF-IDF + logistic regression', zh: 'TF-IDF + 逻辑回归' },
};

function lines({ kind, out, texts, heldOut, labelled, agreement, table }: Distilled): Localized[] {
  const [en, zh] = labelled ? ['the labels', '标签'] : ['the teacher', '大模型'];
  const [same, zhSame] = kind === 'classes' ? ['class', '类别'] : ['nearest other text', '最近的其他文本'];
  return [
    {
      en: `learnt from ${count(texts - heldOut)} texts, judged on ${count(heldOut)} others beside ${en}; the same ${same} as the teacher in ${percent(agreement)}`,
      zh: `学习 ${count(texts - heldOut)} 条文本，在另外 ${count(heldOut)} 条上对照${zh}评判；与大模型${zhSame}相同的占 ${percent(agreement)}`,
    },
    ...table.map((line) => {
      const right =
        line.accuracy === undefined
          ? '–'
          : `${percent(line.accuracy)} (${line.interval!.map((bound) => percent(bound)).join(' – ')})`;
      const [time, size] = [decimals(line.milliseconds, 3), bytes(line.bytes)];
      const memory = line.memory === undefined ? '–' : bytes(line.memory);
      const { en, zh } = MODELS[line.model];
      return {
        en: `  ${en}: right ${right}, ${size}, ${time} ms a text, memory ${memory}`,
        zh: `  ${zh}：准确率 ${right}，${size}，每条 ${time} 毫秒，内存 ${memory}`,
      };
    }),
    { en: `written to ${out}`, zh: `已写入 ${out}` },
  ];
}
