/**
 * A language model says of single clauses whether they complain or praise, so that evidence of clauses is learnt from some that were labelled by themselves.
 * Whether that is of any use is for the file's own labels to say (clause-sentiment/evidence.ts), not for the model. Only reviews that are
 * learnt from are shown, one clause of each, so that an answer's row says which clause it is about.
 */
import type { Random } from '@gradus/base';
import { z } from 'zod';
import type { LabelledClause } from '../clause-sentiment/evidence.ts';
import { clausesOf } from '../clauses.ts';
import { type Drafting, shown } from './ask.ts';

const MOST_CLAUSES = 500;
const CLAUSES_A_QUESTION = 20;
/** A review of one clause is labelled already; a longer clause would not be shown whole. */
const FEWEST_CLAUSES = 2;
const LONGEST = 200;
const SHORTEST = 3;

const ROWS = z.array(z.int()).max(CLAUSES_A_QUESTION);
const LABELS = z.object({
  complaint: ROWS.describe('numbers of rows that say something bad'),
  praise: ROWS.describe('numbers of rows that say something good'),
  neither: ROWS.describe('numbers of rows that tell circumstances and judge nothing'),
});
const TASK = `Each row is one clause of a review. Judge each by itself: does it say something bad of what was bought or of how customers were served (complaint), something good (praise), or does it judge nothing (neither)?
Put the number of every row into exactly one of the three lists.`;

export interface TextToLabel {
  /** Index into the texts learnt from. */
  readonly of: number;
  /** The row that it is shown under; each has one of its own. */
  readonly row: number;
  readonly text: string;
}

export async function labelClauses(
  drafting: Drafting,
  texts: readonly TextToLabel[],
  random: Random,
): Promise<LabelledClause[]> {
  const chosen = random
    .shuffle([...texts])
    .flatMap(({ text, ...place }) => {
      const clauses = clausesOf(text);
      const own = clauses.filter(({ length }) => length >= SHORTEST && length <= LONGEST);
      return clauses.length < FEWEST_CLAUSES || own.length === 0
        ? []
        : [{ ...place, text: own[random.below(own.length)]! }];
    })
    .slice(0, MOST_CLAUSES);
  const labelled: LabelledClause[] = [];
  for (let from = 0; from < chosen.length; from += CLAUSES_A_QUESTION) {
    const asked = chosen.slice(from, from + CLAUSES_A_QUESTION);
    const answer = await drafting.ask(
      TASK,
      asked.map(({ row, text }) => ({ row, text: shown(text) })),
      LABELS,
    );
    if (!answer) continue;
    for (const { of, row, text } of asked) {
      const lists = (['complaint', 'praise', 'neither'] as const).filter((list) =>
        answer[list].includes(row),
      );
      if (lists.length !== 1) drafting.drop('form');
      else {
        drafting.accept('labels');
        if (lists[0] !== 'neither') labelled.push({ of, text, label: lists[0] === 'praise' ? 1 : 0 });
      }
    }
  }
  return labelled;
}
