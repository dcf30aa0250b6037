import { decimals } from '@gradus/base';
import type { TuneOptions } from '@gradus/lm';
import type { AddCommand } from '../../add-command.ts';
import { addFlags, addThreads, JSON_OUT, withAnyModel } from './options.ts';
import { planLines, resultLines } from './tune-words.ts';

type Flags = Omit<TuneOptions, 'signal' | 'onPlan' | 'onStep'> & {
  readonly json?: boolean;
};

/** `gradus tune MODEL DATA`: a model adapted to data. */
export const tuneCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('tune')
    .argument(
      '<model>',
      say({
        en: 'a folder of Hugging Face (a language model or an encoder), an adapter, or a .gguf file',
        zh: 'Hugging Face 文件夹（语言模型或编码器）、适配器或 .gguf 文件',
      }),
    )
    .argument(
      '<data>',
      say({
        en: 'a table whose columns say what is learnt: messages; prompt, completion; prompt, chosen, rejected; text; text, label; anchor, positive',
        zh: '表格，由列名决定学习内容：messages；prompt、completion；prompt、chosen、rejected；text；text、label；anchor、positive',
      }),
    )
    .description(
      say({
        en: 'adapt a model to data of yours, and see on rows held out whether it became better',
        zh: '用您的数据适配模型，并在留出数据上检验是否变好',
      }),
    )
    .requiredOption('--out <folder>', say({ en: 'where the result goes', zh: '结果存放位置' }));
  addFlags(command, terminal, [
    { flags: '--lora <count>', en: 'width of the adapters (16)', zh: '适配器的秩（16）' },
    { flags: '--alpha <number>', en: 'their factor (twice the width)', zh: '其缩放系数（秩的两倍）' },
    { flags: '--epochs <number>', en: 'how often each row is seen (3)', zh: '每行数据训练的遍数（3）' },
    {
      flags: '--dropout <share>',
      en: 'share of what adapters see that is left out while they learn (0)',
      zh: '训练时适配器输入的丢弃比例（0）',
    },
    {
      flags: '--learning-rate <number>',
      en: 'step size (2e-4 for adapters, 2e-5 for --full; 5e-4 where classes are learnt, a tenth of preferences)',
      zh: '学习率（适配器 2e-4，--full 为 2e-5；分类 5e-4；偏好为十分之一）',
    },
    {
      flags: '--length <tokens>',
      en: 'tokens of a row (the longest example, 512 at most)',
      zh: '每行的词元数（最长样例，最多 512）',
    },
    {
      flags: '--batch <count>',
      en: 'rows of a step (8, fewer where there are few)',
      zh: '每步的行数（8，数据少时更少）',
    },
    {
      flags: '--held-out <share>',
      en: 'share of examples that it is judged on (0.1)',
      zh: '用于评判的样例比例（0.1）',
    },
    {
      flags: '--beta <number>',
      en: 'of preferences: how strongly the model before is kept to (0.1)',
      zh: '偏好训练：保持接近原模型的强度（0.1）',
    },
    {
      flags: '--canaries <count>',
      en: 'made-up secrets to put among the rows, to see what is memorised (0)',
      zh: '混入数据的虚构秘密数量，用于检验模型记住了什么（0）',
    },
    {
      flags: '--checkpoint-every <number>',
      en: 'seconds between checkpoints, from which a killed training goes on (60)',
      zh: '检查点间隔秒数，被终止的训练可由此继续（60）',
    },
    { flags: '--seed <number>', en: 'another seed, another split and order (0)', zh: '随机种子（0）' },
  ]);
  addThreads(command, terminal)
    .option(
      '--targets <names...>',
      say({
        en: 'matrices to adapt, such as q_proj v_proj (all)',
        zh: '要适配的矩阵，如 q_proj v_proj（全部）',
      }),
    )
    .option('--full', say({ en: 'train all weights', zh: '训练全部权重' }))
    .option('--merged', say({ en: 'write a whole model, not adapters', zh: '写出完整模型，而不是适配器' }))
    .option(
      '--recompute',
      say({
        en: 'compute layers twice and keep less: less memory, more time',
        zh: '反向时重新计算各层：省内存，更耗时',
      }),
    )
    .option('--dry-run', say({ en: 'show what would be learnt from, and stop', zh: '仅显示将学习的内容' }))
    .option('--json', say(JSON_OUT))
    .action((path: string, data: string, { json, ...options }: Flags) =>
      withAnyModel(path, async (model) => {
        const { tune } = await import('@gradus/lm');
        const result = await tune(model, data, {
          ...options,
          signal,
          onPlan: (plan) => {
            for (const line of planLines(plan)) terminal.tell(say(line));
          },
          onStep: ({ step, steps, loss }) => {
            const line = `${step}/${steps} ${decimals(loss, 4)}`;
            if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}${step === steps ? '\n' : ''}`);
            else if (step === steps || step % Math.ceil(steps / 20) === 0) terminal.tell(line);
          },
        });
        if (json) terminal.print(JSON.stringify(result));
        else if ('held' in result) for (const line of resultLines(result)) terminal.print(say(line));
      }),
    );
};
