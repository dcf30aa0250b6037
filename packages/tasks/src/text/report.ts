/** What the text task found, for a terminal, a report and a card. */
import { count, type Localized, percent } from '@gradus/base';
import type { ModelCard, Section } from '@gradus/report';
import {
  calibrationLimit,
  classifierFigures,
  classifierSection,
  standingInWords,
} from '../shared/classifier-section.ts';
import { withInterval } from '../shared/estimate.ts';
import { promiseInWords } from '../shared/promise.ts';
import { sliceBlock } from '../shared/slice-block.ts';
import { baselineName, type RowWords, same } from '../shared/words.ts';
import type { TextEvaluation } from './evaluation.ts';

const TITLE: Localized = { en: 'Text classifier', zh: '文本分类器' };

export function textFindings(evaluation: TextEvaluation): Localized[] {
  const { classes, figure, n } = evaluation;
  return [
    {
      en: `${count(classes.length)} classes; accuracy ${withInterval(figure, percent)} on ${count(n)} held-out texts.`,
      zh: `共 ${count(classes.length)} 个类别，在 ${count(n)} 条留出文本上的准确率为 ${withInterval(figure, percent)}。`,
    },
    standingInWords(evaluation.classifier),
    ...promise(evaluation),
  ];
}

export function textSections(evaluation: TextEvaluation): Section[] {
  const { classes, classifier, slices } = evaluation;
  const section = classifierSection(classifier, { title: TITLE, classes: classes.map(same) });
  const promised = promise(evaluation).map((text) => ({ kind: 'text', text }) as const);
  return [
    {
      ...section,
      blocks: [
        ...section.blocks,
        ...promised,
        ...(slices.length > 0 ? [sliceBlock({ en: 'Accuracy', zh: '准确率' }, slices)] : []),
      ],
    },
  ];
}

export function textCard(evaluation: TextEvaluation): Pick<ModelCard, 'metrics' | 'limits' | 'made'> {
  const { classes, classifier } = evaluation;
  const baseline = baselineName(classifier.bestBaseline);
  return {
    metrics: classifierFigures(classifier),
    limits: [
      {
        en: `Measured on ${count(classifier.n)} held-out rows of one file. Expect lower quality on texts of other origin, or when people begin to write differently. Best baseline: ${baseline.en}.${classifier.beatsBaseline ? '' : ' The model is not significantly better.'}`,
        zh: `仅在一个文件留出的 ${count(classifier.n)} 行上测得。用于其他来源的文本，或写法变化时，效果会变差。最佳基线：${baseline.zh}。${classifier.beatsBaseline ? '' : '模型并未显著优于它。'}`,
      },
      calibrationLimit(classifier),
      ...promise(evaluation),
      {
        en: `It knows these classes alone: ${listed(classes)}. A text of any other kind gets one of them too.`,
        zh: `只认识以下类别：${listed(classes)}。其他类型的文本也会被归入其中之一。`,
      },
    ],
    made: [
      {
        en: 'The weighted mean of a linear model of character and word n-grams and, where there are texts enough, of three convolutional networks; weighted and calibrated on texts that each had not seen.',
        zh: '字词 n-gram 线性模型与三个卷积网络（文本足够时）的加权平均；权重与校准由各自未见过的文本确定。',
      },
    ],
  };
}

const TEXT_WORDS: RowWords = {
  rows: { en: 'texts', zh: '文本' },
  newest: { en: 'texts', zh: '文本' },
  counter: '条',
};

const promise = ({ abstention }: TextEvaluation): Localized[] =>
  abstention ? [promiseInWords(abstention, TEXT_WORDS)] : [];

const MOST_NAMES = 30;

const listed = (classes: readonly string[]): string =>
  classes.slice(0, MOST_NAMES).join(', ') + (classes.length > MOST_NAMES ? ', …' : '');
