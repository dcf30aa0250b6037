import { count, decimals, type Localized, percent } from '@gradus/base';
import { type Block, chartBlock, type Section } from '@gradus/report';
import {
  type ClassifierScores,
  type SentimentEvaluation,
  type Standing,
  standingOf,
} from '../analysis/sentiment-evaluation.ts';
import { BASELINE, both, NOTHING, withInterval } from './words.ts';

/** The quality of the sentiment model: against its baselines, and of its probabilities. */
export function modelSection(evaluation: SentimentEvaluation): Section {
  const { n, trainedOn, baselines, confusion, reliability, calibrationError, temperature } = evaluation;
  const three = (value: number) => value.toFixed(3);
  const row = (name: Localized, scores: ClassifierScores) => [
    name,
    withInterval(scores.accuracy, three),
    withInterval(scores.macroF1, three),
    scores.auc ? withInterval(scores.auc, three) : NOTHING,
  ];
  const blocks: Block[] = [
    {
      kind: 'text',
      text: {
        en: `Trained on ${count(trainedOn)} reviews of this file; measured on ${count(n)} held-out reviews that nothing was fitted on.`,
        zh: `用本文件的 ${count(trainedOn)} 条评价训练，在另外 ${count(n)} 条未参与任何拟合的留出评价上检验。`,
      },
    },
    { kind: 'note', tone: evaluation.beatsBaseline ? 'good' : 'warning', text: verdictOf(evaluation) },
    {
      kind: 'table',
      columns: [
        { label: { en: 'On the same held-out reviews', zh: '同一批留出评价' } },
        { label: { en: 'Accuracy', zh: '准确率' }, align: 'right' },
        { label: { en: 'Macro-F1', zh: '宏平均 F1' }, align: 'right' },
        { label: { en: 'ROC AUC', zh: 'ROC AUC' }, align: 'right' },
      ],
      rows: [
        row({ en: 'This model', zh: '本模型' }, evaluation),
        ...Object.entries(baselines).map(([name, scores]) => row(baselineName(name), scores)),
      ],
    },
    {
      kind: 'table',
      caption: { en: 'Confusion matrix', zh: '混淆矩阵' },
      columns: [
        { label: { en: 'Actual', zh: '实际' } },
        { label: { en: 'Predicted dissatisfied', zh: '判为不满意' }, align: 'right' },
        { label: { en: 'Predicted satisfied', zh: '判为满意' }, align: 'right' },
      ],
      rows: [
        [{ en: 'dissatisfied', zh: '不满意' }, ...confusion[0]!.map(count)],
        [{ en: 'satisfied', zh: '满意' }, ...confusion[1]!.map(count)],
      ],
    },
    chartBlock(
      {
        en: 'Calibration: predicted against observed share of satisfied reviews, in bins of probability. On the dashed line, probabilities equal observed shares.',
        zh: '校准：各概率区间内预测与实际的满意比例。落在虚线上表示概率与实际比例一致。',
      },
      {
        kind: 'calibration',
        bins: reliability.map(({ predicted, observed }) => ({ predicted, observed })),
      },
    ),
    {
      kind: 'text',
      text: {
        en: `Probabilities are off by ${percent(calibrationError)} on average (expected calibration error), with logits divided by ${decimals(temperature)} and shifted, as fitted on held-out folds.`,
        zh: `概率平均偏差 ${percent(calibrationError)}（期望校准误差）；对数几率已除以 ${decimals(temperature)} 并平移，参数在留出折上拟合。`,
      },
    },
  ];
  return {
    id: 'model',
    title: { en: 'Sentiment model', zh: '情感模型' },
    blocks,
  };
}

/** The comparison with the best baseline in one sentence. */
function verdictOf({ accuracy, baselines, bestBaseline, pValue }: SentimentEvaluation): Localized {
  const best = baselines[bestBaseline]!.accuracy.value;
  const name = baselineName(bestBaseline);
  const p = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
  const figures = {
    en: `${percent(accuracy.value)} against ${percent(best)} (${p})`,
    zh: `${percent(accuracy.value)} 对 ${percent(best)}（${p}）`,
  };
  const verdicts: Record<Standing, Localized> = {
    better: {
      en: `More accurate than the best baseline, ${name.en}; the difference is significant: ${figures.en}.`,
      zh: `准确率显著高于最好的基线“${name.zh}”：${figures.zh}。`,
    },
    alike: {
      en: `Not shown to be better than the best baseline, ${name.en}: ${figures.en}. The difference may be chance.`,
      zh: `未能证明优于最好的基线“${name.zh}”：${figures.zh}。差异可能是偶然。`,
    },
    worse: {
      en: `Worse than the best baseline, ${name.en}: ${figures.en}. Prefer the baseline.`,
      zh: `不如最好的基线“${name.zh}”：${figures.zh}。建议采用基线。`,
    },
  };
  return verdicts[standingOf(accuracy.value - best, pValue)];
}

export function baselineName(name: string): Localized {
  return Object.hasOwn(BASELINE, name) ? BASELINE[name]! : both(name);
}
