/**
 * A table as this task learns from it: by columns, each read as what it holds. Plain data.
 *
 * Reading is the same in training and in service: a column keeps the form that it was read in (which mark begins decimals), and the
 * cells of later rows are read in that form.
 */
import type { DayOrder, DecimalMark } from '@gradus/data';
import { encoderName, type ImageEncoder } from '../image/encoder.ts';
import { featuresUrl } from '../image/inline.ts';
import type { EncoderRef } from '../shared/brought-encoder.ts';

export interface NumberCells {
  readonly kind: 'number';
  /** NaN where missing. */
  readonly values: Float64Array;
  readonly decimal: DecimalMark;
}

export interface CategoryCells {
  readonly kind: 'category';
  /** Places in `levels`; −1 where missing. */
  readonly codes: Int32Array;
  /** In the order of their first row. */
  readonly levels: readonly string[];
}

export interface TimeCells {
  readonly kind: 'time';
  /** Milliseconds since 1970, UTC; NaN where missing. */
  readonly values: Float64Array;
  /** Of a column with cells like 03/04/2024: which of day and month comes first. */
  readonly order?: DayOrder;
}

export interface TextCells {
  readonly kind: 'text';
  /** Cleaned; '' where missing. */
  readonly values: readonly string[];
  /** What an encoder that the user brings says of each, [dimensions]; absent where there is none. */
  readonly vectors?: readonly Float32Array[];
}

/** Null where missing. */
export type ImageCell = {
  /** As the cell names it; for rows of a file, until the image is described. */
  readonly source: string;
  /** An encoder's numbers. */
  readonly features?: Float32Array;
} | null;

export interface ImageCells {
  readonly kind: 'image';
  readonly values: readonly ImageCell[];
}

export type Cells = NumberCells | CategoryCells | TimeCells | TextCells | ImageCells;

export interface TableColumn {
  readonly name: string;
  readonly cells: Cells;
  /** Cells that hold something which could not be read; they count as missing. The first of them with its row's number. */
  readonly unread?: { readonly count: number; readonly row: number; readonly cell: string };
}

/** Why a column is not learnt from. */
export type LeftOut =
  | { readonly code: 'asked' }
  | { readonly code: 'empty' }
  | { readonly code: 'constant'; readonly value: string }
  /** (Nearly) another value in each row. */
  | { readonly code: 'identifier' }
  | { readonly code: 'time' }
  | { readonly code: 'group' }
  | { readonly code: 'weight' }
  /** More columns than are learnt from; the least informative ones are left out. */
  | { readonly code: 'too-many' }
  /** More columns of texts than are learnt from; those of shorter texts are left out. */
  | { readonly code: 'too-many-texts' }
  /** More columns of images than are learnt from. */
  | { readonly code: 'too-many-images' }
  | { readonly code: 'leak'; readonly leak: Leak };

/** How a column gives the target away. */
export type Leak =
  /** It is the target, or says it one to one. */
  | { readonly code: 'copy' }
  /** It alone predicts held-out rows as well as nothing that is known beforehand does. */
  | { readonly code: 'too-good'; readonly score: number; readonly metric: string }
  /** One of its values goes with one rare class almost always. */
  | {
      readonly code: 'level';
      readonly level: string;
      readonly label: string;
      readonly rows: number;
      readonly share: number;
      /** Share of the class in all rows. */
      readonly base: number;
    }
  /** That it holds something, or holds nothing, goes with one rare class almost always. */
  | {
      readonly code: 'presence';
      readonly isMissing: boolean;
      readonly label: string;
      readonly rows: number;
      readonly share: number;
      readonly base: number;
    };

/** Rows of a table, by columns. Places count from 0; numbers are those of the file. */
export interface TableRows {
  readonly count: number;
  /** By place: the row's number in the file, from 1. Rows of the file for testing are numbered on behind those of the main file. */
  readonly numbers: Int32Array;
  /** All columns that may be learnt from, in the file's order. */
  readonly columns: readonly TableColumn[];
  readonly target: Target;
  /** Milliseconds since 1970, or numbers that order the rows (a step, a year); NaN where missing. Absent where no time is used. */
  readonly times?: { readonly column: string; readonly values: Float64Array; readonly isNumber?: true };
  /** By place: rows of one group (a patient, a customer) share a number. */
  readonly groups?: { readonly column: string; readonly values: Int32Array };
  /** By place, from 0 up. */
  readonly weights?: Float64Array;
  /** By place: 1 for rows of the file for testing. Absent where there is none. */
  readonly isTest?: Uint8Array;
  /** Places of rows whose images show the same. */
  readonly twins?: readonly (readonly [number, number])[];
  /** What describes the images of its columns; absent where there are none. */
  readonly encoder?: ImageEncoder;
  /** What has made the vectors of its texts; absent where the user brings none. */
  readonly textEncoder?: EncoderRef;
  /** What was left out of `columns`, by name. */
  readonly leftOut: Readonly<Record<string, LeftOut>>;
}

