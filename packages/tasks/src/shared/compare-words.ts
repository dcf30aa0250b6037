/** What a comparison says, in both languages. */
import { type Localized, percent, significant } from '@gradus/base';
import type { Measured, Verdict } from '@gradus/loop';
import type { RowWords } from './words.ts';

/** How it came out: the challenger is better, worse, or neither beyond chance. */
export type Outcome = 'better' | 'worse' | 'alike';

const HEADS: Readonly<Record<Outcome, Localized>> = {
  better: { en: 'The new model takes over', zh: '新模型接替旧模型' },
  worse: {
    en: 'The old model stays, for the new one is worse beyond chance',
    zh: '保留旧模型：新模型变差，且无法用偶然解释',
  },
  alike: {
    en: 'The old model stays, for the new one is no better beyond chance',
    zh: '保留旧模型：新模型没有更好，差异可能只是偶然',
  },
};

/** Names of tested figures in sentences, and how they are written; another is shown by its own name. */
const METRICS: Readonly<Record<string, { readonly name: Localized; format(value: number): string }>> = {
  accuracy: { name: { en: 'right', zh: '准确率' }, format: percent },
  logLoss: { name: { en: 'log loss', zh: '对数损失' }, format: (value) => value.toFixed(4) },
  mae: { name: { en: 'mean absolute error', zh: '平均绝对误差' }, format: significant },
  rmse: { name: { en: 'root mean squared error', zh: '均方根误差' }, format: significant },
};

type Weighed = Pick<Verdict, 'metrics' | 'n'>;

export function verdictReason(
  outcome: Outcome,
  heldOut: Weighed,
  recent: Weighed | undefined,
  { rows, newest, counter }: RowWords,
): Localized {
  const head = HEADS[outcome];
  const figures = figuresIn(heldOut);
  const sentence = {
    en: `${head.en}: on the same ${heldOut.n} held-out ${rows.en} ${figures.en}`,
    zh: `${head.zh}：在同样的 ${heldOut.n} ${counter}留出${rows.zh}上，${figures.zh}`,
  };
  if (!recent) return { en: `${sentence.en}.`, zh: `${sentence.zh}。` };
  const ofRecent = figuresIn(recent);
  return {
    en: `${sentence.en}; on the ${recent.n} newest ${newest.en} ${ofRecent.en}.`,
    zh: `${sentence.zh}；在最新的 ${recent.n} ${counter}${newest.zh}上，${ofRecent.zh}。`,
  };
}

/** The figures that were tested. */
function figuresIn({ metrics }: Weighed): Localized {
  const tested = Object.entries(metrics).filter(([, { pValue }]) => pValue !== undefined);
  const sentence = (language: keyof Localized) =>
    tested
      .map(([name, measured]) => figureIn(name, measured, language))
      .join({ en: ', ', zh: '，' }[language]);
  return { en: sentence('en'), zh: sentence('zh') };
}

function figureIn(
  metric: string,
  { champion, challenger, pValue = 1 }: Measured,
  language: keyof Localized,
): string {
  const { name, format } = METRICS[metric] ?? {
    name: { en: metric, zh: metric },
    format: significant,
  };
  const p = `p = ${pValue.toFixed(3)}`;
  const change = `${name[language]} ${format(champion)} → ${format(challenger)}`;
  return language === 'zh' ? `${change}（${p}）` : `${change} (${p})`;
}

export const differentRows = ({ rows }: RowWords): Localized => ({
  en: `The two runs held out different ${rows.en}, so they cannot be compared. Retrain from the same file with the same seed.`,
  zh: `两次运行留出的${rows.zh}不同，无法比较。请用同一文件和同一随机种子重新训练。`,
});
