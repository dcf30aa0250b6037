/** What a text encoder added to the themes and to the sentiment of reviews and clauses, or that it added nothing. */
import { count, decimals, type Localized, percent } from '@gradus/base';
import type { Section } from '@gradus/report';
import type { EncoderGain, VectorGain } from '@gradus/tasks';
import type { EvidenceGain } from '../clause-sentiment/evidence.ts';
import type { EncoderUse } from '../needs/embeddings.ts';

/** Both null where no sentiment is claimed, or a baseline tells it; `clauses` also where nothing is learnt of them. */
export interface SentimentGains {
  readonly sentiment: VectorGain | null;
  readonly clauses: EvidenceGain | null;
}

export function encoderSection({ name, gain }: EncoderUse, { sentiment, clauses }: SentimentGains): Section {
  const texts = [
    themesText(name, gain),
    ...(sentiment ? [sentimentText(name, sentiment)] : []),
    ...(clauses ? [clausesText(name, clauses)] : []),
  ];
  return {
    id: 'encoder',
    title: { en: 'Text encoder', zh: '文本编码器' },
    blocks: texts.map((text) => ({ kind: 'text', text })),
  };
}

function themesText(name: string, gain: EncoderGain | null): Localized {
  return gain
    ? {
        en: `Another seed finds the same themes by ${decimals(gain.words)} of 1 by their words, and by ${decimals(gain.both)} with ${name} beside them (standard error of the difference ${decimals(gain.standardError)}). ${gain.isUsed ? 'It is used to find the themes; new texts are assigned to them by words alone.' : 'That is no gain beyond its error: it added nothing, and the themes are those without it.'}`,
        zh: `换一个随机种子时，仅凭词语的主题一致程度为 ${decimals(gain.words)}（满分 1），加上 ${name} 为 ${decimals(gain.both)}（差值的标准误差为 ${decimals(gain.standardError)}）。${gain.isUsed ? '寻找主题时使用了它；新文本仅凭词语归入主题。' : '提高未超过误差：它没有带来补充，主题与不使用它时相同。'}`,
      }
    : {
        en: `${name} added nothing to the themes of this file: they are needs, which are read by words in both languages.`,
        zh: `${name} 对这份文件的主题没有补充：主题是需求，由中英文词语读出。`,
      };
}

function sentimentText(name: string, { texts, terms, both, standardError, isUsed }: VectorGain): Localized {
  const [a, b, error] = [terms, both, standardError].map((value) => percent(value));
  const said = isUsed
    ? {
        en: `The sentiment of reviews is told by both, and whoever serves this run needs the very same encoder; without it the run does not open.`,
        zh: `评价的情感由两者共同判断；部署该运行时需要同一个编码器，缺少它时该运行无法打开。`,
      }
    : {
        en: 'That is no gain beyond its error: the sentiment of reviews is told by their words alone, and the run needs no encoder.',
        zh: '提高未超过误差：评价的情感仅凭词语判断，该运行不需要编码器。',
      };
  return {
    en: `Of ${count(texts)} reviews that were not learnt from, ${a} are told to be satisfied or not rightly by their words, and ${b} with ${name} beside them (standard error of the difference ${error}). ${said.en}`,
    zh: `对 ${count(texts)} 条未参与学习的评价，仅凭词语判断满意与否的准确率为 ${a}，加上 ${name} 为 ${b}（差值的标准误差为 ${error}）。${said.zh}`,
  };
}

function clausesText(name: string, gain: EvidenceGain): Localized {
  const [a, b, error] = [gain.without, gain.with, gain.standardError].map((value) => decimals(value, 4));
  const said = gain.isUsed
    ? { en: 'The sentiment of clauses is told by both.', zh: '分句的情感由两者共同判断。' }
    : {
        en: 'That is no gain beyond its error: the sentiment of clauses is told without it.',
        zh: '提高未超过误差：分句的情感不使用它判断。',
      };
  return {
    en: `From their clauses, the labels of reviews that were not learnt from are told with a log loss of ${a} by words, and of ${b} with ${name} beside them (less is better; standard error of the difference ${error}). ${said.en}`,
    zh: `由分句判断未参与学习的评价的标签，仅凭词语的对数损失为 ${a}，加上 ${name} 为 ${b}（越小越好；差值的标准误差为 ${error}）。${said.zh}`,
  };
}