/** What is to be predicted, by place. */
export type Target = ClassTarget | NumberTarget;

export interface ClassTarget {
  readonly kind: 'classes';
  readonly name: string;
  /** By label; of two, the second is the one that probabilities and AUC speak of. */
  readonly classes: readonly string[];
  readonly labels: Int32Array;
}

export interface NumberTarget {
  readonly kind: 'numbers';
  readonly name: string;
  readonly values: Float64Array;
  readonly decimal: DecimalMark;
  /** `count`: whole and never below 0; `share`: between 0 and 1; `number`: any. */
  readonly nature: 'number' | 'count' | 'share';
}

/** A row as a request or a file has it: missing is null, '' or absent. */
export type RawRow = Readonly<Record<string, string | number | boolean | null>>;

/** Some rows of cells. */
export function pickCells(cells: Cells, rows: ArrayLike<number>): Cells {
  switch (cells.kind) {
    case 'number':
      return { ...cells, values: Float64Array.from(rows, (row) => cells.values[row]!) };
    case 'time':
      return { ...cells, values: Float64Array.from(rows, (row) => cells.values[row]!) };
    case 'category':
      return { ...cells, codes: Int32Array.from(rows, (row) => cells.codes[row]!) };
    case 'text':
      return {
        kind: 'text',
        values: Array.from(rows, (row) => cells.values[row]!),
        ...(cells.vectors && { vectors: Array.from(rows, (row) => cells.vectors![row]!) }),
      };
    case 'image':
      return { kind: 'image', values: Array.from(rows, (row) => cells.values[row]!) };
  }
}

/** Columns by name, some of their rows. */
export const pickColumns = (columns: readonly TableColumn[], rows: ArrayLike<number>): TableColumn[] =>
  columns.map(({ name, cells }) => ({ name, cells: pickCells(cells, rows) }));

/** Of a column's cells those that are missing. */
export function missingShare(cells: Cells, rows: number): number {
  const values: ArrayLike<number | string | ImageCell> =
    cells.kind === 'category' ? cells.codes : cells.values;
  let missing = 0;
  for (let row = 0; row < rows; row++) {
    const value = values[row]!;
    if (value === '' || value === null || Number.isNaN(value) || (cells.kind === 'category' && value === -1))
      missing += 1;
  }
  return rows === 0 ? 0 : missing / rows;
}

/** A cell of a column as people read it; '' where missing. */
export function shownCell(cells: Cells, row: number): string {
  switch (cells.kind) {
    case 'number':
      return Number.isNaN(cells.values[row]!) ? '' : String(Number(cells.values[row]!.toPrecision(12)));
    case 'time':
      return Number.isNaN(cells.values[row]!) ? '' : new Date(cells.values[row]!).toISOString();
    case 'category':
      return cells.codes[row]! < 0 ? '' : cells.levels[cells.codes[row]!]!;
    case 'text':
      return cells.values[row]!;
    case 'image':
      return cells.values[row]?.source ?? '';
  }
}

/** Rows as a request would have them. */
export const rawRows = (
  { columns, encoder }: Pick<TableRows, 'columns' | 'encoder'>,
  at: ArrayLike<number>,
): Record<string, string | number | null>[] => {
  const described = encoder ? encoderName(encoder) : '';
  return Array.from(at, (place) =>
    Object.fromEntries(
      columns.map(({ name, cells }) => {
        if (cells.kind === 'image') {
          const features = cells.values[place]?.features;
          return [name, features ? featuresUrl(features, described) : null];
        }
        const shown = shownCell(cells, place);
        return [name, cells.kind === 'number' && shown !== '' ? cells.values[place]! : shown || null];
      }),
    ),
  );
};

/** The target of some rows. */
export const pickTarget = (target: Target, places: ArrayLike<number>): Target =>
  target.kind === 'classes'
    ? { ...target, labels: Int32Array.from(places, (i) => target.labels[i]!) }
    : { ...target, values: Float64Array.from(places, (i) => target.values[i]!) };
