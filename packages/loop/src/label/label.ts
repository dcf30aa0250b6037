/**
 * Labelling in rounds: a table, the rows of it that are worth asking about, the answers, a table with them in, and so on.
 *
 *     const { questions } = await label('reviews.csv');                 // writes reviews.csv.to-label.csv
 *     await label('reviews.csv', { answers: 'reviews.csv.to-label.csv' }) // writes reviews.labelled.csv, and asks again
 */
import { existsSync } from 'node:fs';
import type { Language } from '@gradus/base';
import { UserError } from '@gradus/base';
import { type Answers, readAnswers } from './answers.ts';
import { labelledPath, questionsPath, writeLabelled } from './files.ts';
import { type Proposal, propose, type Standing } from './propose.ts';
import { refuseAnswered, writeQuestions } from './questions.ts';
import { type LabelOptions, type LabelTable, openLabelTable } from './table.ts';

export interface LabelRoundOptions extends LabelOptions {
  /** A file of questions that has been filled in. */
  readonly answers?: string | undefined;
  /** Where the table is written with the answers in it; it must not exist. Default: beside the table. */
  readonly out?: string | undefined;
  /** Where the questions are written. Default: beside the table, or the table with the answers. */
  readonly questions?: string | undefined;
  /** Of the questions' reasons. Default English. */
  readonly language?: Language;
}

export interface LabelRound {
  readonly labelTable: LabelTable;
  readonly proposal: Proposal;
  /** Where the questions are, if any are left. */
  readonly questions?: string;
  /** Of a round with answers: what they were, the state before them, and the file that holds them. */
  readonly taken?: { readonly answers: Answers; readonly before: Standing; readonly file: string };
}

/** @throws UserError for files that cannot be used, naming the cause and the way out */
export async function label(file: string, options: LabelRoundOptions = {}): Promise<LabelRound> {
  const { answers: path, language = 'en' } = options;
  const labelTable = await openLabelTable(file, options);
  if (path === undefined) {
    const questions = options.questions ?? questionsPath(file);
    await refuseAnswered(questions);
    const proposal = propose(labelTable, labelTable.labels, options);
    return { labelTable, proposal, ...questionsFile(questions, proposal, language) };
  }
  const out = options.out ?? labelledPath(file);
  if (existsSync(out))
    throw new UserError({
      en: `${out} is there already, and is not written over. Name another file with --out.`,
      zh: `${out} 已存在，不会覆盖。请用 --out 指定另一个文件。`,
    });
  const questions = options.questions ?? questionsPath(out);
  await refuseAnswered(questions);
  const answers = await readAnswers(labelTable, path);
  const { standing: before } = propose(labelTable, labelTable.labels, options);
  const proposal = propose(labelTable, answers.labels, { ...options, settled: answers.rows });
  writeLabelled(out, labelTable, answers.labels);
  return {
    labelTable,
    proposal,
    taken: { answers, before, file: out },
    ...questionsFile(questions, proposal, language),
  };
}

function questionsFile(path: string, { questions }: Proposal, language: Language): { questions?: string } {
  if (questions.length === 0) return {};
  writeQuestions(path, questions, language);
  return { questions: path };
}
