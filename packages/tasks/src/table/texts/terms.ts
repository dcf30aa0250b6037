/** What is seen of a text: its terms, and how long it is. Reading needs nothing else, so that it also works without Gradus. */
import { characterTokens, termFeatures } from '@gradus/data';

/** Names of the graph's inputs. */
export interface TextInputs {
  readonly terms: string;
  readonly weights: string;
  readonly length: string;
  /** Of what an encoder says of the text; absent where the model does not take it. */
  readonly vector?: string | undefined;
}

/** Words and pairs of words, what follows a negation, and of Chinese also characters and pairs of them. */
export const TERMS = termFeatures({ tokens: 'characters', longestRun: 2, negationReach: 4, wordRun: 2 });

/** In tokens: words, Chinese characters, marks, emoji. */
export const lengthsOf = (texts: readonly string[]): Int32Array =>
  Int32Array.from(texts, (text) => characterTokens(text).length);
