/** How well a model does, beside its baselines: figures, classes or errors, probabilities or ranges. */
import { count, type Localized, percent } from '@gradus/base';
import { type Block, chartBlock, type Section, shortened } from '@gradus/report';
import { confusionBlock, reliabilityBlock } from '../../shared/classifier-section.ts';
import { withInterval } from '../../shared/estimate.ts';
import { sliceBlock } from '../../shared/slice-block.ts';
import { baselineName, capitalized, ROW_WORDS, same } from '../../shared/words.ts';
import type { ClassDetail, NumberDetail, TableEvaluation } from '../evaluation/evaluation.ts';
import { type MetricName, metricOf } from '../evaluation/metrics.ts';
import { othersInWords, slicesInWords, worstFirst } from './readings.ts';

const NOTHING = '–';
const MOST_CLASSES = 30;
const MOST_SLICES = 20;
const LABEL_WIDTH = 30;

const text = (text: Localized): Block => ({ kind: 'text', text });

export function qualitySection(evaluation: TableEvaluation, target: string): Section {
  const { detail } = evaluation;
  return {
    id: 'quality',
    title: { en: 'How well it does', zh: '效果' },
    blocks: [
      figuresTable(evaluation),
      ...othersInWords(evaluation).map(text),
      ...(detail.kind === 'classes' ? classBlocks(detail, evaluation, target) : numberBlocks(detail, target)),
    ],
  };
}

function figuresTable({ metric, metrics, interval, baselines, against }: TableEvaluation): Block {
  const names = Object.keys(metrics) as MetricName[];
  // One that the model itself is stands beside it for nothing.
  const others = Object.entries(baselines).filter(([name]) => name in against);
  return {
    kind: 'table',
    caption: {
      en: 'On the same held-out rows. ↑: more is better, ↓: less is better. In brackets: 95% intervals.',
      zh: '同一批留出数据。↑ 越大越好，↓ 越小越好。括号内为 95% 区间。',
    },
    columns: [
      { label: { en: 'Figure', zh: '指标' } },
      { label: { en: 'This model', zh: '本模型' }, align: 'right' },
      ...others.map(([name]) => ({ label: capitalized(baselineName(name)), align: 'right' as const })),
    ],
    rows: [metric, ...names.filter((name) => name !== metric)].map((name) => {
      const { title, format, isGain } = metricOf(name);
      const arrow = isGain ? '↑' : '↓';
      const estimate = { value: metrics[name]!, interval: interval[name]! };
      return [
        { en: `${capitalized(title).en}\u00a0${arrow}`, zh: `${title.zh}\u00a0${arrow}` },
        withInterval(estimate, format),
        ...others.map(([, scores]) => (scores[name] === undefined ? NOTHING : format(scores[name]))),
      ];
    }),
  };
}

function classBlocks(detail: ClassDetail, { metrics }: TableEvaluation, target: string): Block[] {
  const names = detail.classes.map((name) => same(shortened(name, LABEL_WIDTH)));
  const quoted = names.map(({ en }) => same(`“${en}”`));
  return [
    {
      kind: 'table',
      caption: { en: `By class of ${target}`, zh: `${target} 的各类别` },
      columns: [
        { label: { en: 'Class', zh: '类别' } },
        { label: { en: 'Share of rows', zh: '占比' }, align: 'right' },
        {
          label: { en: 'Right when said (precision)', zh: '判为此类时正确（精确率）' },
          align: 'right',
        },
        { label: { en: 'Found (recall)', zh: '找出（召回率）' }, align: 'right' },
      ],
      rows: detail.perClass
        .slice(0, MOST_CLASSES)
        .map(({ base, precision, recall }, k) => [
          names[k]!,
          percent(base),
          precision ? withInterval(precision, percent) : NOTHING,
          recall ? withInterval(recall, percent) : NOTHING,
        ]),
    },
    confusionBlock(detail, quoted),
    reliabilityBlock(detail, quoted, ROW_WORDS.rows),
    text({
      en: `Its probabilities are off by ${percent(metrics.calibrationError!)} on average.`,
      zh: `其概率平均偏差 ${percent(metrics.calibrationError!)}。`,
    }),
  ];
}

function numberBlocks({ points, tenths }: NumberDetail, target: string): Block[] {
  const scatter = chartBlock(
    {
      en: `Actual against predicted ${target}, of ${count(points.length)} held-out rows. On the dashed line, the answer is right.`,
      zh: `${count(points.length)} 行留出数据的 ${target}：实际值与预测值。落在虚线上表示答案正确。`,
    },
    {
      kind: 'scatter',
      x: { en: 'Predicted', zh: '预测' },
      y: { en: 'Actual', zh: '实际' },
      points: points.map(([actual, predicted]) => [predicted, actual] as const),
    },
  );
  if (tenths.length === 0) return [scatter];
  const series = (name: Localized, of: 'predicted' | 'actual') => ({
    name,
    values: tenths.map((tenth) => tenth[of]),
  });
  return [
    scatter,
    chartBlock(
      {
        en: `Mean actual and predicted ${target}, the held-out rows in tenths from the lowest to the highest answer. Where the lines part, answers are too high or too low.`,
        zh: `将留出数据按答案从低到高分为十份，各份 ${target} 的实际与预测平均值。两线分开处，答案偏高或偏低。`,
      },
      {
        kind: 'line',
        x: { kind: 'category', values: tenths.map((_, i) => String(i + 1)) },
        y: { fromZero: false },
        series: [
          series({ en: 'Predicted', zh: '预测' }, 'predicted'),
          series({ en: 'Actual', zh: '实际' }, 'actual'),
        ],
      },
      300,
    ),
  ];
}

const MOST_OTHERS = 10;
const WHY_WORSE: Readonly<Record<TableEvaluation['detail']['kind'], Localized>> = {
  classes: {
    en: 'It is also worse than its own probabilities promise for these rows, so they are not just harder by nature: it is surer of them than it may be. Look at such rows, and have their answers checked.',
    zh: '其表现也差于模型对这些行给出的概率所承诺的水平，因此并非这些行本来就难判：模型对它们过于自信。请查看这些行，并人工复核其答案。',
  },
  numbers: {
    en: 'Some of it is natural: large numbers are missed by more. Where it matters to you, look at such rows, and have their answers checked.',
    zh: '其中一部分是正常的：数值大的行误差也更大。如果某一类对您很重要，请查看这些行，并人工复核其答案。',
  },
};

/** Nothing where there are no parts to look at. */
export function slicesSection(evaluation: TableEvaluation): Section[] {
  const { slices, sliceMetric } = evaluation;
  const { title, format } = metricOf(sliceMetric);
  const worse = worstFirst(slices.filter(({ isWorse }) => isWorse));
  const others = worstFirst(slices.filter(({ isWorse }) => !isWorse));
  const table = (of: typeof slices, caption: Localized): Block[] =>
    of.length > 0 ? [sliceBlock(capitalized(title), of.slice(0, MOST_SLICES), format, caption)] : [];
  if (slices.length === 0) return [];
  return [
    {
      id: 'slices',
      title: { en: 'For whom it is worse', zh: '对谁效果较差' },
      blocks: [
        ...slicesInWords(evaluation).map(text),
        ...(worse.length > 0 ? [text(WHY_WORSE[evaluation.detail.kind])] : []),
        ...table(worse, { en: 'Worse than on all rows, beyond chance', zh: '显著差于整体' }),
        ...table(others.slice(0, MOST_OTHERS), {
          en: 'Not worse than to be expected of such rows, as far as can be told',
          zh: '未发现差于此类行应有的水平',
        }),
      ],
    },
  ];
}
