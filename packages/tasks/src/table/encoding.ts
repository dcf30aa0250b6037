/**
 * A table's columns as models take them, by pipelines of `@gradus/data` that also stand in the deployed graph before the model:
 *
 * - for trees: numbers as they are, missing ones too; dates as cycles and a trend; levels by their number
 * - dense, for linear models and networks: numbers and dates filled, standardized and joined, with a column for those that were missing;
 *   levels by their number, of which each has weights of its own
 *
 * Texts are scores of linear models of their terms, and a length (`texts/`); images scores of linear models of what an encoder sees in
 * them (`images/`).
 *
 * Levels are looked up once each, and not row by row: a million rows of thirty levels ask thirty questions.
 */
import type { TreeColumn } from '@gradus/classical';
import {
  type ColumnData,
  type FittedPipeline,
  featureNames,
  fitPipeline,
  pipeline,
  steps,
  transform,
} from '@gradus/data';
import type { HostTensor } from '@gradus/engine';
import { type ImageEncoder, STATISTICS } from '../image/encoder.ts';
import type { CategoryCells, ImageCells, NumberCells, TableColumn, TextCells, TimeCells } from './columns.ts';
import type { DenseData } from './dense-data.ts';
import {
  denseImageFeatures,
  type ImageCellFeatures,
  type ImageColumn,
  type ImageScores,
  imageFeatures,
} from './images/image-column.ts';
import { fitImages, fitTexts, freeNames, imageTreeColumns, textTreeColumns } from './scored-columns.ts';
import type { StackingOptions } from './stacked-scores.ts';
import {
  denseTextFeatures,
  type TextCellFeatures,
  type TextColumn,
  textFeatures,
} from './texts/text-column.ts';

/** Plain data. Inside, columns are called n0, t0, c0: a column may have any name, also one that a step gives to what it adds. */
export interface Encoding {
  /** Raw columns by kind, in order. Those of no use (all missing, no level that repeats) are none of them. */
  readonly numbers: readonly string[];
  readonly times: readonly string[];
  readonly categories: readonly string[];
  /** Of times, and of the levels of categories. */
  readonly calendar: FittedPipeline;
  readonly levels: FittedPipeline;
  /** Of numbers and times, to one matrix `DENSE`. */
  readonly dense: FittedPipeline;
  readonly texts: readonly TextColumn[];
  readonly images: readonly ImageColumn[];
}

export const DENSE = 'dense';
/** The names inside of raw columns. */
export const innerName = { number: 'n', time: 't', category: 'c' } as const;

export interface EncodedRows {
  readonly rows: number;
  /** Numbers, features of times, features of texts and of images, categories. */
  readonly trees: readonly TreeColumn[];
  /** Of each of these, the raw column that it was made of. */
  readonly treeSources: readonly string[];
  readonly dense: DenseData;
  /** Of each dense number, and behind them of each code of each category. */
  readonly denseSources: readonly string[];
}

/** A level in fewer training rows is unknown: too little is known of it. */
const FEWEST_OF_LEVEL = 2;
const MOST_LEVELS = 10_000;

export interface EncodingOptions extends StackingOptions {
  /** Times as a number too: of no use where later rows than any of these are to be predicted. */
  readonly withTrend: boolean;
  /** Has described the images. Default: statistics. */
  readonly encoder?: ImageEncoder | undefined;
}

export interface FittedEncoding {
  readonly encoding: Encoding;
  /** The training rows. Scores of texts are those of models that have not seen the row. */
  readonly training: EncodedRows;
}

/** @param columns of the training rows */
export async function fitEncoding(
  columns: readonly TableColumn[],
  { withTrend, encoder = STATISTICS, ...options }: EncodingOptions,
): Promise<FittedEncoding> {
  const numbers = columns.filter(({ cells }) => cells.kind === 'number' && varies(cells.values));
  const times = columns.filter(({ cells }) => cells.kind === 'time' && varies(cells.values));
  const categories = columns.flatMap(({ name, cells }) => {
    const levels = cells.kind === 'category' ? frequentLevels(cells) : [];
    return levels.length > 0 ? [{ name, levels }] : [];
  });
  const ofTimes = times.length > 0 ? [steps.missing({ indicator: true, columns: { kind: 'time' } })] : [];
  const ofDates = times.length > 0 ? [steps.dates({ trend: withTrend })] : [];
  const ofNumbers =
    numbers.length > 0
      ? [steps.missing({ indicator: true, columns: { kind: 'number' } }), steps.standardize()]
      : [];
  const join = numbers.length + times.length > 0 ? [steps.join({ into: DENSE })] : [];
  const [timeKinds, numberKinds] = [declared('time', times.length), declared('number', numbers.length)];
  const timeData = inner('time', times);
  const free = freeNames(columns);
  const texts = fitTexts(columns, free, options);
  const images = fitImages(columns, free, encoder, options);
  const encoding: Encoding = {
    numbers: numbers.map(({ name }) => name),
    times: times.map(({ name }) => name),
    categories: categories.map(({ name }) => name),
    calendar: await fitted(timeKinds, [...ofTimes, ...ofDates], timeData),
    levels: await fittedLevels(categories.map(({ levels }) => levels)),
    dense: await fitted({ ...numberKinds, ...timeKinds }, [...ofNumbers, ...ofTimes, ...ofDates, ...join], {
      ...inner('number', numbers),
      ...timeData,
    }),
    texts: texts.map(({ column }) => column),
    images: images.map(({ column }) => column),
  };
  const training = await encoded(encoding, columns, {
    texts: texts.map(({ training }) => training),
    images: images.map(({ training }) => training),
  });
  return { encoding, training };
}

