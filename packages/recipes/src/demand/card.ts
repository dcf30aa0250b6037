/** The model card of a demand run. */
import { type Localized, percent } from '@gradus/base';
import type { ModelCard } from '@gradus/report';
import type { SentimentEvaluation } from './analysis/sentiment-evaluation.ts';
import type { DataSummary } from './report/data-summary.ts';
import { BASELINE } from './report/words.ts';

export function demandCard(
  data: DataSummary,
  evaluation: SentimentEvaluation | null,
  seed: number,
): ModelCard {
  const both = (text: string): Localized => ({ en: text, zh: text });
  const best = evaluation?.baselines[evaluation.bestBaseline];
  const figure = (name: Localized, key: 'accuracy' | 'macroF1' | 'auc') => {
    const estimate = evaluation?.[key];
    if (!estimate) return [];
    const [low, high] = estimate.interval;
    return [
      {
        name,
        value: `${estimate.value.toFixed(4)} (${low.toFixed(4)} – ${high.toFixed(4)})`,
        ...(best?.[key] && { baseline: best[key].value.toFixed(4) }),
      },
    ];
  };
  const baseline = evaluation
    ? (BASELINE[evaluation.bestBaseline] ?? both(evaluation.bestBaseline))
    : undefined;
  return {
    title: { en: `Demand model: ${data.file}`, zh: `需求分析模型：${data.file}` },
    purpose: {
      en: 'Reads reviews of the same kind of product in the same languages: whether a text is satisfied, and which themes it mentions. Intended for many reviews at once, not for decisions about one person.',
      zh: '针对同类产品、同种语言的评价，判断文本是否满意以及提到哪些主题。用于批量分析评价，不用于对个人作出决定。',
    },
    metrics: [
      ...figure({ en: 'Accuracy', zh: '准确率' }, 'accuracy'),
      ...figure({ en: 'Macro F1', zh: '宏平均 F1' }, 'macroF1'),
      ...figure({ en: 'AUC', zh: 'AUC' }, 'auc'),
    ],
    data: [
      {
        en: `${data.file}: ${data.rows.read} rows read, ${data.rows.used} used, ${data.rows.setAside} set aside.`,
        zh: `${data.file}：读取 ${data.rows.read} 行，使用 ${data.rows.used} 行，搁置 ${data.rows.setAside} 行。`,
      },
      ...data.notes,
    ],
    limits: [
      ...(evaluation
        ? [
            {
              en: `Measured on ${evaluation.n} held-out rows of this one file. Expect lower quality on other products, or when customers begin to write differently. Best baseline: ${baseline!.en}.${evaluation.beatsBaseline ? '' : ' The model is not significantly better.'}`,
              zh: `仅在该文件留出的 ${evaluation.n} 行上测得。用于其他产品，或客户写法变化时，效果会变差。最佳基线：${baseline!.zh}。${evaluation.beatsBaseline ? '' : '模型并未显著优于它。'}`,
            },
            {
              en: `Its probabilities are off by ${percent(evaluation.calibrationError)} on average.`,
              zh: `其概率平均偏差 ${percent(evaluation.calibrationError)}。`,
            },
          ]
        : [
            {
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
        en: `Sentiment: the weighted mean of a linear model of character and word n-grams and of three convolutional networks, weighted and calibrated on texts that each had not seen. Themes: clusters of clauses, without labels. Seed ${seed}.`,
        zh: `情感：字词 n-gram 线性模型与三个卷积网络的加权平均，权重与校准由各自未见过的文本确定。主题：对分句做无监督聚类。随机种子 ${seed}。`,
      },
    ],
  };
}
