/** What a language model was asked and shown in a run, and what of its answers stayed. */
import { z } from 'zod';

export const LanguageModelSummary = z
  .object({
    model: z.string(),
    host: z.string().nullable(),
    asked: z.number(),
    kept: z.number(),
    failed: z.number(),
    unreadable: z.number(),
    promptTokens: z.number(),
    answerTokens: z.number(),
    rowsShown: z.array(z.number()).readonly(),
    accepted: z.record(z.string(), z.number()).readonly(),
    dropped: z.record(z.string(), z.number()).readonly(),
    /** Mean log loss of the file's own labels, of reviews not learnt from, without the clauses that it labelled and with them. */
    labelGain: z
      .object({
        labels: z.number(),
        without: z.number(),
        with: z.number(),
        standardError: z.number(),
        isUsed: z.boolean(),
      })
      .readonly()
      .exactOptional(),
  })
  .readonly();
