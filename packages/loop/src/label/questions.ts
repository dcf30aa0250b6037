/**
 * Questions as a CSV file that people fill in: one row each, with an empty column `label`. The row's number and a fingerprint
 * of what it holds come back with the answer, so that an answer never lands on another row.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import type { Language } from '@gradus/base';
import { UserError } from '@gradus/base';
import { writeWhole } from '@gradus/base/files';
import { csvText, harmless, readEveryRow } from '@gradus/data';
import type { Question } from './propose.ts';

const QUESTION_COLUMNS = ['row', 'check', 'read', 'suggested', 'probability', 'why', 'label'] as const;

/** @throws UserError where there is a file of that name that people have put something into, which would be lost */
export async function refuseAnswered(path: string): Promise<void> {
  if (!existsSync(path)) return;
  const answered = await countAnswers(path);
  if (answered === 0) return;
  const reads = `--answers ${basename(path)}`;
  throw new UserError(
    answered === undefined
      ? {
          en: `${path} is no file of questions, which would be lost. Read them in with ${reads}, or move the file away.`,
          zh: `${path} 不是问题文件，写入会丢失其内容。请用 ${reads} 读入，或移走该文件。`,
        }
      : {
          en: `${path} has ${answered} answers in it, which would be lost. Read them in with ${reads}, or move the file away.`,
          zh: `${path} 中有 ${answered} 个答案，写入会丢失。请用 ${reads} 读入，或移走该文件。`,
        },
  );
}

export function writeQuestions(path: string, questions: readonly Question[], language: Language): void {
  const rows = questions.map(({ row, check, read, suggested = '', probability, why }) => [
    String(row),
    check,
    harmless(read),
    harmless(suggested),
    probability === undefined ? '' : probability.toFixed(2),
    why[language],
    '',
  ]);
  writeWhole(path, csvText([QUESTION_COLUMNS, ...rows]));
}

/** Undefined where it holds no questions. */
async function countAnswers(path: string): Promise<number | undefined> {
  try {
    const { columns, rows } = await readEveryRow(path);
    const at = QUESTION_COLUMNS.map((name) => columns.indexOf(name));
    if (at.includes(-1)) return undefined;
    return rows.filter(({ cells }) => (cells[at.at(-1)!] ?? '').trim() !== '').length;
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
