import { count, decimals, percent, plural } from '@gradus/base';
import type { Figure, Section } from '@gradus/report';
import type { ClassifierEvaluation } from '@gradus/tasks';
import type { DemandAnalysis } from '../analysis/findings.ts';
import { headingOf } from '../row-noun.ts';
import type { DataSummary } from './data-summary.ts';

/** Warnings that stand open, the gravest first; behind a wall of them nobody finds the rest of the report. */
const OPEN_NOTES = 3;

/** Headline figures, then the warnings. */
export function overview(
  analysis: DemandAnalysis,
  evaluation: ClassifierEvaluation | null,
  data: DataSummary,
): Section {
  const specific = analysis.themes.filter((theme) => !theme.general);
  const figures: (Figure | null)[] = [
    {
      label: headingOf(analysis.noun),
      value: count(analysis.reviews),
      detail: {
        en: `of ${count(data.rows.read)} rows read; ${count(data.rows.setAside)} set aside`,
        zh: `共读取 ${count(data.rows.read)} 行，搁置 ${count(data.rows.setAside)} 行`,
      },
    },
    analysis.satisfied && {
      label: { en: 'Satisfied', zh: '满意' },
      value: percent(analysis.satisfied.value),
      detail: {
        en: `of reviews; 95% interval ${analysis.satisfied.interval.map(percent).join(' – ')}`,
        zh: `占全部评价；95% 区间 ${analysis.satisfied.interval.map(percent).join(' – ')}`,
      },
    },
    analysis.outcome?.source === 'rating'
      ? {
          label: { en: 'Mean rating', zh: '平均评分' },
          value: decimals(analysis.outcome.mean),
          detail: {
            en: `ratings in the file: ${analysis.outcome.low} to ${analysis.outcome.high}`,
            zh: `文件中的评分范围为 ${analysis.outcome.low} 至 ${analysis.outcome.high}`,
          },
        }
      : null,
    {
      label: { en: 'Themes', zh: '主题' },
      value: count(specific.length),
      detail: {
        en: `covering ${percent(1 - analysis.withoutTheme)} of ${count(analysis.clauses)} clauses`,
        zh: `覆盖 ${count(analysis.clauses)} 个分句中的 ${percent(1 - analysis.withoutTheme)}`,
      },
    },
    evaluation && !analysis.isUnproven
      ? {
          label: { en: 'Sentiment model', zh: '情感模型' },
          value: percent(evaluation.accuracy.value),
          detail: {
            en: `accuracy on ${count(evaluation.n)} held-out reviews; 95% interval ${evaluation.accuracy.interval.map(percent).join(' – ')}`,
            zh: `在 ${count(evaluation.n)} 条留出评价上的准确率；95% 区间 ${evaluation.accuracy.interval.map(percent).join(' – ')}`,
          },
        }
      : null,
  ];
  const notes = analysis.warnings.map(({ text }) => ({ kind: 'note', tone: 'warning', text }) as const);
  return {
    id: 'overview',
    title: { en: 'Overview', zh: '概览' },
    blocks: [
      { kind: 'figures', items: figures.filter((figure) => figure !== null) },
      ...notes.slice(0, OPEN_NOTES),
      ...(notes.length > OPEN_NOTES
        ? [
            {
              kind: 'details',
              summary: {
                en: `${plural(notes.length - OPEN_NOTES, 'more note')} on these data`,
                zh: `关于这份数据的另外 ${count(notes.length - OPEN_NOTES)} 点说明`,
              },
              blocks: notes.slice(OPEN_NOTES),
            } as const,
          ]
        : []),
    ],
  };
}
