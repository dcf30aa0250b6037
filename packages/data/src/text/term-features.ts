/**
 * TF-IDF features of texts: each text as a sparse row over its terms. What counts as a term is chosen once, in the options,
 * so that fitting and transforming cannot differ; a fitted model is plain data (`Tfidf`).
 *
 * Terms always include runs of tokens (n-grams; Wang and Manning, "Baselines and Bigrams", 2012). The others carry a prefix
 * that no token contains, so they never collide with runs.
 */
import type { SparseMatrix } from '@gradus/stats';
import { charNgrams, wordNgrams } from './ngrams.ts';
import { fitTfidf, type Tfidf, type TfidfOptions, tfidf } from './tfidf.ts';
import { characterTokens, words } from './words.ts';

export interface TermOptions {
  /** `words`: a dictionary cuts Chinese. `characters`: each Chinese character and each mark is a token of its own. */
  readonly tokens: 'words' | 'characters';
  /** Runs have 1 to this many tokens. */
  readonly longestRun: number;
  /** Adds the first letters of longer tokens, this many (`s:`): the forms of a word share them. */
  readonly stem?: number;
  /** Adds runs of up to this many characters of texts with Chinese (`c:`), which do not depend on how words were cut. */
  readonly characterRun?: number;
  /** Adds runs of up to this many dictionary words of texts with Chinese (`w:`). */
  readonly wordRun?: number;
  /** Adds the tokens that follow a negation ("not … good"), up to this many (`n:`). */
  readonly negationReach?: number;
}

export interface TermFeatures {
  /** Learns terms and their rarity from training texts. */
  fit(texts: readonly string[], options?: TfidfOptions): Tfidf;
  /** Texts as rows of a matrix whose columns are the model's terms. */
  transform(model: Tfidf, texts: readonly string[]): SparseMatrix;
  /** Both for the same texts, whose terms are extracted once. */
  fitTransform(texts: readonly string[], options?: TfidfOptions): { model: Tfidf; matrix: SparseMatrix };
}

const HAN = /\p{Script=Han}/u;
const NEGATION = /^(?:[不没无未别]|not|no|never|none|nothing|without|hardly|cannot|\p{L}+n't)$/u;

export function termFeatures(options: TermOptions): TermFeatures {
  const terms = (text: string) => termsOf(text, options);
  return {
    fit: (texts, tfidfOptions) => fitTfidf(texts.map(terms), tfidfOptions),
    transform: (model, texts) => tfidf(model, texts.map(terms)),
    fitTransform(texts, tfidfOptions) {
      const documents = texts.map(terms);
      const model = fitTfidf(documents, tfidfOptions);
      return { model, matrix: tfidf(model, documents) };
    },
  };
}

function termsOf(text: string, options: TermOptions): string[] {
  const { stem, characterRun, wordRun, negationReach } = options;
  const tokens = options.tokens === 'words' ? words(text) : characterTokens(text);
  const terms = wordNgrams(tokens, options.longestRun);
  if (stem !== undefined)
    for (const token of tokens) if (token.length > stem) terms.push(`s:${token.slice(0, stem)}`);
  if (negationReach !== undefined) {
    for (const [i, token] of tokens.entries()) {
      if (!NEGATION.test(token)) continue;
      for (const negated of tokens.slice(i + 1, i + 1 + negationReach)) terms.push(`n:${negated}`);
    }
  }
  if (!HAN.test(text)) return terms;
  if (characterRun !== undefined) for (const run of charNgrams(text, 1, characterRun)) terms.push(`c:${run}`);
  if (wordRun !== undefined) for (const run of wordNgrams(words(text), wordRun)) terms.push(`w:${run}`);
  return terms;
}
