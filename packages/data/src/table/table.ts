/** A table: rows of text under named columns, and the rows that were set aside. Every reader returns one. */
import type { Localized } from '@gradus/base';

export const FORMATS = [
  'csv',
  'json',
  'jsonl',
  'parquet',
  'xlsx',
  'html',
  'sqlite',
  'postgres',
  'folder',
] as const;
export type Format = (typeof FORMATS)[number];

/** By their names in the WHATWG Encoding Standard, which Node's TextDecoder takes. */
const ENCODINGS = [
  'utf-8',
  'utf-16le',
  'utf-16be',
  'gb18030',
  'big5',
  'shift_jis',
  'euc-jp',
  'euc-kr',
  'windows-1252',
  'windows-1250',
  'windows-1251',
  'windows-1253',
  'windows-1254',
  'windows-1255',
  'windows-1256',
  'windows-874',
  'iso-8859-15',
  'iso-8859-2',
  'koi8-r',
  'ibm866',
  'macintosh',
] as const;
/** Of the text that a table is read from. */
export type Encoding = (typeof ENCODINGS)[number];

export interface Table {
  readonly columns: readonly string[];
  /** Row by row: rows are what is split, set aside and quoted. Dates are ISO 8601, decimals have a point. */
  readonly rows: readonly (readonly string[])[];
  /** Of each row, its number in the source, across files in a folder; the first under the header is 1. */
  readonly numbers: readonly number[];
  /** All rows of the source, those set aside and those not sampled included. */
  readonly rowsRead: number;
  /** Rows were too many to hold: `rows` is an even sample of them. */
  readonly sampled: boolean;
  readonly setAside: SetAside;
  readonly format: Format;
  /** The sheet of a workbook or table of a database that was read, and those that were not. */
  readonly part?: { readonly name: string; readonly others: readonly string[] };
  /** Of text files. */
  readonly encoding?: Encoding;
  /** Other encodings that fit about as well, and make other text. */
  readonly encodingDoubt?: readonly Encoding[];
  /** Of CSV and its like; `''`: each line is one text. */
  readonly delimiter?: string;
  /** Columns that were not read, with the option `firstColumns`. */
  readonly columnsLeftOut?: number;
  /** Lines in another encoding than the file's. */
  readonly foreignLines: number;
  /** Lines above the header that were passed over, blank ones not counted: a title, a period, comments. */
  readonly linesAbove?: number;
  /** Of a sheet: cells that took the value of the cell that they are merged with, since it belongs to all its rows. */
  readonly mergedFilled?: number;
  /** Size of the file, or of all files; of a table on a server, of its rows as text. */
  readonly bytes: number;
}

export interface SetAside {
  readonly count: number;
  /** The first of them. */
  readonly rows: readonly RowSetAside[];
  /** Files of a folder that could not be read at all. */
  readonly files?: readonly FileSetAside[];
}

export interface FileSetAside {
  readonly file: string;
  readonly reason: Localized;
}

export interface RowSetAside {
  readonly row: number;
  /** In the file: of a text file the line, of a sheet the row, else the row's number. */
  readonly line: number;
  readonly reason: Localized;
  /** In which file of a folder. */
  readonly file?: string;
}
