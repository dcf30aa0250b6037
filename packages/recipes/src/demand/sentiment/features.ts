/**
 * What the sentiment model sees of a text: its tokens in order, and its terms, weighed by TF-IDF. Tokens are characters
 * for Chinese and words for other languages; terms are the runs of one to three tokens, the tokens that stand in the
 * reach of a negation, and for Chinese also the words and pairs of words that a dictionary cuts.
 */
import {
  characterTokens,
  encoder,
  fitVocabulary,
  type Tfidf,
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
}

/** Tokens beyond this are not read as a sequence; the terms of the whole text count all the same. */
const LONGEST = 160;
const TERMS = termFeatures({ tokens: 'characters', longestRun: 3, negationReach: 4, wordRun: 2 });

export function fitFeatures(texts: readonly string[]): TextFeatures {
  return {
    vocabulary: fitVocabulary(texts.map(characterTokens), { maxTokens: 20_000 }),
    terms: TERMS.fit(texts, { maxTerms: 120_000 }),
  };
}

export function termMatrix({ terms }: TextFeatures, texts: readonly string[]): SparseMatrix {
  return TERMS.transform(terms, texts);
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
    const batch: Record<string, HostTensor> = { ...tokenInputs(this.#tokens, rows, LENGTHS) };
    if (this.#labels) {
      const labels = Float32Array.from(rows, (row) => this.#labels![row]!);
      batch.labels = { dtype: 'float32', dims: [rows.length], data: labels };
    }
    return this.#matrix ? { ...batch, ...termInputs(this.#matrix, rows) } : batch;
  }
}
