/** The model card of a demand run. */
import { count, type Localized } from '@gradus/base';
import type { ModelCard } from '@gradus/report';
import { baselineName, calibrationLimit, classifierFigures, type TermKind } from '@gradus/tasks';
import type { Evaluated } from './evaluate.ts';
import type { DataSummary } from './report/data-summary.ts';

export function demandCard(
  data: DataSummary,
  { evaluation, sentiment }: Pick<Evaluated, 'evaluation' | 'sentiment'>,
  encoder: string | null,
  seed: number,
): ModelCard {
  const claimed = sentiment && evaluation;
  const baseline = claimed && baselineName(claimed.bestBaseline);
  return {
    title: { en: `Demand model: ${data.file}`, zh: `需求分析模型：${data.file}` },
    purpose: {
      en: 'Reads reviews of the same kind of product in the same languages: whether a text is satisfied, and which themes it mentions. Intended for many reviews at once, not for decisions about one person.',
      zh: '针对同类产品、同种语言的评价，判断文本是否满意以及提到哪些主题。用于批量分析评价，不用于对个人作出决定。',
    },
    metrics: claimed ? classifierFigures(claimed) : [],
    data: [
      {
        en: `${data.file}: ${count(data.rows.read)} rows read, ${count(data.rows.used)} used, ${count(data.rows.setAside)} set aside.`,
        zh: `${data.file}：读取 ${count(data.rows.read)} 行，使用 ${count(data.rows.used)} 行，搁置 ${count(data.rows.setAside)} 行。`,
      },
      ...data.notes,
    ],
    limits: [
      ...(claimed
        ? [
            {
              en: `Measured on ${count(claimed.n)} held-out rows of this one file. Expect lower quality on other products, or when customers begin to write differently. Best baseline: ${baseline!.en}.${claimed.beatsBaseline ? '' : ' The model is not significantly better.'}`,
              zh: `仅在该文件留出的 ${count(claimed.n)} 行上测得。用于其他产品，或客户写法变化时，效果会变差。最佳基线：${baseline!.zh}。${claimed.beatsBaseline ? '' : '模型并未显著优于它。'}`,
            },
            calibrationLimit(claimed),
          ]
        : [
            evaluation
              ? UNPROVEN
              : {
                  en: 'Themes only, no sentiment: too few reviews in the file have a rating or a label.',
                  zh: '仅有主题，没有情感：文件中带评分或标签的评价太少。',
                },
          ]),
      {
        en: 'It does not recognize irony, and knows only what a review says.',
        zh: '无法识别反讽，也不了解评价中没有说出的内容。',
      },
      {
        en: 'Effects are associations in this file, not proof of cause.',
        zh: '所述影响只是该文件中的关联，并不证明因果。',
      },
    ],
    made: [
      {
        en: `${SENTIMENT_MADE[sentiment?.features.kind ?? 'none'].en}${encoder === null ? '' : `To its log odds come those of a logistic regression on the vectors of ${encoder}, which serving needs as well. `}Themes: clusters of clauses, without labels. Seed ${seed}.`,
        zh: `${SENTIMENT_MADE[sentiment?.features.kind ?? 'none'].zh}${encoder === null ? '' : `其对数几率还加上 ${encoder} 向量的逻辑回归，部署时同样需要它。`}主题：对分句做无监督聚类。随机种子 ${seed}。`,
      },
    ],
  };
}

const SENTIMENT_MADE: Readonly<Record<TermKind | 'none', Localized>> = {
  runs: {
    en: 'Sentiment: the weighted mean of a linear model of character and word n-grams and, where there were texts enough, of three convolutional networks, weighted and calibrated on texts that each had not seen. ',
    zh: '情感：字词 n-gram 线性模型与（文本足够时）三个卷积网络的加权平均，权重与校准由各自未见过的文本确定。',
  },
  words: {
    en: 'Sentiment: logistic regression on the TF-IDF of words and pairs of words, which was more accurate than the larger model. ',
    zh: '情感：词与相邻词对的 TF-IDF 逻辑回归，它比较大的模型更准确。',
  },
  none: { en: '', zh: '' },
};

const UNPROVEN: Localized = {
  en: 'Themes only, no sentiment: the sentiment model was not shown to be better than always guessing the larger class.',
  zh: '仅有主题，没有情感：未能证明情感模型优于始终猜多数类。',
};
