/** Requests to a finished demand run, and its answers. */
import { z } from 'zod';
import { CLAUSE_POLARITIES } from './clause-sentiment/posterior.ts';

const MOST_TEXTS = 1000;
export const LONGEST_TEXT = 20_000;

export const Request = z.strictObject({
  texts: z.array(z.string().max(LONGEST_TEXT)).min(1).max(MOST_TEXTS),
});
export type Request = z.infer<typeof Request>;

/** What is said of one text. */
export const Answer = z.object({
  /** Null where the run learnt no sentiment. */
  sentiment: z.enum(['satisfied', 'dissatisfied']).nullable(),
  /** The probability of being satisfied. */
  satisfied: z.number().min(0).max(1).nullable(),
  /** What the text is about as a whole first, then by how much of the text speaks of it. */
  themes: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      clauses: z.array(
        z.object({
          text: z.string(),
          /** The probability of praise if the clause is praise or complaint. */
          satisfied: z.number().min(0).max(1).nullable(),
          /** Null where the run learnt no sentiment, or is of before clauses could be neutral. */
          polarity: z.enum(CLAUSE_POLARITIES).nullable(),
        }),
      ),
    }),
  ),
});
export type Answer = z.infer<typeof Answer>;
