import { writeFileSync } from 'node:fs';
import { count, decimals, type Localized, percent } from '@gradus/base';
import type { Doubt, Estimate, Judge, Judgement } from '@gradus/lm';
import type { AddCommand } from '../../add-command.ts';
import { WrongUsage } from '../../wrong-usage.ts';
import { addFlags, addThreads, JSON_OUT, withRunnable } from './options.ts';

interface Flags {
  readonly criterion?: string;
  readonly atLeast?: number;
  readonly out?: string;
  readonly seed?: number;
  readonly threads?: number;
  readonly bits?: 4 | 8 | 32;
  readonly json?: boolean;
}

/** `gradus judge MODEL FILE`: a model as judge of answers, measured against people. */
export const judgeCommand: AddCommand = (program, terminal) => {
  const { say, signal } = terminal;
  const command = program
    .command('judge')
    .argument(
      '<model>',
      say({
        en: 'a language model (folder, adapter, .gguf), or the URL of one that speaks OpenAI’s API: http://127.0.0.1:8000/v1#NAME (key in GRADUS_LM_KEY)',
        zh: '语言模型（文件夹、适配器、.gguf），或兼容 OpenAI API 的地址：http://127.0.0.1:8000/v1#NAME（密钥放在 GRADUS_LM_KEY）',
      }),
    )
    .argument(
      '<file>',
      say({
        en: 'a table with input, output, for pairs output2 as well, and label where people judged',
        zh: '含 input、output 的表格；成对比较另有 output2；人工结论列为 label',
      }),
    )
    .description(
      say({
        en: 'let a model judge answers, and see what its verdicts are worth beside those of people',
        zh: '让模型评判回答，并对照人工结论检验其可信度',
      }),
    );
  addFlags(command, terminal, [
    {
      flags: '--at-least <share>',
      en: 'exit code 3 unless so large a share passes, the mistakes of the judge corrected; needs 50 labels',
      zh: '校正评审误差后，通过率未达到该比例则退出码为 3；至少需要 50 个标签',
    },
    { flags: '--seed <number>', en: 'another seed of the intervals (0)', zh: '区间的随机种子（0）' },
  ]);
  addThreads(command, terminal)
    .option(
      '--criterion <text>',
      say({ en: 'what makes an answer good, in a sentence', zh: '用一句话说明好回答的标准' }),
    )
    .option('--out <file>', say({ en: 'a CSV of the verdicts', zh: '写出评判结果的 CSV' }))
    .option('--json', say(JSON_OUT))
    .action(async (path: string, file: string, flags: Flags) => {
      const found = await withJudge(path, flags, signal, async (asked) => {
        const { judge } = await import('@gradus/lm');
        const { criterion, seed } = flags;
        return judge(asked, file, {
          signal,
          ...(criterion !== undefined && { criterion }),
          ...(seed !== undefined && { seed }),
        });
      });
      if (flags.out !== undefined) writeFileSync(flags.out, await csvOf(found));
      const { verdicts: _, ...measures } = found;
      if (flags.json) terminal.print(JSON.stringify(measures));
      else for (const line of judgementLines(found)) terminal.print(say(line));
      if (flags.atLeast !== undefined) gate(found, flags.atLeast, terminal.fail);
    });
};

