/**
 * What the sentiment model sees of a text: its tokens in order, and its terms, weighed by TF-IDF. Tokens are characters
 * for Chinese and words for other languages; terms are the runs of one to three tokens, the tokens that stand in the
 * reach of a negation, and for Chinese also the words and pairs of words that a dictionary cuts.
 */
import {
  characterTokens,
  encoder,
  fitTfidf,
  fitVocabulary,
  PADDING,
  type Tfidf,
  tfidf,
  type Vocabulary,
  wordNgrams,
  words,
} from '@gradus/data';
import type { HostTensor } from '@gradus/engine';
import type { Dataset } from '@gradus/nn';
import type { SparseMatrix } from '@gradus/stats';

/** Fitted on training texts; plain data. */
export interface TextFeatures {
  readonly vocabulary: Vocabulary;
  readonly terms: Tfidf;
}

/** Tokens beyond this are not read as a sequence; the terms of the whole text count all the same. */
const LONGEST = 160;
const LONGEST_RUN = 3;
/** In front of words of the dictionary, which could be runs of characters as well. No run contains it. */
const WORD = 'w:';
/** In front of tokens in the reach of a negation ("not … good"), which is this many tokens long. */
const NEGATED = 'n:';
const REACH = 4;
const NEGATION = /^(?:[不没无未别]|not|no|never|none|nothing|without|hardly|cannot|\p{L}+n't)$/u;

export function fitFeatures(texts: readonly string[]): TextFeatures {
  return {
    vocabulary: fitVocabulary(texts.map(characterTokens), { maxTokens: 20_000 }),
    terms: fitTfidf(texts.map(termsOf), { maxTerms: 120_000 }),
  };
}

function termsOf(text: string): string[] {
  const tokens = characterTokens(text);
  const terms = wordNgrams(tokens, LONGEST_RUN);
  for (const [i, token] of tokens.entries()) {
    if (!NEGATION.test(token)) continue;
    for (const negated of tokens.slice(i + 1, i + 1 + REACH)) terms.push(NEGATED + negated);
  }
  if (/\p{Script=Han}/u.test(text)) for (const term of wordNgrams(words(text), 2)) terms.push(WORD + term);
  return terms;
}

export function termMatrix({ terms }: TextFeatures, texts: readonly string[]): SparseMatrix {
  return tfidf(terms, texts.map(termsOf));
}

/** Sequences are padded to one of these lengths, so that few shapes of batch come along. */
const LENGTHS = [8, 16, 24, 32, 48, 64, 96, 128, LONGEST];

/** Texts as inputs of the sentiment graph: `tokens`, and where asked for `terms` and `weights`. */
export class TextDataset implements Dataset {
  readonly size: number;
  readonly #tokens: readonly Int32Array[];
  readonly #labels: ArrayLike<number> | undefined;
  readonly #matrix: SparseMatrix | undefined;

  /** @param labels With them, batches have `labels` float32 [batch] too. @param matrix With it, terms and weights. */
  constructor(
    features: TextFeatures,
    texts: readonly string[],
    labels?: ArrayLike<number>,
    matrix?: SparseMatrix,
  ) {
    const encode = encoder(features.vocabulary);
    this.size = texts.length;
    this.#tokens = texts.map((text) => encode(characterTokens(text), LONGEST));
    this.#labels = labels;
    this.#matrix = matrix;
  }

  length(row: number): number {
    return this.#tokens[row]!.length;
  }

  batch(rows: Int32Array): Record<string, HostTensor> {
    const longest = rows.reduce((length, row) => Math.max(length, this.length(row)), 1);
    const width = LENGTHS.find((length) => length >= longest)!;
    const tokens = new BigInt64Array(rows.length * width).fill(BigInt(PADDING));
    for (const [i, row] of rows.entries()) {
      for (const [j, token] of this.#tokens[row]!.entries()) tokens[i * width + j] = BigInt(token);
    }
    const batch: Record<string, HostTensor> = {
      tokens: { dtype: 'int64', dims: [rows.length, width], data: tokens },
    };
    if (this.#labels) {
      const labels = Float32Array.from(rows, (row) => this.#labels![row]!);
      batch.labels = { dtype: 'float32', dims: [rows.length], data: labels };
    }
    return this.#matrix ? { ...batch, ...sparseRows(this.#matrix, rows) } : batch;
  }
}

/**
 * Rows of a sparse matrix as two dense arrays: which columns, and their values. Rows are filled up with the column
 * one past the last, whose weight in the graph is zero.
 */
function sparseRows(
  { offsets, indices, values, columns }: SparseMatrix,
  rows: Int32Array,
): Record<string, HostTensor> {
  const width = Math.max(1, ...Array.from(rows, (row) => offsets[row + 1]! - offsets[row]!));
  const terms = new BigInt64Array(rows.length * width).fill(BigInt(columns));
  const weights = new Float32Array(rows.length * width);
  for (const [i, row] of rows.entries()) {
    const from = offsets[row]!;
    for (let k = from; k < offsets[row + 1]!; k++) {
      terms[i * width + k - from] = BigInt(indices[k]!);
      weights[i * width + k - from] = values[k]!;
    }
  }
  const dims = [rows.length, width];
  return { terms: { dtype: 'int64', dims, data: terms }, weights: { dtype: 'float32', dims, data: weights } };
}
