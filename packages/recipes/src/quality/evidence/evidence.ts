/**
 * Evidence: a table, or several that belong together, as figures of quality. Whatever it is (a voice log, answers of a language model, a
 * survey, measurements), it comes to the same: figures that can be taken of any part of the rows, which rows belong together, what
 * parts them, and what had to be set aside. All of it is plain data.
 */
import type { Localized } from '@gradus/base';
import type { Section } from '@gradus/report';
import type { Figure, FigureEstimate, FigureUnit, SliceColumn } from '@gradus/tasks';
import type { Standard } from '../standard/standard.ts';

const EVIDENCE_KINDS = ['voice', 'answers', 'survey', 'measurements', 'photographs'] as const;
export type EvidenceKind = (typeof EVIDENCE_KINDS)[number];
export type TableKind = Exclude<EvidenceKind, 'photographs'>;

/** A table of evidence as it was read. */
export interface EvidenceTable {
  /** The file's name, for people. */
  readonly file: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Of each row, its number in the file. */
  readonly numbers: readonly number[];
}

/** Why rows, cells or answers were not counted. */
export interface LeftOut {
  readonly reason: Localized;
  readonly count: number;
  /** The first of them, by their numbers in the file. */
  readonly rows: readonly number[];
}

export interface Evidence {
  readonly kind: EvidenceKind;
  readonly file: string;
  /** Of each row, its number in the file. */
  readonly rows: Int32Array;
  readonly figures: readonly Figure[];
  /** Which rows are not independent: of one user, of one sentence. */
  readonly clusters?: Int32Array;
  readonly clusteredBy?: string;
  readonly slices: readonly SliceColumn[];
  readonly versions?: SliceColumn;
  /** Of each row, what it says in a line, for people. */
  readonly quotes: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly notes: readonly Localized[];
  /** Figures of others that the evidence ranks, such as judges. */
  readonly ranked?: readonly Ranked[];
  /** What this kind shows beside its figures. */
  readonly sections: readonly Section[];
  /** Which column was taken for what. */
  readonly columns: Readonly<Record<string, string>>;
  /** What new rows are scored with, where that is more than the columns; survives JSON. */
  readonly fitted?: unknown;
  /** A model that scores them, as the bytes of an ONNX file. */
  readonly graph?: Uint8Array;
}

export interface Ranked {
  readonly measure: string;
  readonly title: Localized;
  readonly unit: FigureUnit;
  /** Which of them. */
  readonly version: string;
  readonly estimate: FigureEstimate;
}

/** What people said of the evidence. */
export interface EvidenceSettings {
  readonly standard: Standard;
  /** The column that says which version a row is of. */
  readonly version?: string | undefined;
  readonly slices: readonly string[];
  /** What was fitted to earlier evidence, by which new rows are scored. */
  readonly fitted?: unknown;
}

const MOST_ROWS_NAMED = 20;

/** Collects what is left out, reason by reason. */
export class LeftOutRows {
  readonly #reasons = new Map<string, { reason: Localized; count: number; rows: number[] }>();

  add(reason: Localized, row: number): void {
    const known = this.#reasons.get(reason.en);
    const one = known ?? { reason, count: 0, rows: [] };
    if (!known) this.#reasons.set(reason.en, one);
    one.count++;
    if (one.rows.length < MOST_ROWS_NAMED) one.rows.push(row);
  }

  get all(): readonly LeftOut[] {
    return [...this.#reasons.values()];
  }
}
