/**
 * A vocabulary: the tokens that a model knows, by number. 0 is padding, 1 every token it does not know. It is plain
 * data, fitted on training texts only.
 */
export interface Vocabulary {
  readonly tokens: readonly string[];
}

export const PADDING = 0;
export const UNKNOWN = 1;
const FIRST = 2;

export interface VocabularyOptions {
  /** Tokens in fewer texts are unknown. Default 2. */
  readonly minTexts?: number;
  /** At most this many tokens, the most frequent. Default 20,000. */
  readonly maxTokens?: number;
}

export function fitVocabulary(
  texts: Iterable<readonly string[]>,
  options: VocabularyOptions = {},
): Vocabulary {
  const { minTexts = 2, maxTokens = 20_000 } = options;
  const counts = new Map<string, number>();
  for (const tokens of texts) {
    for (const token of new Set(tokens)) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const tokens = [...counts]
    .filter(([, count]) => count >= minTexts)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, maxTokens)
    .map(([token]) => token);
  return { tokens };
}

/** How many ids `encoder` uses, padding and unknown included. */
export const vocabularySize = ({ tokens }: Vocabulary): number => tokens.length + FIRST;

/** The numbers of tokens, at most `longest` of them. */
export function encoder({ tokens }: Vocabulary): (text: readonly string[], longest: number) => Int32Array {
  const numbers = new Map(tokens.map((token, i) => [token, i + FIRST]));
  return (text, longest) =>
    Int32Array.from({ length: Math.min(text.length, longest) }, (_, i) => numbers.get(text[i]!) ?? UNKNOWN);
}
