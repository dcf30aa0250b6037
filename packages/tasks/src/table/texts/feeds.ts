/** Cells of a text column as the deployed graph takes them. */
import { mergedRecords } from '@gradus/base';
import { type Tfidf, termInputs } from '@gradus/data';
import type { HostTensor } from '@gradus/engine';
import type { Cells, TableColumn, TextCells } from '../columns.ts';
import { pixelFeeds } from '../images/feeds.ts';
import type { StoredImage } from '../images/stored.ts';
import { rawTensor } from '../raw-tensor.ts';
import { lengthsOf, TERMS, type TextInputs } from './terms.ts';

/** What turns a column's texts into inputs. Plain data that survives JSON. */
export interface StoredText {
  readonly name: string;
  readonly inputs: TextInputs;
  readonly terms: readonly string[];
  readonly idf: readonly number[];
}

export const readTfidf = ({ terms, idf }: StoredText): Tfidf => ({ terms, idf: Float32Array.from(idf) });

/** A cell's terms that the model knows. */
export interface TextCell {
  readonly indices: Int32Array;
  readonly values: Float32Array;
  /** In tokens. */
  readonly length: number;
  /** Where the model takes it. */
  readonly vector?: Float32Array | undefined;
}

/** Terms and characters of cells that are remembered: explanations ask about the same cells again and again. */
const MOST_KNOWN = 4_000_000;

export class TextFeeds {
  readonly name: string;
  readonly inputs: TextInputs;
  readonly #terms: Tfidf;
  readonly #known = new Map<string, TextCell>();
  #size = 0;

  constructor(stored: StoredText) {
    this.name = stored.name;
    this.inputs = stored.inputs;
    this.#terms = readTfidf(stored);
  }

  /** @throws RangeError where the model takes vectors and there are none */
  cells({ values: texts, vectors }: TextCells): TextCell[] {
    const takes = this.inputs.vector !== undefined;
    if (takes && !vectors) throw new RangeError(`the texts of "${this.name}" have no vectors`);
    const fresh = [...new Set(texts)].filter((text) => !this.#known.has(text));
    const { offsets, indices, values } = TERMS.transform(this.#terms, fresh);
    const lengths = lengthsOf(fresh);
    const own = new Map<string, TextCell>();
    for (const [i, text] of fresh.entries()) {
      const [from, to] = [offsets[i]!, offsets[i + 1]!];
      own.set(text, {
        indices: indices.slice(from, to),
        values: values.slice(from, to),
        length: lengths[i]!,
      });
    }
    const cells = texts.map((text, i) => {
      const cell = own.get(text) ?? this.#known.get(text)!;
      return takes ? { ...cell, vector: vectors![i]! } : cell;
    });
    for (const [text, cell] of own) this.#remember(text, cell);
    return cells;
  }

  #remember(text: string, cell: TextCell): void {
    const size = text.length + cell.indices.length;
    if (this.#size + size > MOST_KNOWN) {
      this.#known.clear();
      this.#size = 0;
    }
    this.#size += size;
    this.#known.set(text, cell);
  }

  /** Inputs of the graph. */
  feeds(cells: readonly TextCell[]): Record<string, HostTensor> {
    const offsets = new Int32Array(cells.length + 1);
    for (const [i, { indices }] of cells.entries()) offsets[i + 1] = offsets[i]! + indices.length;
    const [indices, values] = [new Int32Array(offsets.at(-1)!), new Float32Array(offsets.at(-1)!)];
    for (const [i, cell] of cells.entries()) {
      indices.set(cell.indices, offsets[i]!);
      values.set(cell.values, offsets[i]!);
    }
    const columns = this.#terms.terms.length;
    const { terms, weights } = termInputs(
      { rows: cells.length, columns, offsets, indices, values },
      Int32Array.from(cells.keys()),
    );
    const lengths = BigInt64Array.from(cells, ({ length }) => BigInt(length));
    const { vector } = this.inputs;
    return {
      [this.inputs.terms]: terms!,
      [this.inputs.weights]: weights!,
      [this.inputs.length]: { dtype: 'int64', dims: [cells.length], data: lengths },
      ...(vector !== undefined && { [vector]: joined(cells.map((cell) => cell.vector!)) }),
    };
  }
}

/** @param vectors one at least */
function joined(vectors: readonly Float32Array[]): HostTensor {
  const width = vectors[0]!.length;
  const data = new Float32Array(vectors.length * width);
  for (const [i, vector] of vectors.entries()) data.set(vector, i * width);
  return { dtype: 'float32', dims: [vectors.length, width], data };
}

/** All rows of columns as inputs of a graph. */
export const inputsOf = (
  columns: readonly TableColumn[],
  texts: readonly TextFeeds[],
  images: readonly StoredImage[],
): Record<string, HostTensor> =>
  mergedRecords(
    columns.map(({ name, cells }): Record<string, HostTensor> => {
      if (cells.kind === 'image')
        return pixelFeeds(images.find((image) => image.name === name)!, cells.values);
      if (cells.kind !== 'text') return { [name]: rawTensor(cells, 0, rowsOf(cells)) };
      const feeds = texts.find((text) => text.name === name)!;
      return feeds.feeds(feeds.cells(cells));
    }),
  );

const rowsOf = (cells: Cells): number => (cells.kind === 'category' ? cells.codes : cells.values).length;
