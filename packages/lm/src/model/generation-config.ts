/** generation_config.json: what ends a text, and how its author wants tokens to be drawn. */
import type { Tokenizer } from '@gradus/data';
import { z } from 'zod';
import { tokensOf } from '../families/common.ts';

const SHARE = z.number().min(0).max(1).nullish();
export const GENERATION = z.looseObject({
  eos_token_id: z.union([z.int().min(0), z.array(z.int().min(0))]).nullish(),
  do_sample: z.boolean().nullish(),
  temperature: z.number().min(0).max(100).nullish(),
  top_k: z.int().min(0).nullish(),
  top_p: SHARE,
  min_p: SHARE,
  repetition_penalty: z.number().positive().max(10).nullish(),
});
export type GenerationFields = z.output<typeof GENERATION>;

/** How a model says that tokens are drawn, by the names that `generate` has. */
export interface Drawing {
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly repetitionPenalty?: number;
}

/** As transformers reads it: where the file only says that there is drawing, the temperature is 1. */
export function drawingOf(of: GenerationFields): Drawing {
  const temperature = of.do_sample === false ? 0 : (of.temperature ?? (of.do_sample ? 1 : undefined));
  return {
    ...(temperature !== undefined && { temperature }),
    ...(of.top_k != null && { topK: of.top_k }),
    // None at all draws the most probable token, as the smallest share does.
    ...(of.top_p != null && { topP: Math.max(of.top_p, Number.MIN_VALUE) }),
    ...(of.min_p != null && { minP: of.min_p }),
    ...(of.repetition_penalty != null && { repetitionPenalty: of.repetition_penalty }),
  };
}

/**
 * The tokens that end a text: those of the file, or else of config.json; and the tokenizer's own, where models that were tuned for
 * conversations may alone say what ends an answer.
 */
export function endOf(
  { eos_token_id: named }: GenerationFields,
  eos: readonly number[],
  tokenizer: Tokenizer,
  token: string | undefined,
): readonly number[] {
  const own = token === undefined ? undefined : tokenizer.idOf(token);
  const listed = tokensOf(named);
  return [...new Set([...(listed.length > 0 ? listed : eos), ...(own === undefined ? [] : [own])])];
}
