/**
 * Which columns hold what was said and what was heard, where no name of theirs is known: two columns of sentences that are nearly the same
 * word for word, of which the names say which one a machine wrote.
 */
import type { Localized } from '@gradus/base';
import { errorCount, speechTokens, wordErrors } from '@gradus/data';
import { cellsOf } from './columns.ts';
import type { EvidenceTable } from './evidence.ts';
import { labelPairs } from './labels.ts';

export interface SpokenColumns {
  readonly reference?: string;
  readonly hypothesis?: string;
}

/** Rows that are looked at, and those with two sentences that are needed. */
const MOST_ROWS = 200;
const FEWEST_ROWS = 3;
/** Sentences that differ in more than this share of their words are no two accounts of one. */
const MOST_ERRORS = 0.6;
/** A column of fewer tokens a cell holds labels. */
const FEWEST_TOKENS = 2;
export const SPEECH =
  /asr|stt|speech|voice|audio|wav|mic|utter|recogn|heard|spoken|transcri|语音|识别|转写|录音|音频|麦克风/i;
const MACHINE =
  /asr|stt|hyp|pred|recogn|heard|system|output|auto|machine|model|result|whisper|识别|预测|机器|系统|模型|结果/i;
export const PERSON =
  /ref|gold|truth|true|human|manual|expected|correct|actual|said|spoken|transcri|标准|人工|标注|正确|参考|实际|原/i;

/** @returns what is missing of `known`, where names and contents tell it */
export function guessedSpoken(table: EvidenceTable, known: SpokenColumns): SpokenColumns {
  if (known.reference !== undefined && known.hypothesis !== undefined) return {};
  // Elsewhere two texts that are alike may be an answer and the one that was hoped for.
  if (!table.columns.some((name) => SPEECH.test(name)) && labelPairs(table, new Set()).length === 0)
    return {};
  const sentences = sentenceColumns(table);
  const isMachine = (name: string) => MACHINE.test(name);
  const isPerson = (name: string) =>
    PERSON.test(name) && !/asr|stt|hyp|pred|auto|machine|识别|预测|机器/i.test(name);
  const said = known.reference === undefined ? sentences.filter(isPerson) : [known.reference];
  const heard = known.hypothesis === undefined ? sentences.filter(isMachine) : [known.hypothesis];
  for (const reference of said) {
    for (const hypothesis of heard) {
      if (reference === hypothesis || !areAlike(table, reference, hypothesis)) continue;
      return {
        ...(known.reference === undefined && { reference }),
        ...(known.hypothesis === undefined && { hypothesis }),
      };
    }
  }
  return {};
}

export function sentenceColumns(table: EvidenceTable): string[] {
  return table.columns.filter((name) => {
    const cell = cellsOf(table, name);
    const counts = table.rows
      .slice(0, MOST_ROWS)
      .map((_, row) => cell(row))
      .filter((text) => text.trim() !== '')
      .map((text) => (/\p{L}/u.test(text) ? speechTokens(text).length : 0));
    return counts.length > 0 && counts.reduce((a, b) => a + b, 0) >= FEWEST_TOKENS * counts.length;
  });
}

export function areAlike(table: EvidenceTable, reference: string, hypothesis: string): boolean {
  const [said, heard] = [cellsOf(table, reference), cellsOf(table, hypothesis)];
  let [rows, errors, tokens] = [0, 0, 0];
  for (let row = 0; row < Math.min(MOST_ROWS, table.rows.length); row++) {
    const [own, other] = [speechTokens(said(row)), speechTokens(heard(row))];
    if (own.length === 0 || other.length === 0) continue;
    rows++;
    tokens += own.length;
    errors += Math.min(own.length, errorCount(wordErrors(own, other)));
  }
  return rows >= FEWEST_ROWS && errors <= MOST_ERRORS * tokens;
}

/** For people to confirm. */
export const guessedNote = ({ reference, hypothesis }: Required<SpokenColumns>): Localized => ({
  en: `By their names and contents "${reference}" is taken for what was said and "${hypothesis}" for what was heard. If that is wrong, say it in the standard: columns: {reference: NAME, hypothesis: NAME}.`,
  zh: `根据列名和内容，“${reference}”视为原话，“${hypothesis}”视为识别结果。如有误，请在标准中指明：columns: {reference: 列名, hypothesis: 列名}。`,
});
