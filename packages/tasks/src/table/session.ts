/** Rows through a table's compiled graph. */
import { mergedRecords } from '@gradus/base';
import { type HostTensor, readOnnx, writeOnnx } from '@gradus/engine';
import { type CompiledGraph, compile } from '@gradus/engine/node';
import { ImageReader } from '../image/reader.ts';
import { type EncoderRef, openServedEncoder, type ServedEncoder } from '../shared/brought-encoder.ts';
import type { Answered } from './answers.ts';
import { type ImageCells, pickCells, type TableColumn, type TextCells } from './columns.ts';
import { rowsOf } from './encoding.ts';
import { describeCells } from './images/describe-cells.ts';
import { featureFeeds } from './images/feeds.ts';
import { cutAtFeatures } from './images/graph.ts';
import type { StoredImage } from './images/stored.ts';
import { OUTPUTS } from './model.ts';
import { rawTensor } from './raw-tensor.ts';
import type { UnreadCell } from './read/forms.ts';
import { withVectors } from './texts/describe-texts.ts';
import { type StoredText, type TextCell, TextFeeds } from './texts/feeds.ts';

export interface TableAnswers {
  /** Probabilities of each class [rows, classes], or numbers [rows]. */
  readonly answers: Float64Array;
  /** Of numbers. */
  readonly low?: Float64Array;
  readonly high?: Float64Array;
}

/** Rows at once: more only take more memory. */
const BATCH = 20_000;
/** Terms of texts at once, those that fill shorter texts up included: the graph holds a number of each score for each. */
const BATCH_TERMS = 500_000;

export interface TableSessionOptions {
  /** Columns of texts, whose terms the graph takes. */
  readonly texts: readonly StoredText[];
  /** Columns of images: the graph takes their pixels. */
  readonly images: readonly StoredImage[];
  /** What makes vectors of texts that have none yet. */
  readonly encoder?: EncoderRef | null;
  /** Requests share the cores, and a row is not worth dividing: one, unless a whole table is answered. */
  readonly threads?: number;
}

export class TableSession {
  readonly #graph: CompiledGraph;
  readonly #texts: readonly TextFeeds[];
  readonly #images: readonly StoredImage[];
  /** By column of images. */
  readonly #readers: readonly ImageReader[];
  readonly #encoder: ServedEncoder | undefined;
  /** Names of the columns that are taken as they are. */
  readonly #plain: readonly string[];
  /** Names of the columns that are needed. */
  readonly columns: readonly string[];

