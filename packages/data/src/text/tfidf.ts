/**
 * TF-IDF: documents as sparse vectors of their terms, each weighed by how often it stands in the document and how
 * rare it is among documents (Salton and Buckley, 1988), as scikit-learn's TfidfVectorizer computes it:
 *
 *     weight = (1 + ln tf) · (1 + ln((1 + n) / (1 + df))), then each row scaled to length 1
 */
import type { SparseMatrix } from '@gradus/stats';

export interface Tfidf {
  /** Sorted by how many documents have them, most first; then by code point. */
  readonly terms: readonly string[];
  readonly idf: Float32Array;
}

export interface TfidfOptions {
  /** Terms in fewer documents are left out. Default 2. */
  readonly minDocuments?: number;
  /** Terms in a larger share of documents are left out. Default 1. */
  readonly maxShare?: number;
  /** At most this many terms are kept, the most frequent. Default 200,000. */
  readonly maxTerms?: number;
}

/** Learns terms and their rarity. @param documents The terms of each document, repeats included. */
export function fitTfidf(documents: Iterable<readonly string[]>, options: TfidfOptions = {}): Tfidf {
  const { minDocuments = 2, maxShare = 1, maxTerms = 200_000 } = options;
  const frequency = new Map<string, number>();
  let count = 0;
  for (const document of documents) {
    count += 1;
    for (const term of new Set(document)) frequency.set(term, (frequency.get(term) ?? 0) + 1);
  }
  const kept = [...frequency]
    .filter(([, df]) => df >= minDocuments && df <= maxShare * count)
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, maxTerms);
  return {
    terms: kept.map(([term]) => term),
    idf: Float32Array.from(kept, ([, df]) => 1 + Math.log((1 + count) / (1 + df))),
  };
}

/** Documents as rows of a matrix whose columns are the model's terms; a row without any of them is empty. */
export function tfidf(model: Tfidf, documents: readonly (readonly string[])[]): SparseMatrix {
  const columns = columnsOf(model);
  const offsets = new Int32Array(documents.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  const found = new Int32Array(documents.reduce((most, { length }) => Math.max(most, length), 0));
  for (const [row, document] of documents.entries()) {
    let known = 0;
    for (const term of document) {
      const column = columns.get(term);
      if (column !== undefined) found[known++] = column;
    }
    const sorted = found.subarray(0, known).sort();
    let squares = 0;
    const from = values.length;
    for (let k = 0; k < known; ) {
      const column = sorted[k]!;
      const first = k;
      while (k < known && sorted[k] === column) k++;
      const weight = (1 + Math.log(k - first)) * model.idf[column]!;
      indices.push(column);
      values.push(weight);
      squares += weight * weight;
    }
    const scale = 1 / Math.sqrt(squares);
    for (let k = from; k < values.length; k++) values[k]! *= scale;
    offsets[row + 1] = values.length;
  }
  return {
    rows: documents.length,
    columns: model.terms.length,
    offsets,
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
  };
}

const COLUMNS = new WeakMap<Tfidf, Map<string, number>>();

function columnsOf(model: Tfidf): Map<string, number> {
  let columns = COLUMNS.get(model);
  if (!columns) {
    columns = new Map(model.terms.map((term, column) => [term, column]));
    COLUMNS.set(model, columns);
  }
  return columns;
}
