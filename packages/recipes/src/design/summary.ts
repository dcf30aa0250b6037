/** The summary of a design run: what `--json` prints and run.json keeps. */
import { z } from 'zod';

const localized = z.object({ en: z.string(), zh: z.string() }).readonly();
const estimated = z.object({ value: z.number(), low: z.number(), high: z.number() }).readonly();
const four = z
  .object({ valid: estimated, like: estimated, new: estimated, diverse: estimated, n: z.number() })
  .readonly();

export const DesignSummary = z
  .object({
    metrics: z.record(z.string(), z.number()).readonly(),
    kind: z.enum(['names', 'levels']),
    learntFrom: z.number(),
    made: z.number(),
    valid: estimated,
    like: estimated,
    new: estimated,
    diverse: estimated,
    baselines: z.object({ ngram: four, recombination: four }).readonly(),
    ceiling: z.number(),
    /** Of the transformer in the mixture; 0 where the n-gram model alone is used. */
    weight: z.number(),
    miss: z.number().nullable(),
    refused: z.array(z.object({ reason: localized, count: z.number() }).readonly()).readonly(),
    setAside: z
      .array(
        z.object({ reason: localized, count: z.number(), where: z.array(z.string()).readonly() }).readonly(),
      )
      .readonly(),
    notes: z.array(localized).readonly(),
    /** In the run's directory. */
    files: z.array(z.string()).readonly(),
  })
  .readonly();
export type DesignSummary = z.infer<typeof DesignSummary>;
