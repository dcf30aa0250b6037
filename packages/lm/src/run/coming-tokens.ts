/** Tokens that were looked up (prompt-lookup.ts), as the model has them. */
import type { GeneratedToken, Generation } from './generation.ts';

/**
 * Sums of several rows are taken in another order than those of one: logits differ in their last digits. A token that leads by less is
 * left, to be computed by itself, so that the text is the one that would be written token by token.
 */
const LEAST_LEAD = 1e-3;

/**
 * Those that come, up to the first that was not looked up.
 *
 * @param rows [draft + 1, vocabulary], the logits after the token before the draft and after each of the draft
 */
export function* comingTokens(
  generation: Generation,
  draft: readonly number[],
  rows: Float32Array,
): Generator<GeneratedToken> {
  const size = rows.length / (draft.length + 1);
  for (let at = 0; at <= draft.length; at++) {
    const token = generation.nextIfClear(rows.subarray(at * size, (at + 1) * size), LEAST_LEAD);
    if (!token) return;
    yield token;
    if (token.finish || token.id !== draft[at]) return;
  }
}
