/** What the pages of a table's model are made from. Plain data. */
import type { Localized } from '@gradus/base';
import type { Section } from '@gradus/report';
import type { LeftOut } from '../columns.ts';
import type { TableEvaluation } from '../evaluation/evaluation.ts';

/** How rows were split into those that were learnt from and those that were tested on. */
export interface SplitNote {
  /** By chance; the newest for testing; whole groups; a file for testing that was given; like the run that was retrained. */
  readonly kind: 'chance' | 'time' | 'group' | 'given' | 'parent';
  /** Of times or groups. */
  readonly column?: string;
  /** The times of the rows for testing, milliseconds since 1970. */
  readonly from?: number;
  readonly to?: number;
  /** How many groups there are in all. */
  readonly groups?: number;
  /** In which the training rows were tried out against each other. */
  readonly folds: number;
}

export interface CandidateNote {
  readonly name: string;
  /** The chosen figure, by cross-validation on training rows; null where it was not finished. */
  readonly score: number | null;
  readonly chosen: boolean;
}

export interface TableReportInput {
  readonly evaluation: TableEvaluation;
  readonly target: {
    readonly name: string;
    readonly kind: 'classes' | 'numbers';
    readonly classes?: readonly string[];
  };
  readonly rows: {
    readonly read: number;
    readonly used: number;
    readonly setAside: number;
    readonly train: number;
    readonly test: number;
  };
  readonly split: SplitNote;
  readonly candidates: readonly CandidateNote[];
  readonly leftOut: Readonly<Record<string, LeftOut>>;
  readonly notes: readonly Localized[];
  /** Of columns that may give the target away, and what to do about them. */
  readonly doubts?: readonly Localized[] | undefined;
  /** By column that was learnt from: the share of its cells that are missing. */
  readonly missing?: Readonly<Record<string, number>> | undefined;
  /** What each column did. */
  readonly explanation?: Section | undefined;
}
