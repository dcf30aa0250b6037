/** The demand report: what customers need, what to do about it, and how sure that is. */
import { count, joined, type Localized, percent, plural } from '@gradus/base';
import type { Report, Section } from '@gradus/report';
import { type ClassifierEvaluation, classifierSection } from '@gradus/tasks';
import type { DemandAnalysis } from '../analysis/findings.ts';
import type { Since } from '../analysis/since.ts';
import { REVIEW_WORDS, SENTIMENT_NAMES } from '../sentiment.ts';
import { dataSection } from './data.ts';
import type { DataSummary } from './data-summary.ts';
import { definitions } from './definitions.ts';
import { frequencyAgainstSeverity } from './frequency-severity.ts';
import { overview } from './overview.ts';
import { productSection } from './products.ts';
import { sinceSection } from './since.ts';
import { themeTable } from './theme-table.ts';
import { trendSection } from './trends.ts';
import { strengthsToProtect, whatToDo } from './what-to-do.ts';

type SectionOf = (
  analysis: DemandAnalysis,
  evaluation: ClassifierEvaluation | null,
  data: DataSummary,
) => Section | null;

/** In reading order; a section without anything to show is left out. */
const SECTIONS: readonly SectionOf[] = [
  overview,
  whatToDo,
  frequencyAgainstSeverity,
  strengthsToProtect,
  trendSection,
  productSection,
  themeTable,
  (_, evaluation) =>
    evaluation &&
    classifierSection(evaluation, {
      title: { en: 'Sentiment model', zh: '情感模型' },
      classes: SENTIMENT_NAMES,
      words: REVIEW_WORDS,
    }),
  (_, __, data) => dataSection(data),
  definitions,
];

/** @param evaluation null where the file gives nothing to learn sentiment from */
export function demandReport(
  analysis: DemandAnalysis,
  evaluation: ClassifierEvaluation | null,
  data: DataSummary,
  since: Since | null = null,
): Report {
  const sections = SECTIONS.flatMap((section) => section(analysis, evaluation, data) ?? []);
  return {
    title: { en: `Customer needs: ${data.file}`, zh: `客户需求：${data.file}` },
    lead: leadOf(analysis, evaluation),
    sections: since ? sections.toSpliced(AFTER_ACTIONS, 0, sinceSection(since, analysis)) : sections,
  };
}

/** Where what has changed stands: behind what to do, and how often and how bad things are. */
const AFTER_ACTIONS = 3;

function leadOf(
  { reviews, themes, actions, isUnproven }: DemandAnalysis,
  evaluation: ClassifierEvaluation | null,
): Localized {
  const specific = themes.filter((theme) => !theme.general).length;
  const first = actions[0];
  const sentences: Localized[] = [
    {
      en: `${plural(reviews, 'review')}, ${plural(specific, 'theme')}.`,
      zh: `${count(reviews)} 条评价，${specific} 个主题。`,
    },
  ];
  if (first) sentences.push({ en: `First action: ${first.title.en}.`, zh: `首要建议：${first.title.zh}。` });
  if (isUnproven) {
    sentences.push({
      en: 'Sentiment cannot be told from these reviews, so nothing is claimed from it.',
      zh: '无法从这些评价判断情感，因此不据此下结论。',
    });
  } else if (evaluation) {
    const accuracy = percent(evaluation.accuracy.value);
    sentences.push({
      en: `The sentiment model is right on ${accuracy} of the reviews that it has not seen.`,
      zh: `情感模型对未见过的评价的准确率为 ${accuracy}。`,
    });
  }
  return joined(sentences);
}
