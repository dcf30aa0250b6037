/** What each finding knows: its code, and the data that its sentences are made from. Shares are from 0 to 1. */
import type { Localized } from '@gradus/base';
import type { PersonalKind } from '../personal/kinds.ts';
import type { ColumnType, DriftLevel, Measure, PredictionMeasure, Severity } from './vocabulary.ts';

export interface FindingData {
  /** The column holds nothing but personal data of this kind. */
  readonly 'personal-column': { readonly kind: PersonalKind; readonly share: number };
  readonly 'personal-inside': {
    readonly kinds: readonly { readonly kind: PersonalKind; readonly share: number }[];
  };
  readonly leak: {
    readonly target: string;
    readonly measure: PredictionMeasure;
    readonly value: number;
    readonly low: number;
    readonly high: number;
  };
  readonly 'unread-file': { readonly file: string; readonly reason: Localized };
  readonly 'unread-rows': {
    readonly count: number;
    readonly rows: number;
    readonly first?: { readonly line: number; readonly reason: Localized };
  };
  readonly drift: {
    readonly psi: number;
    readonly level: Exclude<DriftLevel, 'stable'>;
    /** ISO 8601. */
    readonly boundary: string;
  };
  readonly 'rare-class': { readonly value: string; readonly count: number; readonly share: number };
  readonly 'no-target': { readonly count: number; readonly share: number };
  readonly 'duplicate-rows': {
    readonly count: number;
    readonly rows: number;
    readonly share: number;
    readonly exact: boolean;
  };
  readonly 'duplicate-texts': { readonly share: number };
  readonly 'mostly-missing': { readonly share: number };
  readonly missing: { readonly share: number };
  /** Cells such as `N/A`. */
  readonly 'missing-as-text': { readonly share: number; readonly values: readonly string[] };
  readonly sentinel: { readonly value: number; readonly count: number };
  readonly 'mixed-types': {
    readonly type: ColumnType;
    /** Of the cells that are of another type. */
    readonly share: number;
    readonly examples: readonly string[];
  };
  readonly constant: Readonly<Record<string, never>>;
  /** One value has more than this share of the rows. */
  readonly 'nearly-constant': { readonly share: number };
  readonly identifiers: Readonly<Record<string, never>>;
  readonly 'many-values': { readonly count: number; readonly exact: boolean };
  readonly 'long-tail': { readonly median: number; readonly max: number };
  readonly outliers: {
    readonly count: number;
    readonly share: number;
    readonly examples: readonly number[];
  };
  readonly equivalent: { readonly measure: Measure; readonly value: number };
  readonly 'ambiguous-dates': { readonly assumed: string };
  readonly 'no-header': Readonly<Record<string, never>>;
  readonly 'lines-above': { readonly lines: number };
  /** Of a workbook one sheet was read, which nobody had named. */
  readonly 'other-sheets': { readonly read: string; readonly others: readonly string[] };
  /** So many cells took the value of the cell that they are merged with. */
  readonly 'merged-cells': { readonly cells: number };
  readonly 'mixed-encodings': { readonly lines: number; readonly encoding: string };
  readonly encoding: { readonly encoding: string };
  /** Others fit about as well. */
  readonly 'encoding-in-doubt': { readonly encoding: string; readonly others: readonly string[] };
  readonly 'columns-left-out': { readonly columns: number; readonly leftOut: number };
  /** So many findings of a code are not listed one by one. */
  readonly more: { readonly code: string; readonly count: number };
}

export type FindingCode = keyof FindingData;

/** A finding of one code, before it is put into words. */
export interface FindingOf<C extends FindingCode> {
  readonly code: C;
  readonly severity: Severity;
  readonly columns: readonly string[];
  readonly data: FindingData[C];
}

export type AnyFinding = { readonly [C in FindingCode]: FindingOf<C> }[FindingCode];
