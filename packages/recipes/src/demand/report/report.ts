/** The demand report: what customers need, what to do about it, and how sure that is. */
import { count, joined, type Localized, percent, plural } from '@gradus/base';
import type { Block, Quote, Report, Section } from '@gradus/report';
import { type ClassifierEvaluation, classifierSection } from '@gradus/tasks';
import type { DemandAnalysis } from '../analysis/findings.ts';
import type { Since } from '../analysis/since.ts';
import { headingOf } from '../row-noun.ts';
import { REVIEW_WORDS, SENTIMENT_NAMES } from '../sentiment.ts';
import { complaintSection } from './complaints.ts';
import { dataSection } from './data.ts';
import type { DataSummary } from './data-summary.ts';
import { definitions } from './definitions.ts';
import { overview } from './overview.ts';
import { productSection } from './products.ts';
import type { ReviewTexts } from './quotes.ts';
import { segmentSection } from './segments.ts';
import { sinceSection } from './since.ts';
import { themeTree } from './theme-tree.ts';
import { trendSection } from './trends.ts';
import { voiceSection } from './voices.ts';
import { strengthsToProtect, whatToDo } from './what-to-do.ts';

interface Told {
  readonly analysis: DemandAnalysis;
  readonly evaluation: ClassifierEvaluation | null;
  readonly data: DataSummary;
  readonly texts: ReviewTexts;
}

type SectionOf = (told: Told) => Section | null;

/** In reading order; a section without anything to show is left out. */
const SECTIONS: readonly SectionOf[] = [
  ({ analysis, evaluation, data }) => overview(analysis, evaluation, data),
  ({ analysis, texts }) => whatToDo(analysis, texts),
  ({ analysis, texts }) => complaintSection(analysis, texts),
  ({ analysis, texts }) => strengthsToProtect(analysis, texts),
  ({ analysis, texts }) => voiceSection(analysis, texts),
  ({ analysis }) => trendSection(analysis),
  ({ analysis }) => productSection(analysis),
  ({ analysis }) => segmentSection(analysis),
  ({ analysis, texts }) => themeTree(analysis, texts),
  ({ evaluation }) =>
    evaluation &&
    classifierSection(evaluation, {
      title: { en: 'Sentiment model', zh: '情感模型' },
      classes: SENTIMENT_NAMES,
      words: REVIEW_WORDS,
    }),
  ({ data }) => dataSection(data),
  ({ analysis }) => definitions(analysis),
];

/** @param evaluation null where the file gives nothing to learn sentiment from */
export function demandReport(
  analysis: DemandAnalysis,
  evaluation: ClassifierEvaluation | null,
  data: DataSummary,
  since: Since | null = null,
  texts: ReviewTexts = new Map(),
): Report {
  const told = { analysis, evaluation, data, texts };
  const found = SECTIONS.flatMap((section) => section(told) ?? []);
  const cited = citedRows(found, texts, analysis.noun);
  const sections = cited ? [...found, cited] : found;
  return {
    title: { en: `Customer needs: ${data.file}`, zh: `客户需求：${data.file}` },
    lead: leadOf(analysis, evaluation),
    sections: since ? sections.toSpliced(AFTER_ACTIONS, 0, sinceSection(since, analysis)) : sections,
  };
}

/** The whole text of every row that is quoted. */
function citedRows(sections: readonly Section[], texts: ReviewTexts, noun: Localized): Section | null {
  const rows = new Set<number>();
  const note = (items: readonly Quote[]) => {
    for (const { row, isCited } of items) if (isCited) rows.add(row);
  };
  const visit = (block: Block): void => {
    if (block.kind === 'quotes') note(block.items);
    if (block.kind === 'finding') note(block.quotes);
    if (block.kind === 'finding') block.more.forEach(visit);
    if (block.kind === 'details') block.blocks.forEach(visit);
  };
  for (const { blocks } of sections) blocks.forEach(visit);
  if (rows.size === 0) return null;
  const items = [...rows].sort((a, b) => a - b).map((row) => ({ row, text: texts.get(row)! }));
  return {
    id: 'reviews',
    title: { en: `${headingOf(noun).en} quoted`, zh: `引用的${noun.zh}` },
    blocks: [
      {
        kind: 'details',
        summary: {
          en: `${count(items.length)} whole ${noun.en}s`,
          zh: `${count(items.length)} 条${noun.zh}全文`,
        },
        blocks: [{ kind: 'reviews', items }],
      },
    ],
  };
}

/** Where what has changed stands: behind what to do, and how often and how bad things are. */
const AFTER_ACTIONS = 3;

function leadOf(
  { noun, reviews, themes, actions, isUnproven }: DemandAnalysis,
  evaluation: ClassifierEvaluation | null,
): Localized {
  const specific = themes.filter((theme) => !theme.general).length;
  const first = actions[0];
  const sentences: Localized[] = [
    {
      en: `${plural(reviews, noun.en)}, ${plural(specific, 'theme')}.`,
      zh: `${count(reviews)} 条${noun.zh}，${specific} 个主题。`,
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