/** @throws RangeError where a column is missing */
export const encode = (encoding: AppliedEncoding, columns: readonly TableColumn[]): Promise<EncodedRows> =>
  encoded(encoding, columns, {});

/** What later rows are encoded with. */
export interface AppliedEncoding extends Omit<Encoding, 'images'> {
  readonly images: readonly ImageScores[];
}

/** @param known Features of texts and images by column; default what the encoding's models say */
async function encoded(
  encoding: AppliedEncoding,
  columns: readonly TableColumn[],
  known: {
    readonly texts?: readonly TextCellFeatures[];
    readonly images?: readonly ImageCellFeatures[];
  },
): Promise<EncodedRows> {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const of = (names: readonly string[]) =>
    names.map((name) => {
      const column = byName.get(name);
      if (!column) throw new RangeError(`there is no column "${name}"`);
      return column;
    });
  const [numbers, times, categories] = [
    of(encoding.numbers),
    of(encoding.times),
    of(encoding.categories) as (TableColumn & { readonly cells: CategoryCells })[],
  ];
  const rows = rowsOf(columns);
  const codes = await codesOf(
    encoding.levels,
    categories.map(({ cells }) => cells),
  );
  const sizes = categories.map((_, i) => levelCount(encoding.levels, i));
  const calendar = times.length > 0 ? await transform(encoding.calendar, inner('time', times)) : {};
  const dense =
    numbers.length + times.length > 0
      ? (await transform(encoding.dense, { ...inner('number', numbers), ...inner('time', times) }))[DENSE]
      : undefined;
  const texts = encoding.texts.map((text, i) => {
    const cells = of([text.name])[0]!.cells as TextCells;
    return { text, cells: known.texts?.[i] ?? textFeatures(text, cells) };
  });
  const images = encoding.images.map((image, i) => {
    const { values } = of([image.name])[0]!.cells as ImageCells;
    return { image, cells: known.images?.[i] ?? imageFeatures(image, values) };
  });
  const blocks = [
    ...(dense ? [{ values: dense.data as Float32Array, width: dense.dims[1]! }] : []),
    ...texts.map(({ text, cells }) => ({
      values: denseTextFeatures(text, cells),
      width: text.means.length,
    })),
    ...images.map(({ image, cells }) => ({
      values: denseImageFeatures(image, cells),
      width: image.means.length,
    })),
  ];
  return {
    rows,
    trees: [
      ...numbers.map(({ cells }): TreeColumn => ({ kind: 'number', values: (cells as NumberCells).values })),
      ...Object.values(calendar).flatMap(columnsOf),
      ...texts.flatMap(({ text, cells }) => textTreeColumns(text, cells)),
      ...images.flatMap(({ image, cells }) => imageTreeColumns(image, cells)),
      ...codes.map((of, i): TreeColumn => ({ kind: 'category', codes: of, categories: sizes[i]! })),
    ],
    treeSources: [
      ...encoding.numbers,
      ...Object.entries(calendar).flatMap(([block, { dims }]) =>
        new Array<string>(dims[1] ?? 1).fill(rawName(block, encoding)),
      ),
      ...[...encoding.texts, ...encoding.images].flatMap(({ name, speaksOf }) =>
        new Array<string>(speaksOf.length + 1).fill(name),
      ),
      ...encoding.categories,
    ],
    denseSources: [
      ...(dense ? featureNames(encoding.dense, DENSE) : []).map((feature) => rawName(feature, encoding)),
      ...[...encoding.texts, ...encoding.images].flatMap(({ name, means }) =>
        new Array<string>(means.length).fill(name),
      ),
      ...encoding.categories.flatMap((name, i) => new Array<string>(sizes[i]!).fill(name)),
    ],
    dense: {
      rows,
      numbers: joinedBlocks(blocks, rows),
      width: blocks.reduce((sum, { width }) => sum + width, 0),
      codes: sideBySide(codes, rows),
      categories: sizes,
    },
  };
}

/** Some rows of columns. */
export const pickTreeColumns = (columns: readonly TreeColumn[], rows: Int32Array): TreeColumn[] =>
  columns.map((column) =>
    column.kind === 'number'
      ? { ...column, values: Float64Array.from(rows, (row) => column.values[row]!) }
      : { ...column, codes: Int32Array.from(rows, (row) => column.codes[row]!) },
  );