async function withJudge<T>(
  path: string,
  { threads, bits }: Flags,
  signal: AbortSignal,
  action: (judge: Judge) => Promise<T>,
): Promise<T> {
  const { modelJudge, remoteJudge } = await import('@gradus/lm');
  if (/^https?:\/\//.test(path)) return action(remoteJudge(path, process.env.GRADUS_LM_KEY, signal));
  return withRunnable(path, bits, async (model) => {
    const judge = await modelJudge(model, { threads, bits });
    try {
      return await action(judge);
    } finally {
      await judge.close();
    }
  });
}

/** @throws WrongUsage where the judge is not to be relied on */
function gate({ doubts, correctedRate }: Judgement, least: number, fail: () => void): void {
  if (doubts.length > 0 || !correctedRate) {
    const [en, zh] = [doubts.map((doubt) => DOUBTS[doubt].en), doubts.map((doubt) => DOUBTS[doubt].zh)];
    throw new WrongUsage({
      en: `--at-least: this judge decides nothing: ${en.join('; ')}`,
      zh: `--at-least：该评审不能用于判定：${zh.join('；')}`,
    });
  }
  if (correctedRate.interval[0] < least) fail();
}

const DOUBTS: Readonly<Record<Doubt, Localized>> = {
  'too few labels': {
    en: 'fewer than 50 rows that people labelled and it gave a verdict on',
    zh: '人工标注且有评判结果的行不足 50',
  },
  'no better than chance': { en: 'its agreement is no better than chance', zh: '与人工的一致性不优于随机' },
  'no better than a constant': {
    en: 'always saying what people say most often is as right',
    zh: '始终给出最常见的人工结论同样准确',
  },
};

const shown = ({ value, interval }: Estimate): string =>
  `${percent(value)} (${interval.map((bound) => percent(bound)).join(' – ')})`;
const signed = ({ value, interval }: Estimate): string =>
  `${decimals(100 * value, 1)} (${interval.map((bound) => decimals(100 * bound, 1)).join(' – ')})`;
const sways = ({ interval }: Estimate): boolean => interval[0] > 0 || interval[1] < 0;

function judgementLines(found: Judgement): Localized[] {
  const { accuracy, constant, kappa, consistency, positionBias, lengthBias, seenRate, doubts } = found;
  const isPair = found.kind === 'pair';
  const [first] = found.setAside;
  const line = (en: string, zh: string): Localized => ({ en, zh });
  return [
    line(
      `${count(found.rows)} rows judged, ${count(found.labelled)} of them labelled by people; ${count(found.undecided)} without a verdict, ${count(found.setAside.length)} set aside${first ? ` (row ${first.row}: ${first.reason.en})` : ''}`,
      `评判 ${count(found.rows)} 行，其中 ${count(found.labelled)} 行有人工标签；${count(found.undecided)} 行无结论，搁置 ${count(found.setAside.length)} 行${first ? `（第 ${first.row} 行：${first.reason.zh}）` : ''}`,
    ),
    ...(accuracy && kappa
      ? [
          line(
            `says what people say: ${shown(accuracy)}; always saying the same: ${percent(constant!)}; kappa ${decimals(kappa.value, 2)} (${kappa.interval.map((bound) => decimals(bound, 2)).join(' – ')})`,
            `与人工一致：${shown(accuracy)}；始终给同一结论：${percent(constant!)}；kappa ${decimals(kappa.value, 2)}（${kappa.interval.map((bound) => decimals(bound, 2)).join(' – ')}）`,
          ),
        ]
      : []),
    ...(consistency && positionBias
      ? [
          line(
            `same verdict in both orders: ${shown(consistency)}; for the answer shown first, points: ${signed(positionBias)}${sways(positionBias) ? ': the place sways it' : ''}`,
            `两种顺序结论一致：${shown(consistency)}；偏向先出现者（百分点）：${signed(positionBias)}${sways(positionBias) ? '：受位置影响' : ''}`,
          ),
        ]
      : []),
    ...(lengthBias
      ? [
          line(
            `for longer answers, more than people, points: ${signed(lengthBias)}${sways(lengthBias) ? ': length sways it' : ''}`,
            `比人工更偏向长回答（百分点）：${signed(lengthBias)}${sways(lengthBias) ? '：受长度影响' : ''}`,
          ),
        ]
      : []),
    line(
      `${isPair ? 'the second answer is better' : 'passes'}, as the judge sees it: ${shown(seenRate)}`,
      `评审认为${isPair ? '第二个回答更好' : '通过'}的比例：${shown(seenRate)}`,
    ),
    ...(found.correctedRate
      ? [
          line(
            `without the mistakes of the judge: ${shown(found.correctedRate)}`,
            `校正评审误差后：${shown(found.correctedRate)}`,
          ),
        ]
      : []),
    ...doubts.map((doubt) =>
      line(`not to be relied on: ${DOUBTS[doubt].en}`, `不可依赖：${DOUBTS[doubt].zh}`),
    ),
  ];
}

/** In columns that `gradus quality` takes for a judge's. */
async function csvOf({ verdicts, kind }: Judgement): Promise<string> {
  const { csvLine } = await import('@gradus/data');
  const isPair = kind === 'pair';
  const word = (said: 0 | 1 | undefined) =>
    said === undefined ? '' : isPair ? String(said + 1) : said === 1 ? 'yes' : 'no';
  const lines = verdicts.map(({ row, said, shown, probability }) => [
    String(row.row),
    row.input,
    ...row.outputs,
    word(row.label),
    ...(isPair ? [word(shown?.[0]), word(shown?.[1])] : [word(said)]),
    probability === undefined ? '' : decimals(probability, 4),
  ]);
  const columns = isPair
    ? ['row', 'input', 'output1', 'output2', 'label', 'verdict', 'verdict_swapped', 'probability']
    : ['row', 'input', 'output', 'label', 'verdict', 'probability'];
  return [columns, ...lines].map(csvLine).join('');
}
