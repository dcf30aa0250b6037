/** What is said of texts when a table is learnt. */
import { count, decimals, type Localized } from '@gradus/base';
import type { EncoderRef } from '../../shared/brought-encoder.ts';
import type { Target } from '../columns.ts';
import { MOST_SCORES } from '../stacked-scores.ts';
import type { TextColumn } from './text-column.ts';
import type { TextVectorGain } from './text-vectors.ts';

/** @param encoder Of the vectors of texts; absent where the user brings none */
export function textNotes(
  texts: readonly TextColumn[],
  target: Target,
  encoder: EncoderRef | undefined,
): Localized[] {
  return [
    ...scoreNotes(texts, target),
    ...texts.flatMap(({ name, gain }) =>
      gain && encoder ? [gainInWords(name, gain, encoder.name, target)] : [],
    ),
  ];
}

/** Nothing where each class has a score. */
function scoreNotes(texts: readonly TextColumn[], target: Target): Localized[] {
  if (texts.length === 0 || target.kind === 'numbers' || target.classes.length <= MOST_SCORES) return [];
  return [
    {
      en: `Texts tell the ${MOST_SCORES} most frequent classes of "${target.name}" apart; of the other ${target.classes.length - MOST_SCORES} they say little.`,
      zh: `文本用于区分“${target.name}”中最常见的 ${MOST_SCORES} 个类别；对其余 ${target.classes.length - MOST_SCORES} 个类别帮助很小。`,
    },
  ];
}

function gainInWords(
  column: string,
  { texts, terms, both, standardError, isUsed }: TextVectorGain,
  encoder: string,
  { kind, name }: Target,
): Localized {
  const [a, b, error] = [terms, both, standardError].map((value) => decimals(value, 3));
  const measure =
    kind === 'classes'
      ? { en: 'logistic loss', zh: '对数损失' }
      : { en: 'squared error, of 1 for guessing the mean,', zh: '平方误差（以猜均值为 1）' };
  const said = isUsed
    ? {
        en: 'Both are learnt from, and whoever serves this run needs the very same encoder; without it the run does not open.',
        zh: '两者都参与学习；部署该运行时需要同一个编码器，缺少它时该运行无法打开。',
      }
    : {
        en: 'That is no gain beyond its error: the texts are learnt from by their words alone, and the run needs no encoder for them.',
        zh: '提高未超过误差：文本仅凭词语参与学习，该运行不需要编码器。',
      };
  return {
    en: `On ${count(texts)} training rows that were not learnt from, the texts of "${column}" tell "${name}" with a ${measure.en} of ${a} by their words, and of ${b} with ${encoder} beside them (standard error of the difference ${error}). ${said.en}`,
    zh: `在 ${count(texts)} 行未参与学习的训练数据上，“${column}”列的文本仅凭词语预测“${name}”的${measure.zh}为 ${a}，加上 ${encoder} 为 ${b}（差值的标准误差为 ${error}）。${said.zh}`,
  };
}
