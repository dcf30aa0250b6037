/**
 * The titles of actions in a language model's words, where the rows bear them out: in the rows' own language by their words, in the other by the
 * need that the recipe's lexicon reads in it. The recipe's own title stands wherever a draft does not.
 */
import { joined } from '@gradus/base';
import { languageOf } from '@gradus/data';
import { type CitedRow, type DraftLanguage, dropReason, FEWEST_CITED, isPlain } from '@gradus/tasks';
import { z } from 'zod';
import type { Action, DemandAnalysis } from '../analysis/findings.ts';
import { readClause } from '../needs/read-clause.ts';
import type { Clause, Review } from '../review.ts';
import { type Drafting, shown } from './ask.ts';

const MOST_ROWS = 12;

const TITLE = z.object({
  en: z.string().max(400).describe('the title in English'),
  zh: z.string().max(400).describe('the title in Chinese'),
  rows: z.array(z.int()).max(50).describe('numbers of rows that say it'),
});

export async function wordActions(
  drafting: Drafting,
  analysis: DemandAnalysis,
  reviews: readonly Review[],
  clauses: readonly Clause[],
): Promise<DemandAnalysis> {
  const actions: Action[] = [];
  for (const action of analysis.actions)
    actions.push(await wordedAction(drafting, action, complaintsOf(action, analysis, reviews, clauses)));
  return { ...analysis, actions };
}

async function wordedAction(drafting: Drafting, action: Action, rows: readonly CitedRow[]): Promise<Action> {
  if (rows.length < FEWEST_CITED) return action;
  const draft = await drafting.ask(
    `All these rows complain of the same thing: ${action.title.en}
Write the title of a task for the product team: what to do about it and what exactly is wrong, at most 12 words, in English (en) and in Chinese (zh), with the rows that say it.`,
    rows,
    TITLE,
  );
  if (!draft) return action;
  const cited = rows.filter(({ row }) => draft.rows.includes(row));
  const title = { ...action.title };
  let isWorded = false;
  for (const language of ['en', 'zh'] as const) {
    const sentence = draft[language].trim();
    const own = cited.filter(({ text }) => languageOf(text) === language);
    const reason =
      own.length >= FEWEST_CITED
        ? dropReason(sentence, language, own)
        : cited.length < FEWEST_CITED
          ? 'few'
          : translationReason(sentence, language, action);
    if (reason) {
      drafting.drop(reason);
      continue;
    }
    title[language] = sentence;
    isWorded = true;
  }
  if (!isWorded) return action;
  drafting.accept('titles');
  const rowsCited = cited.map(({ row }) => row);
  const look = joined([
    action.look,
    {
      en: `Worded by the language model from rows ${rowsCited.join(', ')}; without it: “${action.title.en}”.`,
      zh: `标题由语言模型根据第 ${rowsCited.join('、')} 行撰写；原标题：“${action.title.zh}”。`,
    },
  ]);
  return { ...action, title, look, draftedFrom: rowsCited };
}

/** A sentence of another language than its rows must be read as a complaint about the same need. */
function translationReason(sentence: string, language: DraftLanguage, { theme }: Action) {
  if (!isPlain(sentence, language)) return 'form';
  const { needs, statements } = readClause(sentence, language);
  const isOfNeed =
    needs.some(({ need }) => need.id === theme) || statements.some(({ need }) => need?.id === theme);
  return isOfNeed ? null : 'unsaid';
}

/** A clause a review, the quoted ones first. */
function complaintsOf(
  { point: id, evidence }: Action,
  { points }: DemandAnalysis,
  reviews: readonly Review[],
  clauses: readonly Clause[],
): CitedRow[] {
  const point = points.find((one) => one.id === id);
  const rows = new Map(evidence.map(({ row, text }) => [row, text]));
  for (const clause of point?.clauses ?? []) {
    if (rows.size >= MOST_ROWS) break;
    const { review, text } = clauses[clause]!;
    const { row } = reviews[review]!;
    if (!rows.has(row)) rows.set(row, text);
  }
  return [...rows].map(([row, text]) => ({ row, text: shown(text) }));
}
