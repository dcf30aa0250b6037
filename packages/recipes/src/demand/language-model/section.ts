/** What the language model added to a report, and what it was shown for that. */
import { count, joined, type Localized, plural } from '@gradus/base';
import type { Section } from '@gradus/report';
import { DROP_REASONS, type DropReason } from '@gradus/tasks';
import type { LabelGain } from '../clause-sentiment/evidence.ts';
import { DRAFT_KINDS, type DraftKind, type LanguageModelUse } from './ask.ts';

const ADDED: Readonly<Record<DraftKind, (n: number) => Localized>> = {
  titles: (n) => ({ en: `${plural(n, 'title')} of actions`, zh: `${n} 个建议标题` }),
  names: (n) => ({ en: `${plural(n, 'name')} of themes`, zh: `${n} 个主题名称` }),
  labels: (n) => ({ en: `${plural(n, 'label')} of clauses`, zh: `${n} 个分句标签` }),
  merged: (n) => ({ en: `${plural(n, 'theme')} joined with others`, zh: `合并 ${n} 个主题` }),
};
const UNREADABLE: Localized = { en: 'not of the form that was asked for', zh: '格式不符合要求' };

/** @param noun What the file's rows are called */
export function languageModelSection(
  use: LanguageModelUse,
  noun: Localized,
  gain: LabelGain | null = null,
): Section {
  return {
    id: 'language-model',
    title: { en: 'Language model', zh: '语言模型' },
    blocks: [
      {
        kind: 'text',
        text: joined([addedBy(use, gain), ...(gain ? [learntFrom(gain)] : []), droppedFrom(use)]),
      },
      { kind: 'note', tone: 'info', text: joined([leftTo(use, noun), costOf(use)]) },
    ],
  };
}

function addedBy({ model, accepted }: LanguageModelUse, gain: LabelGain | null): Localized {
  const added = DRAFT_KINDS.filter((kind) => kind !== 'labels' && accepted[kind] > 0).map((kind) =>
    ADDED[kind](accepted[kind]),
  );
  const figures = gain?.isUsed
    ? {
        en: 'All figures but those that rest on the sentiment of clauses are without it.',
        zh: '除依据分句情感得出的数字外，其余数字均与它无关。',
      }
    : { en: 'All figures are without it.', zh: '所有数字均与它无关。' };
  if (added.length === 0)
    return {
      en: `${model} added no words: none of its drafts is borne out by the rows that it cites. ${figures.en}`,
      zh: `${model} 没有补充任何文字：它的草稿均未得到所引行的支持。${figures.zh}`,
    };
  return {
    en: `${model} added ${added.map(({ en }) => en).join(', ')}; each cites at least three rows that say so. ${figures.en}`,
    zh: `${model} 补充了${added.map(({ zh }) => zh).join('、')}；每一项都引用至少三行作为依据。${figures.zh}`,
  };
}

/** Whether its labels of clauses are learnt from is for the file's own labels to say. */
function learntFrom({ labels, without, with: having, standardError, isUsed }: LabelGain): Localized {
  const [a, b, error] = [without, having, standardError].map((value) => value.toFixed(4));
  return isUsed
    ? {
        en: `The sentiment of clauses has learnt from ${plural(labels, 'clause')} that it called praise or complaints: with them, the file’s own labels of reviews that were not learnt from are told better (log loss ${b}, without them ${a}; standard error of the difference ${error}).`,
        zh: `分句情感的学习用到了它判断为好评或抱怨的 ${count(labels)} 个分句：使用后，对未参与学习的评价，文件自身标签判断得更准（对数损失 ${b}，不用时 ${a}；差值的标准误 ${error}）。`,
      }
    : {
        en: `It called ${plural(labels, 'clause')} praise or complaints. These are not learnt from: with them, the file’s own labels of reviews that were not learnt from are told no better (log loss ${b}, without them ${a}; standard error of the difference ${error}).`,
        zh: `它把 ${count(labels)} 个分句判断为好评或抱怨。这些标签没有采用：使用后，对未参与学习的评价，文件自身标签判断得并不更准（对数损失 ${b}，不用时 ${a}；差值的标准误 ${error}）。`,
      };
}

function droppedFrom({ dropped, unreadable, failed, lastFailure }: LanguageModelUse): Localized {
  const reasons = [
    ...Object.entries(dropped).map(([reason, n]) => ({ n, words: DROP_REASONS[reason as DropReason] })),
    { n: unreadable, words: UNREADABLE },
  ].filter(({ n }) => n > 0);
  const sentences: Localized[] = [];
  if (reasons.length > 0)
    sentences.push({
      en: `Dropped: ${reasons.map(({ n, words }) => `${n} (${words.en})`).join(', ')}.`,
      zh: `舍弃：${reasons.map(({ n, words }) => `${n} 项（${words.zh}）`).join('、')}。`,
    });
  if (failed > 0)
    sentences.push({
      en: `${plural(failed, 'request')} had no answer: ${lastFailure}.`,
      zh: `${failed} 次请求没有得到回答：${lastFailure}。`,
    });
  return joined(sentences);
}

function leftTo({ host, rowsShown }: LanguageModelUse, noun: Localized): Localized {
  const rows = rowsShown.length;
  return host === null
    ? {
        en: `It ran on this machine and was shown clauses of ${plural(rows, noun.en)}; nothing left the machine.`,
        zh: `模型在本机运行，读取了 ${count(rows)} 条${noun.zh}中的分句；没有数据离开本机。`,
      }
    : {
        en: `Clauses of ${plural(rows, noun.en)} were sent to ${host}, with what was recognized as personal data replaced by tags; no ratings, dates or other columns.`,
        zh: `已将 ${count(rows)} 条${noun.zh}中的分句发送至 ${host}，其中识别出的个人信息已替换为标签；未发送评分、日期或其他列。`,
      };
}

const costOf = ({ asked, kept, promptTokens, answerTokens }: LanguageModelUse): Localized => ({
  en: `${plural(asked, 'question')} asked (${count(promptTokens)} tokens in, ${count(answerTokens)} out), ${count(kept)} answered from before.`,
  zh: `提问 ${asked} 次（输入 ${count(promptTokens)} 个词元，输出 ${count(answerTokens)} 个），${kept} 次沿用之前的回答。`,
});
