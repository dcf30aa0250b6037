/**
 * What a text classifier sees of a text: its tokens in order, and its terms, weighed by TF-IDF. Tokens are characters
 * for Chinese and words for other languages; terms are the runs of one to three tokens, the tokens that stand in the
 * reach of a negation, and for Chinese also the words and pairs of words that a dictionary cuts.
 */
import {
  characterTokens,
  encoder,
  fitVocabulary,
  type Tfidf,
  type TfidfOptions,
  termFeatures,
  termInputs,
  tokenInputs,
  type Vocabulary,
} from '@gradus/data';
import type { HostTensor } from '@gradus/engine';
import type { Dataset } from '@gradus/nn';
import type { SparseMatrix } from '@gradus/stats';

/** Fitted on training texts; plain data. */
export interface TextFeatures {
  readonly vocabulary: Vocabulary;
  readonly terms: Tfidf;
  readonly kind: TermKind;
}

/** Tokens beyond this are not read as a sequence; the terms of the whole text count all the same. */
const LONGEST = 160;
const MOST_TOKENS = 20_000;
const TERMS = {
  runs: termFeatures({ tokens: 'characters', longestRun: 3, negationReach: 4, wordRun: 2 }),
  words: termFeatures({ tokens: 'words', longestRun: 2 }),
} as const;

/** `runs`: as above. `words`: words and pairs of words alone, as the baseline has them. */
export type TermKind = keyof typeof TERMS;

export interface FittedFeatures {
  readonly features: TextFeatures;
  /** The terms of the texts that they were fitted on. */
  readonly matrix: SparseMatrix;
}

export const fitFeatures = (texts: readonly string[]): FittedFeatures =>
  fitted(texts, 'runs', { maxTerms: 120_000 });

/** What the baseline sees: words and pairs of words. */
export const fitWordFeatures = (texts: readonly string[]): FittedFeatures =>
  fitted(texts, 'words', { minDocuments: texts.length < 200 ? 1 : 2 });

function fitted(texts: readonly string[], kind: TermKind, options: TfidfOptions): FittedFeatures {
  const { model: terms, matrix } = TERMS[kind].fitTransform(texts, options);
  const vocabulary = fitVocabulary(texts.map(characterTokens), { maxTokens: MOST_TOKENS });
  return { features: { vocabulary, terms, kind }, matrix };
}

export function termMatrix({ terms, kind }: TextFeatures, texts: readonly string[]): SparseMatrix {
  return TERMS[kind].transform(terms, texts);
}

/** Sequences are padded to one of these lengths, so that few shapes of batch come along. */
const LENGTHS = [8, 16, 24, 32, 48, 64, 96, 128, LONGEST];

/** What else a batch of texts holds beside `tokens`. */
export interface TextDatasetOptions {
  /** Terms by text: adds `terms` and `weights`. */
  readonly matrix?: SparseMatrix;
  /** A class by text: adds `labels`, float32 [batch] of two classes, int64 [batch] of more. */
  readonly labels?: { readonly values: ArrayLike<number>; readonly classes: number };
  /** What an encoder says of each text: adds `vectors`. */
  readonly vectors?: TextVectors | undefined;
}

/** [texts, dimensions], row by row. */
export interface TextVectors {
  readonly data: Float32Array;
  readonly dimensions: number;
}

/** Texts as inputs of a text classifier's graph. */
export class TextDataset implements Dataset {
  readonly size: number;
  readonly #tokens: readonly Int32Array[];
  readonly #options: TextDatasetOptions;

  constructor(features: TextFeatures, texts: readonly string[], options: TextDatasetOptions = {}) {
    const encode = encoder(features.vocabulary);
    this.size = texts.length;
    this.#tokens = texts.map((text) => encode(characterTokens(text), LONGEST));
    this.#options = options;
  }

  length(row: number): number {
    return this.#tokens[row]!.length;
  }

  batch(rows: Int32Array): Record<string, HostTensor> {
    const { labels, matrix, vectors } = this.#options;
    return {
      ...tokenInputs(this.#tokens, rows, LENGTHS),
      ...(labels && { labels: labelTensor(labels, rows) }),
      ...(matrix && termInputs(matrix, rows)),
      ...(vectors && { vectors: vectorTensor(vectors, rows) }),
    };
  }
}

function labelTensor(
  { values, classes }: NonNullable<TextDatasetOptions['labels']>,
  rows: Int32Array,
): HostTensor {
  const dims = [rows.length];
  return classes === 2
    ? { dtype: 'float32', dims, data: Float32Array.from(rows, (row) => values[row]!) }
    : { dtype: 'int64', dims, data: BigInt64Array.from(rows, (row) => BigInt(values[row]!)) };
}

function vectorTensor({ data, dimensions }: TextVectors, rows: Int32Array): HostTensor {
  const own = new Float32Array(rows.length * dimensions);
  for (const [i, row] of rows.entries())
    own.set(data.subarray(row * dimensions, (row + 1) * dimensions), i * dimensions);
  return { dtype: 'float32', dims: [rows.length, dimensions], data: own };
}
