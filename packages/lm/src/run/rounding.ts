/**
 * Whether 4-bit weights may be multiplied by activations that are rounded to 8 bits, in blocks: faster for a single token, and on some
 * models another text. So it is measured before, and taken only where the model foretells as well: on a text that somebody gives, or, by
 * itself, on what the model would write after each word of a short text. There all of its probabilities are compared and not those of one
 * text alone, so that few words suffice (the divergence of Kullback and Leibler, 1951).
 */
import type { LanguageModel } from '../model/language-model.ts';
import type { FewBits } from '../weights/blocks.ts';
import { DecoderSession } from './decoder-session.ts';
import { type PerplexityOptions, perplexity } from './perplexity.ts';

export interface Rounding {
  /** Perplexity of the text without rounding, and with it; or of what the model itself would write. */
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
/** Of the words that are looked behind: their probabilities are all kept. */
const MOST_TOKENS = 160;
const WORDS = `On Monday the shop opened at nine. Two customers were waiting: one wanted to return a kettle that leaked, the other asked whether the blue one was still in stock. "It costs 24.90," said the clerk, "and delivery takes three days."
星期一商店九点开门。门口有两位顾客：一位想退掉漏水的水壶，另一位问蓝色的那款还有没有货。店员说：“价格是二十四元九角，三天内送到。”
def total(prices): return sum(price for price in prices if price > 0)`;

type RoundingOptions = Pick<PerplexityOptions, 'threads' | 'signal'> & { readonly bits?: FewBits };

/**
 * Measures the cost of rounding.
 * @param text of which the first 20,000 characters are read; none: what the model would write is compared
 * @throws UserError where the text has no tokens
 */
export async function measureRounding(
  model: LanguageModel,
  text: string | undefined,
  { bits = 4, threads, signal }: RoundingOptions = {},
): Promise<Rounding> {
  if (text === undefined) return measureDivergence(model, { bits, threads, ...(signal && { signal }) });
  const given = text.slice(0, MOST_LETTERS);
  const by = (rounds: boolean) =>
    perplexity(model, given, { bits, threads, rounds, ...(signal && { signal }) });
  const exact = await by(false);
  const rounded = await by(true);
  return roundingOf(exact.perplexity, rounded.perplexity, exact.tokens);
}

const roundingOf = (exact: number, rounded: number, tokens: number): Rounding => {
  const growth = rounded / exact - 1;
  return { exact, rounded, growth, allowed: growth <= MOST_GROWTH, tokens };
};

async function measureDivergence(
  model: LanguageModel,
  { bits, threads, signal }: RoundingOptions,
): Promise<Rounding> {
  const ids = [...model.tokenizer.encode(WORDS, { parseSpecial: false }).ids].slice(0, MOST_TOKENS);
  // Of a model that cannot read the words nothing is known.
  if (ids.length === 0) return { exact: 1, rounded: 1, growth: 0, allowed: false, tokens: 0 };
  const by = async (rounds: boolean): Promise<Float32Array[]> => {
    const session = await DecoderSession.open(model, {
      places: Math.min(ids.length, model.config.context),
      threads,
      bits,
      rounds,
      logits: 'all',
    });
    try {
      const all: Float32Array[] = [];
      for await (const logits of session.every(ids.slice(0, session.places))) {
        signal?.throwIfAborted();
        for (let row = 0; row < logits.length; row += model.config.vocabulary)
          all.push(logOfSoftmax(logits.subarray(row, row + model.config.vocabulary)));
      }
      return all;
    } finally {
      await session.close();
    }
  };
  const [exact, rounded] = [await by(false), await by(true)];
  let [entropy, cross] = [0, 0];
  for (const [row, own] of exact.entries()) {
    const other = rounded[row]!;
    for (let id = 0; id < own.length; id++) {
      const share = Math.exp(own[id]!) / exact.length;
      entropy -= share * own[id]!;
      cross -= share * other[id]!;
    }
  }
  return roundingOf(Math.exp(entropy), Math.exp(cross), exact.length);
}

function logOfSoftmax(logits: Float32Array): Float32Array {
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) if (logit > most) most = logit;
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - most);
  const norm = most + Math.log(sum);
  return logits.map((logit) => logit - norm);
}
