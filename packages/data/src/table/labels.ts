/** Labels of satisfaction: what one says, and what the labels of a column mean together. */

import { isNoAnswer } from '../text/no-answer.ts';
import { type Answer, parseAnswer } from './answer-words.ts';

export type Label = 'satisfied' | 'dissatisfied' | 'neutral';

const NUMBERS: Readonly<Record<string, Label>> = { 1: 'satisfied', 0: 'dissatisfied', '-1': 'dissatisfied' };

/** What a single label says, a number being 1 or 0; undefined where it says nothing. */
export function parseLabel(cell: string): Label | undefined {
  const number = numberOf(cell);
  if (number !== undefined) return NUMBERS[number];
  const answer = parseAnswer(cell);
  return answer && labelOf(answer.level);
}

const labelOf = (level: number): Label => (level > 0 ? 'satisfied' : level < 0 ? 'dissatisfied' : 'neutral');

const numberOf = (cell: string): number | undefined => {
  const text = cell.trim().normalize('NFKC');
  return /^[-+−]?\d+(?:\.0+)?$/.test(text) ? Number(text.replace('−', '-')) : undefined;
};

/**
 * Codings of labels as numbers, lowest first: data sets of sentiment use these and hardly any other. 1 and 2 alone are none: some
 * call the better one 1, some 2.
 */
const CODINGS: readonly { values: readonly number[]; labels: Readonly<Record<number, Label>> }[] = [
  { values: [0, 1], labels: { 0: 'dissatisfied', 1: 'satisfied' } },
  { values: [-1, 0, 1], labels: { [-1]: 'dissatisfied', 0: 'neutral', 1: 'satisfied' } },
  { values: [0, 1, 2], labels: { 0: 'dissatisfied', 1: 'neutral', 2: 'satisfied' } },
  { values: [0, 2, 4], labels: { 0: 'dissatisfied', 2: 'neutral', 4: 'satisfied' } },
];

export interface LabelColumn {
  /** By cell; undefined where it says nothing. */
  readonly labels: readonly (Label | undefined)[];
  /** Cells that hold something, "no answer" apart. */
  readonly said: number;
  /** Cells among them that could not be read. */
  readonly unread: number;
  /** The commonest of these. */
  readonly examples: readonly string[];
  /** Numbers that stand for labels: two opposites, perhaps with a middle, or steps that any classes could have (0, 1, 2). */
  readonly coding: 'opposites' | 'steps' | null;
  /** Whether the words say it whatever the column is called. */
  readonly bearsFeeling: boolean;
}

/** Reads a column of labels as words, or as numbers of a coding that is known. */
export function readLabels(cells: readonly string[]): LabelColumn {
  const said = cells.map((cell) => cell.trim() !== '' && !isNoAnswer(cell));
  const numbers = cells.map((cell, i) => (said[i] ? numberOf(cell) : undefined));
  const values = new Set(numbers.filter((value) => value !== undefined));
  const coding = CODINGS.find(
    ({ values: own }, i) =>
      [...values].every((value) => own.includes(value)) && (i === 0 || values.has(own[0]!)),
  );
  const answers = cells.map((cell, i) =>
    said[i] && numbers[i] === undefined ? parseAnswer(cell) : undefined,
  );
  const labels = cells.map((_, i) => {
    const answer = answers[i];
    if (answer) return labelOf(answer.level);
    const number = numbers[i];
    return number === undefined ? undefined : coding?.labels[number];
  });
  const unread = cells.filter((_, i) => said[i] && labels[i] === undefined);
  return {
    labels,
    said: said.filter(Boolean).length,
    unread: unread.length,
    examples: commonest(unread),
    coding: values.size === 0 || !coding ? null : coding.values.includes(2) ? 'steps' : 'opposites',
    bearsFeeling: bearsFeeling(answers),
  };
}

/** Most answers that take a side are words of feeling: "Good" among "Fair" and "Very good" may be the condition of goods. */
function bearsFeeling(answers: readonly (Answer | undefined)[]): boolean {
  const sides = answers.filter((answer) => answer && answer.level !== 0);
  return (
    sides.length > 0 && sides.filter((answer) => answer!.bearing === 'feeling').length * 2 > sides.length
  );
}

const MOST_EXAMPLES = 5;

/** The different values, the commonest first. */
export function commonest(cells: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell.trim(), (counts.get(cell.trim()) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_EXAMPLES)
    .map(([cell]) => cell);
}
