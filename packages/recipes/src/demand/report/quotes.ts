/** Quotes of a report: whole where the review is short, each linked to the review's whole text at the end of the report. */
import type { Quote } from '@gradus/report';
import type { Evidence } from '../analysis/evidence.ts';

/** The texts of the file's reviews, by row. */
export type ReviewTexts = ReadonlyMap<number, string>;

/** A review no longer than this, in characters (a Han one counts for two), is quoted whole. */
const SHORT = 160;

export const quoted = (evidence: readonly Evidence[], texts: ReviewTexts): Quote[] =>
  evidence.map(({ row, text }) => {
    const whole = texts.get(row);
    if (whole === undefined) return { row, text };
    if (lengthOf(whole) > SHORT) return { row, text, isCited: true };
    // Of a review that says several things, the reader sees at once which is meant.
    const stress = text.trim();
    return { row, text: whole, isCited: true, ...(stress !== whole.trim() && { stress }) };
  });

const lengthOf = (text: string): number => text.length + (text.match(/\p{Script=Han}/gu)?.length ?? 0);
