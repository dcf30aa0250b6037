/**
 * A model as judge of answers, measured before it is believed (measures.ts). Pairs are shown in both orders, and the verdict is that of
 * both together, so that no place is an advantage.
 */
import { z } from 'zod';
import { checkedFields } from '../json.ts';
import { type JudgeMeasures, judgeMeasures, type Verdict } from './measures.ts';
import type { Judge } from './model-judge.ts';
import { type JudgedRow, type JudgedRows, readJudged } from './rows.ts';

export const JUDGE = z.strictObject({
  /** What makes an answer good, in a sentence. */
  criterion: z.string().min(1).max(10_000).default('It answers the question correctly and helpfully.'),
  seed: z.union([z.int(), z.string().max(1000)]).default(0),
});

export type JudgeOptions = z.input<typeof JUDGE> & {
  readonly signal?: AbortSignal;
  onRow?(done: number, all: number): void;
};

export interface Judgement extends JudgeMeasures {
  readonly kind: JudgedRows['kind'];
  readonly setAside: JudgedRows['setAside'];
  readonly verdicts: readonly Verdict[];
}

const PASSES = ['no', 'yes'] as const;
const PLACES = ['1', '2'] as const;

/** @throws UserError where the file has none of the columns, or the judge does not answer */
export async function judge(
  asked: Judge,
  data: string,
  { signal, onRow, ...given }: JudgeOptions = {},
): Promise<Judgement> {
  const { criterion, seed } = checkedFields('judge', given, JUDGE);
  const { kind, rows, setAside } = await readJudged(data, signal);
  const verdicts: Verdict[] = [];
  for (const row of rows) {
    signal?.throwIfAborted();
    verdicts.push(await (kind === 'pair' ? ofPair(asked, row, criterion) : ofAnswer(asked, row, criterion)));
    onRow?.(verdicts.length, rows.length);
  }
  return { kind, setAside, verdicts, ...judgeMeasures(verdicts, seed) };
}

async function ofAnswer(asked: Judge, row: JudgedRow, criterion: string): Promise<Verdict> {
  const question = [
    'You judge an answer by one criterion.',
    `Criterion: ${criterion}`,
    `Question:\n${row.input}`,
    `Answer:\n${row.outputs[0]}`,
    'Does the answer meet the criterion? Say one word, yes or no:',
  ].join('\n\n');
  const probability = await asked.ask(question, PASSES);
  return { row, ...decided(probability) };
}

async function ofPair(asked: Judge, row: JudgedRow, criterion: string): Promise<Verdict> {
  const [first, second] = row.outputs as readonly [string, string];
  const question = (one: string, other: string) =>
    [
      'You compare two answers by one criterion.',
      `Criterion: ${criterion}`,
      `Question:\n${row.input}`,
      `Answer 1:\n${one}`,
      `Answer 2:\n${other}`,
      'Which answer is better? Say one number, 1 or 2:',
    ].join('\n\n');
  const asIs = await asked.ask(question(first, second), PLACES);
  const place = await asked.ask(question(second, first), PLACES);
  const swapped = place === undefined ? undefined : 1 - place;
  const together = asIs === undefined || swapped === undefined ? undefined : (asIs + swapped) / 2;
  return { row, ...decided(together), shown: [decided(asIs).said, decided(swapped).said] };
}

/** Exactly even is no verdict. */
const decided = (probability: number | undefined): Pick<Verdict, 'said' | 'probability'> =>
  probability === undefined
    ? {}
    : { probability, ...(probability !== 0.5 && { said: probability > 0.5 ? 1 : 0 }) };