function joinedBlocks(
  blocks: readonly { readonly values: Float32Array; readonly width: number }[],
  rows: number,
): Float32Array {
  if (blocks.length === 1) return blocks[0]!.values;
  const width = blocks.reduce((sum, { width }) => sum + width, 0);
  const joined = new Float32Array(rows * width);
  let at = 0;
  for (const { values, width: own } of blocks) {
    for (let row = 0; row < rows; row++)
      for (let k = 0; k < own; k++) joined[row * width + at + k] = values[row * own + k]!;
    at += own;
  }
  return joined;
}

/** The raw column that a block or feature was made of, whose name begins with the column's own inside. */
function rawName(inside: string, { numbers, times }: Pick<Encoding, 'numbers' | 'times'>): string {
  const [, kind, place] = /^([nt])(\d+)/.exec(inside)!;
  return (kind === innerName.number ? numbers : times)[Number(place)]!;
}

/** How many codes a category has, 0 for unknown and missing ones included. */
function levelCount({ steps }: FittedPipeline, category: number): number {
  const at = `${innerName.category}${category}`;
  const step = steps.find(({ columns }) => columns.includes(at))!;
  const parameters = step.parameters as readonly { readonly levels: readonly string[] }[];
  return parameters[step.columns.indexOf(at)]!.levels.length + 1;
}

/** The raw columns' values by their names inside. */
export function inner(
  kind: keyof typeof innerName,
  columns: readonly TableColumn[],
): Record<string, ColumnData> {
  return Object.fromEntries(
    columns.map(({ cells }, i) => [`${innerName[kind]}${i}`, (cells as NumberCells | TimeCells).values]),
  );
}

const declared = (kind: 'number' | 'time', count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`${innerName[kind]}${i}`, kind] as const));

const NOTHING: FittedPipeline = { columns: [], steps: [] };

async function fitted(
  kinds: Parameters<typeof pipeline>[0],
  of: Parameters<typeof pipeline>[1],
  data: Record<string, ColumnData>,
): Promise<FittedPipeline> {
  return Object.keys(kinds).length === 0 ? NOTHING : fitPipeline(pipeline(kinds, of), data);
}

/** Each level once; shorter lists end in missing ones, which are no level. */
async function fittedLevels(levels: readonly (readonly string[])[]): Promise<FittedPipeline> {
  if (levels.length === 0) return NOTHING;
  const names = levels.map((_, i) => `${innerName.category}${i}`);
  return fitPipeline(
    pipeline(Object.fromEntries(names.map((name) => [name, 'text' as const])), [
      steps.ordinal({ as: 'index' }),
    ]),
    padded(levels, names),
  );
}

function padded(levels: readonly (readonly string[])[], names: readonly string[]): Record<string, string[]> {
  const most = Math.max(1, ...levels.map(({ length }) => length));
  return Object.fromEntries(
    levels.map((of, i) => [names[i]!, Array.from({ length: most }, (_, k) => of[k] ?? '')]),
  );
}

async function codesOf(levels: FittedPipeline, cells: readonly CategoryCells[]): Promise<Int32Array[]> {
  if (cells.length === 0) return [];
  const names = cells.map((_, i) => `${innerName.category}${i}`);
  const looked = await transform(
    levels,
    padded(
      cells.map(({ levels }) => levels),
      names,
    ),
  );
  return cells.map(({ codes }, i) => {
    const places = Int32Array.from(looked[names[i]!]!.data as BigInt64Array, Number);
    return codes.map((code) => (code < 0 ? 0 : places[code]!));
  });
}

/** Features of a block as columns of trees. */
function columnsOf({ dims, data }: HostTensor): TreeColumn[] {
  const width = dims[1] ?? 1;
  const all = data as Float64Array;
  return Array.from({ length: width }, (_, k) => ({
    kind: 'number',
    values: Float32Array.from({ length: dims[0]! }, (_, row) => all[row * width + k]!),
  }));
}

function sideBySide(codes: readonly Int32Array[], rows: number): Int32Array {
  const width = codes.length;
  const all = new Int32Array(rows * width);
  for (const [k, of] of codes.entries()) {
    for (let row = 0; row < rows; row++) all[row * width + k] = of[row]!;
  }
  return all;
}

function frequentLevels({ codes, levels }: CategoryCells): string[] {
  const counts = new Int32Array(levels.length);
  for (const code of codes) if (code >= 0) counts[code]! += 1;
  return [...levels.keys()]
    .filter((code) => counts[code]! >= FEWEST_OF_LEVEL)
    .sort((a, b) => counts[b]! - counts[a]!)
    .slice(0, MOST_LEVELS)
    .map((code) => levels[code]!);
}

/** Two values that differ. */
function varies(values: Float64Array): boolean {
  const first = values.find((value) => !Number.isNaN(value));
  return first !== undefined && values.some((value) => !Number.isNaN(value) && value !== first);
}

export function rowsOf([first]: readonly TableColumn[]): number {
  if (!first) return 0;
  return first.cells.kind === 'category' ? first.cells.codes.length : first.cells.values.length;
}
