/**
 * Whether 4-bit weights may be multiplied by activations that are rounded to 8 bits, in blocks: faster for a single token, and on some
 * models another text. So it is measured on a text before, and taken only where the model foretells that text as well.
 */

import type { LanguageModel } from '../model/language-model.ts';
import type { FewBits } from '../weights/blocks.ts';
import { type PerplexityOptions, perplexity } from './perplexity.ts';

export interface Rounding {
  /** Perplexity of the text without rounding, and with it. */
  readonly exact: number;
  readonly rounded: number;
  /** rounded / exact − 1 */
  readonly growth: number;
  /** Whether the perplexity grows by no more than MOST_GROWTH. */
  readonly allowed: boolean;
  readonly tokens: number;
}

/** 0.5 %: about half of what 4-bit weights themselves cost a good model. */
export const MOST_GROWTH = 0.005;
/** Of the text; more change the third digit at most. */
const MOST_LETTERS = 20_000;

/**
 * Measures the cost of rounding on a text, of which the first 20,000 characters are read.
 * @throws UserError where the text has no tokens
 */
export async function measureRounding(
  model: LanguageModel,
  text: string,
  {
    bits = 4,
    threads,
    signal,
  }: Pick<PerplexityOptions, 'threads' | 'signal'> & { readonly bits?: FewBits } = {},
): Promise<Rounding> {
  const given = text.slice(0, MOST_LETTERS);
  const by = (rounds: boolean) =>
    perplexity(model, given, { bits, threads, rounds, ...(signal && { signal }) });
  const exact = await by(false);
  const rounded = await by(true);
  const growth = rounded.perplexity / exact.perplexity - 1;
  return {
    exact: exact.perplexity,
    rounded: rounded.perplexity,
    growth,
    allowed: growth <= MOST_GROWTH,
    tokens: exact.tokens,
  };
}
