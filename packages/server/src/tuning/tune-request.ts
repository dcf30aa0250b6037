/** What a training is asked for, as its job keeps it. */
import { z } from 'zod';

/** The kind of the jobs. */
export const TUNE_JOB = 'fine-tune';

export const METHODS = ['supervised', 'dpo'] as const;

export const TuneRequest = z.strictObject({
  /** The name of the base, as it is served. */
  model: z.string(),
  /** Its folder or file. */
  path: z.string(),
  /** Bits of a weight that does not train. */
  bits: z.union([z.literal(4), z.literal(8), z.literal(32)]),
  /** An id of a file, or the address of a dataset. */
  trainingFile: z.string(),
  method: z.enum(METHODS),
  epochs: z.number().optional(),
  batch: z.number().optional(),
  /** Times the usual step size. */
  rate: z.number().optional(),
  beta: z.number().optional(),
  seed: z.int(),
  suffix: z.string().optional(),
  metadata: z.record(z.string(), z.string()).optional(),
});
export type TuneRequest = z.output<typeof TuneRequest>;

/** What is kept of a training that is done. */
export const TuneOutcome = z.object({
  name: z.string(),
  trainedTokens: z.number(),
  steps: z.number(),
  trainLoss: z.number().nullable(),
  heldOutLoss: z.number().nullable(),
  verdict: z.string(),
});
export type TuneOutcome = z.output<typeof TuneOutcome>;
