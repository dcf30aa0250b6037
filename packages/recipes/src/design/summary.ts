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
    kind: z.enum(['names', 'levels', 'sheets', 'sprites']),
    learntFrom: z.number(),
    made: z.number(),
    valid: estimated,
    like: estimated,
    new: estimated,
    diverse: estimated,
    baselines: z
      .object({ ngram: four, recombination: four, gan: four.exactOptional(), flow: four.exactOptional() })
      .readonly(),
    /** Whether images can be told apart from originals that were not learnt from. */
    samples: z
      .object({
        /** What they are compared by. */
        features: z.string(),
        by: z.record(
          z.string(),
          z.object({ nearestNeighbour: estimated, coverage: estimated, n: z.number() }).readonly(),
        ),
      })
      .readonly()
      .nullable(),
    ceiling: z.number(),
    /** Of the transformer in the mixture; 0 where the n-gram model alone is used. */
    weight: z.number(),
    miss: z.number().nullable(),
    /** What people marked: how many, how well what they keep is told apart (0.5: by chance), and what that says of the made ones. */
    marks: z
      .object({
        n: z.number(),
        auc: z.number(),
        kept: z.object({ chosen: z.number(), all: z.number() }).readonly().nullable(),
      })
      .readonly()
      .nullable(),
    /** Of the language or image model that the user brings. */
    drafts: z
      .object({
        model: z.string(),
        host: z.string().nullable(),
        asked: z.number(),
        failed: z.number(),
        lastFailure: z.string().nullable(),
        unreadable: z.array(z.object({ reason: localized, count: z.number() }).readonly()).readonly(),
        shown: z.number(),
        numbers: four.nullable(),
        /** Of the made ones. */
        kept: z.number(),
      })
      .readonly()
      .nullable(),
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
