/** A classifier's evaluation in a report and a card: against its baselines, class by class, and of its probabilities. */
import { count, decimals, type Localized, percent } from '@gradus/base';
import { type Block, chartBlock, type ModelCard, type Section } from '@gradus/report';
import type { ClassifierEvaluation, ClassifierScores } from './classifier.ts';
import { withInterval } from './estimate.ts';
import { type Standing, standingOf } from './standing.ts';
import { baselineName, pInWords, ROW_WORDS, type RowWords, same } from './words.ts';

export interface ClassifierSectionOptions {
  readonly title: Localized;
  /** Names by index. */
  readonly classes: readonly Localized[];
  readonly words?: RowWords;
}

const NOTHING = '–';
const three = (value: number): string => value.toFixed(3);

export function classifierSection(
  evaluation: ClassifierEvaluation,
  { title, classes, words = ROW_WORDS }: ClassifierSectionOptions,
): Section {
  const { n, trainedOn, baselines } = evaluation;
  const { rows, counter } = words;
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
        en: `Trained on ${count(trainedOn)} ${rows.en} of this file; measured on ${count(n)} held-out ${rows.en} that nothing was fitted on.`,
        zh: `用本文件的 ${count(trainedOn)} ${counter}${rows.zh}训练，在另外 ${count(n)} ${counter}未参与任何拟合的留出${rows.zh}上检验。`,
      },
    },
    { kind: 'note', tone: evaluation.beatsBaseline ? 'good' : 'warning', text: standingInWords(evaluation) },
    {
      kind: 'table',
      columns: [
        { label: { en: `On the same held-out ${rows.en}`, zh: `同一批留出${rows.zh}` } },
        { label: { en: 'Accuracy', zh: '准确率' }, align: 'right' },
        { label: { en: 'Macro-F1', zh: '宏平均 F1' }, align: 'right' },
        { label: { en: 'ROC AUC', zh: 'ROC AUC' }, align: 'right' },
      ],
      rows: [
        row({ en: 'This model', zh: '本模型' }, evaluation),
        ...Object.entries(baselines).map(([name, scores]) => row(baselineName(name), scores)),
      ],
    },
    confusionBlock(evaluation, classes),
    ...calibrationBlocks(evaluation, classes, rows),
  ];
  return { id: 'model', title, blocks };
}

/** The comparison with the best baseline in one sentence. */
export function standingInWords({
  accuracy,
  baselines,
  bestBaseline,
  pValue,
}: ClassifierEvaluation): Localized {
  const best = baselines[bestBaseline]!.accuracy.value;
  const name = baselineName(bestBaseline);
  const p = pInWords(pValue);
  const figures = {
    en: `${percent(accuracy.value)} against ${percent(best)} (${p})`,
    zh: `${percent(accuracy.value)} 对 ${percent(best)}（${p}）`,
  };
  const sentences: Readonly<Record<Standing, Localized>> = {
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
  return sentences[standingOf(accuracy.value - best, pValue)];
}

/** More classes than this make no readable table: the most frequent mistakes are listed. */
const MOST_COLUMNS = 8;
const MOST_MISTAKES = 12;

export function confusionBlock(
  { confusion }: Pick<ClassifierEvaluation, 'confusion'>,
  classes: readonly Localized[],
): Block {
  const actual = { label: { en: 'Actual', zh: '实际' } };
  const right = 'right' as const;
  if (classes.length <= MOST_COLUMNS) {
    return {
      kind: 'table',
      caption: { en: 'Confusion matrix', zh: '混淆矩阵' },
      columns: [
        actual,
        ...classes.map(({ en, zh }) => ({ label: { en: `Predicted ${en}`, zh: `判为${zh}` }, align: right })),
      ],
      rows: classes.map((name, k) => [name, ...confusion[k]!.map(count)]),
    };
  }
  const mistakes = confusion
    .flatMap((row, k) => row.map((n, other) => ({ k, other, n })))
    .filter(({ k, other, n }) => k !== other && n > 0)
    .sort((a, b) => b.n - a.n)
    .slice(0, MOST_MISTAKES);
  return {
    kind: 'table',
    caption: { en: 'Most frequent mistakes', zh: '最常见的错误' },
    columns: [
      actual,
      { label: { en: 'Predicted', zh: '判为' } },
      { label: { en: 'Rows', zh: '行数' }, align: right },
    ],
    rows: mistakes.map(({ k, other, n }) => [classes[k]!, classes[other]!, count(n)]),
  };
}

/** Predicted against observed shares. */
export function reliabilityBlock(
  { reliability }: Pick<ClassifierEvaluation, 'reliability'>,
  classes: readonly Localized[],
  rows: Localized,
): Block {
  const share =
    classes.length === 2
      ? { en: `${classes[1]!.en} ${rows.en}`, zh: classes[1]!.zh }
      : { en: 'correct answers', zh: '正确' };
  return chartBlock(
    {
      en: `Calibration: predicted against observed share of ${share.en}, in bins of probability. On the dashed line, probabilities equal observed shares.`,
      zh: `校准：各概率区间内预测与实际的${share.zh}比例。落在虚线上表示概率与实际比例一致。`,
    },
    {
      kind: 'calibration',
      bins: reliability.map(({ predicted, observed }) => ({ predicted, observed })),
    },
  );
}

function calibrationBlocks(
  evaluation: ClassifierEvaluation,
  classes: readonly Localized[],
  rows: Localized,
): Block[] {
  const { calibrationError, temperature } = evaluation;
  const scaled =
    classes.length === 2
      ? {
          en: `logits divided by ${decimals(temperature)} and shifted`,
          zh: `对数几率已除以 ${decimals(temperature)} 并平移`,
        }
      : { en: `logits divided by ${decimals(temperature)}`, zh: `对数几率已除以 ${decimals(temperature)}` };
  return [
    reliabilityBlock(evaluation, classes, rows),
    {
      kind: 'text',
      text: {
        en: `Probabilities are off by ${percent(calibrationError)} on average (expected calibration error), with ${scaled.en}, as fitted on held-out folds.`,
        zh: `概率平均偏差 ${percent(calibrationError)}（期望校准误差）；${scaled.zh}，参数在留出折上拟合。`,
      },
    },
  ];
}

/** The figures of a card, each with its interval, beside the best baseline's. */
export function classifierFigures(evaluation: ClassifierEvaluation): ModelCard['metrics'] {
  const best = evaluation.baselines[evaluation.bestBaseline]!;
  const figure = (name: Localized, key: keyof ClassifierScores) => {
    const estimate = evaluation[key];
    if (!estimate) return [];
    return [
      {
        name,
        value: withInterval(estimate, (value) => value.toFixed(4)),
        ...(best[key] && { baseline: best[key].value.toFixed(4) }),
      },
    ];
  };
  return [
    ...figure({ en: 'Accuracy', zh: '准确率' }, 'accuracy'),
    ...figure({ en: 'Macro F1', zh: '宏平均 F1' }, 'macroF1'),
    ...figure(same('AUC'), 'auc'),
  ];
}

/** Where a card says how far the probabilities are off. */
export const calibrationLimit = ({ calibrationError }: ClassifierEvaluation): Localized => ({
  en: `Its probabilities are off by ${percent(calibrationError)} on average.`,
  zh: `其概率平均偏差 ${percent(calibrationError)}。`,
});
