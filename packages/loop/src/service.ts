/**
 * How a finished run answers: what a recipe declares of it once (requests, answers, corrections, columns), and what it is
 * when it is open.
 */
import type { Localized } from '@gradus/base';
import type { HostTensor } from '@gradus/engine';
import type { z } from 'zod';

export interface ServiceDeclaration {
  /** What a request's JSON body must look like; the server refuses others with the schema's own words. */
  readonly request: z.ZodType;
  /** What the response's JSON value looks like. */
  readonly answer: z.ZodType;
  /**
   * What one correction must look like: a line of `gradus feedback`'s file or of POST /v1/feedback. Of a table all values
   * are texts. Where one field is a record of any names (`{row: {…}, label}`), the columns that are no other field are it.
   */
  readonly correction: z.ZodType;
  /**
   * A request of ordinary size: shown to those who try it, and used to measure how long an answer takes. Where requests depend
   * on the run, an open run has one of its own (`Service.example`).
   */
  readonly example: unknown;
  /** Fields that requests have beside their rows where these are a file's: such as that reasons are wanted. */
  readonly ofFiles?: Readonly<Record<string, unknown>>;
  /**
   * The columns that `gradus predict` adds to a file's own, in order, and what each holds. Empty: it answers no rows. Where
   * they depend on the run, all that there may be, for those who read the help; an open run says which it has
   * (`Service.answerColumns`).
   */
  readonly columns: Readonly<Record<string, Localized>>;
  /**
   * The cells of these columns for one row's answer. Default: the answer's fields of these names. A cell that is a PNG as a
   * `data:` URL becomes a file beside the predictions, and the cell its name.
   *
   * @param answer One element of the answer's list
   */
  cells?(answer: unknown): Readonly<Record<string, Cell>>;
  /** Opens a finished run. */
  open(directory: string): Promise<Service>;
}

export type Cell = string | number | boolean | null;

/** A finished run, ready to answer requests. */
export interface Service {
  /** Takes a request that its recipe's schema has parsed; returns the response's JSON value. */
  answer(request: unknown): Promise<unknown>;
  /** A request of ordinary size that this run can answer. Default: `ServiceDeclaration.example`. */
  readonly example?: unknown;
  /**
   * Which columns of a file like the one it was made from hold the fields of a request, by field. Where the elements of a
   * request are records of a file's own columns: the columns that the model reads, each by its own name. Only these can
   * then be renamed (`--column FIELD=COLUMN`).
   */
  readonly columns?: Readonly<Record<string, string>>;
  /** The columns that predictions of this run have, in order, and what each holds. Default: `ServiceDeclaration.columns`. */
  readonly answerColumns?: Readonly<Record<string, Localized>>;
  /**
   * The cells of these columns for one row's answer; null is an empty cell. Default: `ServiceDeclaration.cells`.
   *
   * @param answer One element of the answer's list
   */
  cells?(answer: unknown): Readonly<Record<string, Cell>>;
  /**
   * Where a folder of images is predicted: the column that has their names, and that `rowOf` reads. Absent: a folder holds
   * tables.
   */
  readonly filesAs?: string;
  /**
   * Refuses a file that lacks what the model needs, before any of its rows is read.
   *
   * @param columns Of the file, under the names that the model is given (after `--column`)
   * @throws UserError where a column is missing, naming the column of the file whose name is nearest
   */
  checkColumns?(columns: readonly string[]): void;
  /**
   * One row of a file as an element of a request, for services whose elements are records of the file's own columns. A row
   * with a reason is set aside. Default: its cells that are not empty, as texts.
   *
   * @param cells All of the row by column, also those that the model does not read; what is missing is ''
   * @param folder Of the file: names of other files in its cells are looked for there
   */
  rowOf?(cells: Readonly<Record<string, string>>, folder: string): RowElement | Promise<RowElement>;
  /**
   * A request and its answer as numbers and categories, one row for each element of the request. Monitoring watches them
   * for drift, and compares outcomes that become known later with the row's `outputs`.
   */
  describe?(request: unknown, answer: unknown): readonly Described[];
  /** Embeddings of texts, for services that have them: texts of like meaning are near each other. */
  embed?(texts: readonly string[]): Promise<readonly Float32Array[]>;
  /** What one correction must look like, where the run says more than its recipe: ids that it has, say. */
  readonly correction?: z.ZodType;
  /**
   * The correction that an outcome of one element of the request (`row`, from 0) contains; undefined where there is none, as
   * where the log has cut what the model learns from (`isWhole`).
   *
   * @param request As the prediction log has it: redacted, and with `…` for what was cut
   */
  correctionOf?(request: unknown, row: number, outcome: unknown): unknown;
  close(): Promise<void>;
}

/** The columns that predictions of an open run have, in order, and what each holds. */
export const answerColumnsOf = (
  declared: Pick<ServiceDeclaration, 'columns'>,
  service: Pick<Service, 'answerColumns'>,
): Readonly<Record<string, Localized>> => service.answerColumns ?? declared.columns;

/**
 * The values of these columns for one row's answer, by name; there may be others.
 *
 * @param answer One element of the answer's list
 */
export function answerCellsOf(
  declared: Pick<ServiceDeclaration, 'cells'>,
  service: Pick<Service, 'cells'>,
  answer: object,
): Readonly<Record<string, unknown>> {
  return service.cells?.(answer) ?? declared.cells?.(answer) ?? { ...answer };
}

/**
 * Whether the prediction log has all of a value: `…` stands at the end of a text, and in place of values, list elements and
 * fields, that it cut.
 */
export function isWhole(logged: unknown): boolean {
  if (typeof logged === 'string') return !logged.endsWith('…');
  if (typeof logged !== 'object' || logged === null) return true;
  return Object.entries(logged).every(([name, value]) => name !== '…' && isWhole(value));
}

/** An element of a request; or why a row is none. */
export type RowElement = { readonly value: unknown } | { readonly reason: Localized };

/** One element of a request, and the answer to it. */
export interface Described {
  readonly inputs: Features;
  /** What outcomes may be compared with; one without a name is compared with the first. */
  readonly outputs: Features;
}

/** By name: a number, a category, or null where there is none. */
export type Features = Readonly<Record<string, number | string | null>>;

/** What the graph cannot hold of a model, in a form that needs no Gradus. */
export interface HandOver {
  /**
   * Content by name: plain JSON, and `preprocess.mjs` where lines of a file can be made into inputs: a program for any
   * Node that exports `tensorsOf(lines)`, the inputs as the Open Inference Protocol writes them in JSON.
   */
  readonly files: Readonly<Record<string, string>>;
  /** Of `preprocess.mjs`: what its lines are, and the name of a file of such lines. `texts.txt`, `one text a line` */
  readonly lines?: { readonly file: string; readonly each: string };
  /** What these are, and how inputs are made with them. */
  readonly notes: Localized;
  /** Inputs that mean something, by the graph's names. */
  readonly example: Readonly<Record<string, HostTensor>>;
}