  private constructor(
    graph: CompiledGraph,
    { texts, images }: TableSessionOptions,
    readers: readonly ImageReader[],
    encoder: ServedEncoder | undefined,
  ) {
    this.#graph = graph;
    this.#encoder = encoder;
    const made = new Set([
      ...texts.flatMap(({ inputs }) => Object.values(inputs)),
      ...images.flatMap(({ inputs }) => Object.values(inputs)),
    ]);
    this.#texts = texts.map((text) => new TextFeeds(text));
    this.#images = images;
    this.#readers = readers;
    this.#plain = graph.inputs.filter((name) => !made.has(name));
    this.columns = [...this.#plain, ...[...texts, ...images].map(({ name }) => name)];
  }

  /** @throws UserError where the encoder of its texts is gone, or is another one now */
  static async open(graph: Uint8Array, options: TableSessionOptions): Promise<TableSession> {
    const { images, threads = 1 } = options;
    const encoder = options.encoder ? await openServedEncoder(options.encoder) : undefined;
    if (images.length === 0) return new TableSession(await compile(graph, { threads }), options, [], encoder);
    const { head, encoders } = cutAtFeatures(readOnnx(graph).graph, images);
    const compiled = await compile(writeOnnx(head), { threads });
    const readers: ImageReader[] = [];
    for (const [i, encoder] of encoders.entries()) {
      const { inputs, ...facts } = images[i]!;
      readers.push(
        await ImageReader.open(
          encoder,
          { ...facts, pixels: inputs.pixels, features: inputs.features },
          threads,
        ),
      );
    }
    return new TableSession(compiled, options, readers, encoder);
  }

  /** The columns with their images described, where that can be done, and with vectors of their texts. */
  async described(
    columns: readonly TableColumn[],
  ): Promise<{ readonly columns: readonly TableColumn[]; readonly unread: readonly UnreadCell[] }> {
    const readers = new Map(this.#images.map(({ name }, i) => [name, this.#readers[i]!]));
    const described = [...columns];
    const unread: UnreadCell[] = [];
    for (const [i, { name, cells }] of columns.entries()) {
      const reader = readers.get(name);
      if (cells.kind === 'text' && this.#encoder && this.#takesVectors(name))
        described[i] = { name, cells: await withVectors(cells, this.#encoder) };
      if (cells.kind !== 'image' || !reader) continue;
      const { values, failed } = await describeCells(cells.values, reader);
      described[i] = { name, cells: { kind: 'image', values } };
      unread.push(...failed.map(({ place, reason }) => ({ row: place, column: name, cell: reason.en })));
    }
    return { columns: described, unread };
  }

  #takesVectors(column: string): boolean {
    return this.#texts.some(({ name, inputs }) => name === column && inputs.vector !== undefined);
  }

  /** @param columns those that are needed among them */
  async run(columns: readonly TableColumn[]): Promise<TableAnswers> {
    const rows = rowsOf(columns);
    const byName = new Map(columns.map((column) => [column.name, column]));
    const texts = this.#texts.map((feeds) => ({
      feeds,
      cells: feeds.cells(byName.get(feeds.name)!.cells as TextCells),
    }));
    const images = this.#images.map((image) => ({
      image,
      cells: (byName.get(image.name)!.cells as ImageCells).values,
    }));
    const isInOrder = texts.length === 0;
    const tensorOf = ({ cells }: TableColumn, places: Int32Array): HostTensor =>
      isInOrder
        ? rawTensor(cells, places[0]!, places.at(-1)! + 1)
        : rawTensor(pickCells(cells, places), 0, places.length);
    const whole = new Map<string, Float64Array>();
    const batches = batchesOf(
      rows,
      texts.map(({ cells }) => cells),
    );
    for (const places of batches) {
      const plain = this.#plain.map((name) => [name, tensorOf(byName.get(name)!, places)] as const);
      const feeds = mergedRecords<HostTensor>([
        Object.fromEntries(plain),
        ...images.map(({ image, cells }) =>
          featureFeeds(
            image,
            Array.from(places, (place) => cells[place]!),
          ),
        ),
        ...texts.map(({ feeds, cells }) => feeds.feeds(Array.from(places, (place) => cells[place]!))),
      ]);
      const outputs = await this.#graph.run(feeds);
      for (const [name, { dims, data }] of Object.entries(outputs)) {
        const width = dims[1] ?? 1;
        const to = whole.get(name) ?? new Float64Array(rows * width);
        whole.set(name, to);
        const values = data as Float32Array;
        for (const [i, place] of places.entries())
          for (let k = 0; k < width; k++) to[place * width + k] = values[i * width + k]!;
      }
    }
    const of = (name: string) => whole.get(name) ?? new Float64Array(0);
    return {
      answers: of(OUTPUTS.answer),
      ...(whole.has(OUTPUTS.low) && { low: of(OUTPUTS.low), high: of(OUTPUTS.high) }),
    };
  }

  async close(): Promise<void> {
    await this.#graph.close();
    await this.#encoder?.close();
    for (const reader of this.#readers) await reader.close();
  }
}

/** Places of the rows that are answered together: rows of short texts together, since long ones fill the others up. */
function batchesOf(rows: number, texts: readonly (readonly TextCell[])[]): Int32Array[] {
  const order = Int32Array.from({ length: rows }, (_, row) => row);
  const widths = order.map((row) =>
    texts.reduce((most, cells) => Math.max(most, cells[row]!.indices.length), 0),
  );
  if (texts.length > 0) order.sort((a, b) => widths[a]! - widths[b]! || a - b);
  const batches: Int32Array[] = [];
  let from = 0;
  for (let to = 1; to <= rows; to++) {
    const isFull = to === rows || to - from === BATCH || (to + 1 - from) * widths[order[to]!]! > BATCH_TERMS;
    if (!isFull) continue;
    batches.push(order.subarray(from, to));
    from = to;
  }
  return batches;
}

/** As held-out answers have them: of two classes the second alone. */
export function narrow(answers: Float64Array, classes: number): Answered {
  return classes === 2 ? answers.filter((_, i) => i % 2 === 1) : answers;
}
