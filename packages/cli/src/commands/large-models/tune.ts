import { count, decimals, type Localized, percent } from '@gradus/base';
import type { TuneOptions, TunePlan, TuneResult } from '@gradus/lm';
import type { AddCommand } from '../../add-command.ts';
import { plain } from '../../terminal.ts';
import { addFlags, addThreads, JSON_OUT, MODEL, withModel } from './options.ts';

type Flags = Omit<TuneOptions, 'signal' | 'onPlan' | 'onStep' | 'checkpointEvery'> & {
  readonly json?: boolean;
};

const MOST_SHOWN = 600;

/** `gradus tune MODEL DATA`: a model adapted to data. */
export const tuneCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('tune')
    .argument('<model>', say(MODEL))
    .argument(
      '<data>',
      say({
        en: 'conversations (messages), prompt and completion, or text: JSON Lines, CSV or any other table',
        zh: '对话（messages）、prompt 与 completion，或 text：JSON Lines、CSV 等表格',
      }),
    )
    .description(
      say({
        en: 'adapt a language model to data of yours, and see whether it became better than the prompt alone',
        zh: '用您的数据适配语言模型，并检验是否优于仅靠提示',
      }),
    )
    .requiredOption('--out <folder>', say({ en: 'where the result goes', zh: '结果存放位置' }));
  addFlags(command, terminal, [
    { flags: '--lora <count>', en: 'width of the adapters (16)', zh: '适配器的秩（16）' },
    { flags: '--alpha <number>', en: 'their factor (twice the width)', zh: '其缩放系数（秩的两倍）' },
    { flags: '--epochs <number>', en: 'how often each row is seen (3)', zh: '每行数据训练的遍数（3）' },
    {
      flags: '--learning-rate <number>',
      en: 'step size (2e-4 for adapters, 2e-5 for --full)',
      zh: '学习率（适配器 2e-4，--full 为 2e-5）',
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
    .option('--dry-run', say({ en: 'show what would be learnt from, and stop', zh: '仅显示将学习的内容' }))
    .option('--json', say(JSON_OUT))
    .action((path: string, data: string, { json, ...options }: Flags) =>
      withModel(path, async (model) => {
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

function planLines(plan: TunePlan): Localized[] {
  const share = percent(plan.learntTokens / plan.tokens);
  const [first] = plan.setAside;
  return [
    {
      en: `${count(plan.examples)} examples to learn from, ${count(plan.heldOut)} held out, ${count(plan.setAside.length)} set aside${first ? ` (row ${first.row}: ${first.reason.en})` : ''}`,
      zh: `学习样例 ${count(plan.examples)} 个，留出 ${count(plan.heldOut)} 个，搁置 ${count(plan.setAside.length)} 个${first ? `（第 ${first.row} 行：${first.reason.zh}）` : ''}`,
    },
    ...(plan.cut > 0
      ? [
          {
            en: `${count(plan.cut)} examples are cut to ${plan.length} tokens; --length makes rows longer`,
            zh: `${count(plan.cut)} 个样例截断为 ${plan.length} 个词元；可用 --length 加长`,
          },
        ]
      : []),
    {
      en: `learns from ${count(plan.learntTokens)} of ${count(plan.tokens)} tokens (${share}), which stand between ⟦ and ⟧:`,
      zh: `${count(plan.tokens)} 个词元中学习 ${count(plan.learntTokens)} 个（${share}），位于 ⟦ 与 ⟧ 之间：`,
    },
    ...plan.shown.map((text) => {
      const line = `  ${plain(text.slice(0, MOST_SHOWN))}${text.length > MOST_SHOWN ? ' …' : ''}`;
      return { en: line, zh: line };
    }),
    {
      en: `${count(plan.steps)} steps of ${plan.rowsPerStep} rows of ${plan.length} tokens, ${count(plan.trainedParameters)} numbers to train`,
      zh: `共 ${count(plan.steps)} 步，每步 ${plan.rowsPerStep} 行、每行 ${plan.length} 个词元，训练 ${count(plan.trainedParameters)} 个参数`,
    },
  ];
}

const VERDICTS: Readonly<Record<TuneResult['held']['verdict'], Localized>> = {
  better: { en: 'better than the prompt alone', zh: '优于仅靠提示' },
  'no better': { en: 'no better than the prompt alone', zh: '不优于仅靠提示' },
  worse: { en: 'worse than the prompt alone', zh: '劣于仅靠提示' },
};

function resultLines({ held, out }: TuneResult): Localized[] {
  const [low, high] = held.gainInterval.map((bound) => decimals(bound, 3));
  const of = ({ perplexity }: TuneResult['held']['before']) => decimals(perplexity, 2);
  const verdict = VERDICTS[held.verdict];
  return [
    {
      en: `on ${count(held.examples)} held-out examples: perplexity ${of(held.before)} before, ${of(held.after)} after; the loss fell by ${decimals(held.gain, 3)} a token (95% interval ${low} to ${high}): ${verdict.en}`,
      zh: `在 ${count(held.examples)} 个留出样例上：困惑度由 ${of(held.before)} 变为 ${of(held.after)}；每词元损失下降 ${decimals(held.gain, 3)}（95% 区间 ${low} 至 ${high}）：${verdict.zh}`,
    },
    { en: `written to ${out}`, zh: `已写入 ${out}` },
  ];
}
