import { count, decimals, type Localized, percent } from '@gradus/base';
import { type Block, chartBlock, type Section } from '@gradus/report';
import { type ClassifierEvaluation, type ClassifierScores, type Standing, standingOf } from '@gradus/tasks';
import { BASELINE, both, NOTHING, withInterval } from './words.ts';

/** How far the sentiment model can be trusted: against its baselines, and in its probabilities. */
export function modelSection(evaluation: ClassifierEvaluation): Section {
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
        en: `Learnt from ${count(trainedOn)} reviews of this file and measured on ${count(n)} others that nothing was fitted on.`,
        zh: `由本文件的 ${count(trainedOn)} 条评价学得，并在另外 ${count(n)} 条未参与任何拟合的评价上检验。`,
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
      caption: { en: 'Who is taken for whom', zh: '混淆矩阵' },
      columns: [
        { label: { en: 'Actually', zh: '实际' } },
        { label: { en: 'Told as dissatisfied', zh: '判为不满意' }, align: 'right' },
        { label: { en: 'Told as satisfied', zh: '判为满意' }, align: 'right' },
      ],
      rows: [
        [{ en: 'dissatisfied', zh: '不满意' }, ...confusion[0]!.map(count)],
        [{ en: 'satisfied', zh: '满意' }, ...confusion[1]!.map(count)],
      ],
    },
    chartBlock(
      {
        en: 'Predicted against observed share of satisfied reviews, in bins of probability. On the dashed line the probabilities are true.',
        zh: '各概率区间内预测与实际的满意比例。落在虚线上表示概率可信。',
      },
      {
        kind: 'calibration',
        bins: reliability.map(({ predicted, observed }) => ({ predicted, observed })),
      },
    ),
    {
      kind: 'text',
      text: {
        en: `Probabilities are off by ${percent(calibrationError)} on average (expected calibration error), after dividing logits by ${decimals(temperature)} and a shift fitted on held-back folds.`,
        zh: `将对数几率除以 ${decimals(temperature)} 并平移后，概率平均偏差 ${percent(calibrationError)}（期望校准误差）。`,
      },
    },
  ];
  return {
    id: 'model',
    title: { en: 'How good the sentiment model is', zh: '情感模型有多好' },
    blocks,
  };
}

/** How it stands against the best baseline, in a sentence that hides nothing. */
function verdictOf({ accuracy, baselines, bestBaseline, pValue }: ClassifierEvaluation): Localized {
  const best = baselines[bestBaseline]!.accuracy.value;
  const name = baselineName(bestBaseline);
  const p = pValue < 0.001 ? 'p < 0.001' : `p = ${pValue.toFixed(3)}`;
  const figures = {
    en: `${percent(accuracy.value)} against ${percent(best)} (${p})`,
    zh: `${percent(accuracy.value)} 对 ${percent(best)}（${p}）`,
  };
  const verdicts: Record<Standing, Localized> = {
    better: {
      en: `More accurate than the best baseline, ${name.en}, beyond chance: ${figures.en}.`,
      zh: `准确率高于最好的基线“${name.zh}”，且超出偶然：${figures.zh}。`,
    },
    alike: {
      en: `Not shown to be better than the best baseline, ${name.en}: ${figures.en}, a difference that chance explains.`,
      zh: `未能证明优于最好的基线“${name.zh}”：${figures.zh}，差异可由偶然解释。`,
    },
    worse: {
      en: `Worse than the best baseline, ${name.en}: ${figures.en}. Prefer the baseline.`,
      zh: `不如最好的基线“${name.zh}”：${figures.zh}。宜采用基线。`,
    },
  };
  return verdicts[standingOf(accuracy.value - best, pValue)];
}

export function baselineName(name: string): Localized {
  return Object.hasOwn(BASELINE, name) ? BASELINE[name]! : both(name);
}
