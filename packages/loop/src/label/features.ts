/**
 * What the labelling model sees of the rows of a table: of text its words, pairs of words and runs of characters, weighed
 * by TF-IDF; of other tables each column, numbers standardized and categories one-hot. Nothing here knows the labels, so
 * rows with and without one are taken together.
 */

import type { Random } from '@gradus/base';
import { multiplyDense, normalizeRows, truncatedSvd } from '@gradus/classical';
import { cleanText, findDuplicates, parseNumbers, termFeatures } from '@gradus/data';
import type { SparseMatrix } from '@gradus/stats';

export interface Features {
  /** [rows, columns]; the mean square length of rows is 1. */
  readonly matrix: SparseMatrix;
  /** [rows, width], where like rows lie close together. */
  readonly space: Float32Array;
  readonly width: number;
  /** Of each row the first that is equal to it. */
  readonly equal: Int32Array;
  /** By row: the first row that equals or nearly equals it; only one of such rows is a question at a time. */
  readonly alike: Int32Array;
}

const WIDTH = 64;
const MOST_TERMS = 60_000;
const MOST_CATEGORIES = 50;

/** Letters at the start of a word, which its forms share, and runs of Chinese characters help where words are few. */
const TERMS = termFeatures({ tokens: 'words', longestRun: 2, stem: 5, characterRun: 2 });

export function textFeatures(texts: readonly string[], random: Random): Features {
  const clean = texts.map(cleanText);
  const { matrix } = TERMS.fitTransform(clean, {
    minDocuments: texts.length < 200 ? 1 : 2,
    maxTerms: MOST_TERMS,
  });
  return {
    matrix,
    ...spaceOf(matrix, random, true),
    equal: equals(clean.map((text) => text.toLowerCase())),
    alike: findDuplicates(clean),
  };
}

/** @param cells By row the cells of columns that may say something. */
export function tableFeatures(cells: readonly (readonly string[])[], random: Random): Features {
  const columns = (cells[0] ?? []).flatMap((_, at) => encoded(cells.map((row) => row[at]!.trim())));
  const offsets = new Int32Array(cells.length + 1);
  const indices: number[] = [];
  const values: number[] = [];
  const scale = Math.sqrt(
    cells.length /
      Math.max(
        1e-12,
        columns.reduce((sum, column) => sum + column.reduce((s, v) => s + v * v, 0), 0),
      ),
  );
  for (let row = 0; row < cells.length; row++) {
    for (const [at, column] of columns.entries()) {
      if (column[row] === 0) continue;
      indices.push(at);
      values.push(column[row]! * scale);
    }
    offsets[row + 1] = values.length;
  }
  const matrix: SparseMatrix = {
    rows: cells.length,
    columns: columns.length,
    offsets,
    indices: Int32Array.from(indices),
    values: Float32Array.from(values),
  };
  const equal = equals(cells.map((row) => JSON.stringify(row)));
  return { matrix, ...spaceOf(matrix, random, false), equal, alike: equal };
}

/** A column as numbers: itself standardized, with a second that says where it is empty; or one for each category. */
function encoded(cells: readonly string[]): Float64Array[] {
  const filled = cells.filter((cell) => cell !== '');
  const { numbers } = parseNumbers(cells);
  const known = numbers.filter((number) => number !== undefined);
  const distinct = new Set(filled).size;
  if (distinct < 2) return [];
  if (known.length >= 0.95 * filled.length && distinct > 2) {
    const mean = known.reduce((a, b) => a + b, 0) / known.length;
    const deviation = Math.sqrt(known.reduce((sum, x) => sum + (x - mean) ** 2, 0) / known.length) || 1;
    // Held within five deviations, so that a slip of the pen is no outpost to ask about again and again.
    const held = (x: number) => Math.max(-5, Math.min(5, (x - mean) / deviation));
    const missing = Float64Array.from(numbers, (number) => Number(number === undefined));
    const standard = Float64Array.from(numbers, (number) => (number === undefined ? 0 : held(number)));
    return missing.includes(1) ? [standard, missing] : [standard];
  }
  // Almost as many values as rows: a name or a number of the row, not a category.
  if (distinct > MOST_CATEGORIES && distinct > filled.length / 2) return [];
  const counts = new Map<string, number>();
  for (const cell of cells) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  return [...counts]
    .sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1))
    .slice(0, MOST_CATEGORIES)
    .map(([category]) => Float64Array.from(cells, (cell) => Number(cell === category)));
}

function spaceOf(
  matrix: SparseMatrix,
  random: Random,
  directions: boolean,
): Pick<Features, 'space' | 'width'> {
  const { right, rank } = truncatedSvd(matrix, {
    rank: Math.min(WIDTH, matrix.columns),
    random,
    iterations: 2,
  });
  const space = Float32Array.from(multiplyDense(matrix, right, rank));
  return { space: directions ? normalizeRows(space, rank) : space, width: rank };
}

function equals(keys: readonly string[]): Int32Array {
  const first = new Map<string, number>();
  return Int32Array.from(keys, (key, row) => {
    const known = first.get(key);
    if (known === undefined) first.set(key, row);
    return known ?? row;
  });
}
