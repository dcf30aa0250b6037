/** What OpenAI's API says of how tokens are drawn, and what that is in ours. Names that vLLM and llama.cpp add are known too. */
import { bothLanguages } from '@gradus/base/schema';
import { z } from 'zod';
import type { Drawing } from '../../../language/protocol.ts';

/** Texts that one request may have written, for one prompt. */
const MOST_CHOICES = 16;
const MOST_TOKENS = 1_000_000;

/** OpenAI's clients send null for what they leave open. */
export const optional = <T extends z.ZodType>(type: T) =>
  type.nullish().transform((value) => value ?? undefined);

export const drawingFields = {
  max_tokens: optional(z.int().min(1).max(MOST_TOKENS)),
  temperature: optional(z.number().min(0).max(2)),
  top_p: optional(z.number().gt(0).max(1)),
  top_k: optional(z.int().min(0)),
  min_p: optional(z.number().min(0).max(1)),
  repetition_penalty: optional(z.number().gt(0).max(10)),
  frequency_penalty: optional(z.number().min(-2).max(2)),
  presence_penalty: optional(z.number().min(-2).max(2)),
  logit_bias: optional(z.record(z.string().regex(/^\d+$/), z.number().min(-100).max(100))),
  seed: optional(z.int()),
  stop: optional(z.union([z.string().min(1).max(1000), z.array(z.string().min(1).max(1000)).max(16)])),
  n: z.int().min(1).max(MOST_CHOICES).default(1),
  stream: z.boolean().nullish(),
  stream_options: optional(z.object({ include_usage: z.boolean().nullish() })),
};
type Fields = { readonly [K in keyof typeof drawingFields]: z.output<(typeof drawingFields)[K]> };

/**
 * @param choice which of several texts of one prompt: each is drawn with a seed of its own
 * @param seed where the request names none
 */
export function drawingOf(
  fields: Omit<Fields, 'n' | 'stream' | 'stream_options'>,
  {
    choice,
    seed,
    logprobs,
    max,
  }: { choice: number; seed: string; logprobs: number | undefined; max?: number | undefined },
): Drawing {
  const own = fields.seed ?? seed;
  const most = max ?? fields.max_tokens;
  return {
    ...(fields.temperature !== undefined && { temperature: fields.temperature }),
    seed: choice === 0 ? own : `${own} ${choice}`,
    ...(most !== undefined && { max: most }),
    ...(fields.stop !== undefined && { stop: [fields.stop].flat() }),
    ...(fields.top_p !== undefined && { topP: fields.top_p }),
    ...(fields.top_k !== undefined && { topK: fields.top_k }),
    ...(fields.min_p !== undefined && { minP: fields.min_p }),
    ...(fields.repetition_penalty !== undefined && { repetitionPenalty: fields.repetition_penalty }),
    ...(fields.frequency_penalty !== undefined && { frequencyPenalty: fields.frequency_penalty }),
    ...(fields.presence_penalty !== undefined && { presencePenalty: fields.presence_penalty }),
    ...(fields.logit_bias !== undefined && { logitBias: fields.logit_bias }),
    ...(logprobs !== undefined && { logprobs }),
  };
}

/** What OpenAI's API has and this one has not: refused where it asks for something. */
export const notTaken = (en: string, zh: string) =>
  z
    .unknown()
    .optional()
    .refine((value) => value == null || value === false || value === '', bothLanguages({ en, zh }));
