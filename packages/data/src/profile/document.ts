/**
 * A profile: a table's contents, its problems, and what to do about each, as plain data. Numbers are not
 * rounded. The same source gives the same profile, on every machine.
 *
 * Of a table too large for memory, one pass over the whole of it gives the counts (`whole`), and an even sample gives the rest;
 * each part says which.
 */
import type { Localized } from '@gradus/base';
import type { PersonalColumn } from '../personal/column.ts';
import type { Format, SetAside } from '../table/table.ts';
import type { AnyFinding } from './finding.ts';
import type { ColumnType, DriftLevel, Measure, PredictionMeasure } from './vocabulary.ts';

export interface Profile {
  readonly version: 1;
  readonly source: {
    /** The file's name, without its folder; of a database, its table. */
    readonly name: string;
    readonly format: Format;
    readonly bytes: number;
    readonly encoding?: string;
    /** Encodings that fit about as well, and make other text; absent where there are none. */
    readonly encodingDoubt?: readonly string[];
    readonly delimiter?: string;
    /** Lines in another encoding than the file's. */
    readonly foreignLines: number;
    /** Lines above the header that were passed over; absent where there are none. */
    readonly linesAbove?: number;
    /** Of a workbook or a database what was read, what was not, and whether the user had named it. */
    readonly part?: { readonly name: string; readonly others: readonly string[]; readonly isNamed: boolean };
    /** Cells of a sheet that took the value of the cell that they are merged with; absent where there are none. */
    readonly mergedFilled?: number;
  };
  readonly rows: {
    /** Of the source, those set aside included. */
    readonly count: number;
    /** Examined in detail. */
    readonly sampled: number;
    /** Detail is from a sample of the rows. */
    readonly isSample: boolean;
    /** What of the whole source was counted, where detail is from a sample: by DuckDB, or nothing but the rows. */
    readonly wholePass: boolean;
    readonly setAside: SetAside;
  };
  /** Columns beyond the largest number that is examined. */
  readonly columnsLeftOut: number;
  readonly columns: readonly ColumnProfile[];
  readonly duplicates: Duplicates;
  readonly associations: Associations;
  readonly target?: TargetProfile;
  readonly drift?: Drift;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

export interface ColumnProfile {
  readonly name: string;
  readonly type: ColumnType;
  /**
   * `missing`, `numbers.min`, `max`, `mean` and `deviation`, `dates` and the counts of `values` of columns that have at most
   * 20 are of the whole source. Counts of the most frequent of many values are what the sample's shares come to.
   */
  readonly whole: boolean;
  /** Rows that these figures are of. */
  readonly rows: number;
  readonly missing: {
    /** Empty cells and those that say that there is nothing. */
    readonly count: number;
    readonly share: number;
    readonly empty: number;
    /** Cells such as `N/A`, `-`, `未知`, the most frequent first. */
    readonly disguised: readonly ValueCount[];
  };
  readonly distinct: {
    readonly count: number;
    /** Otherwise an estimate (HyperLogLog), to about 10%. */
    readonly exact: boolean;
  };
  /** The share of the cells that hold something which are of the column's type, where some are not; and some of those. */
  readonly mixed?: { readonly share: number; readonly others: readonly string[] };
  readonly numbers?: NumberProfile;
  /** ISO 8601. */
  readonly dates?: {
    readonly earliest: string;
    readonly latest: string;
    readonly histogram: Histogram;
    /** No cell tells whether days or months come first. */
    readonly assumed?: string;
  };
  /** The most frequent, at most 20. */
  readonly values?: readonly ValueCount[];
  /** Of cells, in characters. */
  readonly lengths?: { readonly min: number; readonly mean: number; readonly max: number };
  readonly personal?: PersonalColumn;
  /** Each value comes once, as far as was seen. */
  readonly unique: boolean;
}

export interface ValueCount {
  readonly value: string;
  readonly count: number;
  /** Of all rows. */
  readonly share: number;
}

export interface NumberProfile {
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  /** Of the sample kind: divided by n − 1. */
  readonly deviation: number;
  /** Of the rows looked at in detail, as are all below. */
  readonly integers: boolean;
  readonly zeros: number;
  readonly negatives: number;
  /** By linear interpolation. */
  readonly quantiles: Readonly<Record<'0.01' | '0.05' | '0.25' | '0.5' | '0.75' | '0.95' | '0.99', number>>;
  /** The third standardized moment. */
  readonly skewness: number;
  readonly histogram: Histogram;
  /** Beyond three times the range of the middle half (Tukey, 1977: "far out"); absent where that range is 0. */
  readonly outliers?: {
    readonly low: number;
    readonly high: number;
    readonly count: number;
    readonly share: number;
    readonly examples: readonly number[];
  };
  /** A value such as 9999 or -999 that stands far from all others, and often: most likely for "missing". */
  readonly sentinel?: { readonly value: number; readonly count: number };
}

/** Bins of equal width from the 0.5th to the 99.5th percentile, and how many values lie outside. */
export interface Histogram {
  /** One more than counts; of dates, milliseconds since 1970. */
  readonly edges: readonly number[];
  readonly counts: readonly number[];
  readonly below: number;
  readonly above: number;
}

export interface Duplicates {
  /** Rows equal to one before them. */
  readonly rows: number;
  readonly share: number;
  /** Counted; else estimated from rows whose hash falls into one of many parts. */
  readonly exact: boolean;
  readonly texts?: {
    readonly column: string;
    /** Texts equal to one before them but for case and punctuation, or nearly equal, and how many were compared. */
    readonly count: number;
    readonly compared: number;
    readonly share: number;
    readonly examples: readonly string[];
  };
}

export interface Association {
  readonly columns: readonly [string, string];
  readonly measure: Measure;
  /** From -1 to 1 for the first two measures, from 0 to 1 for the others. */
  readonly value: number;
  /** Of two numbers also this. */
  readonly spearman?: number;
  /** Rows where both columns hold something. */
  readonly rows: number;
}

export interface Associations {
  /** The columns compared with each other, at most 40. */
  readonly columns: readonly string[];
  readonly leftOut: number;
  /** All pairs of them, the strongest first. */
  readonly pairs: readonly Association[];
}

export interface TargetProfile {
  readonly column: string;
  readonly task: 'classification' | 'regression';
  /** Of classes, the most frequent first; at most 20. */
  readonly classes?: readonly ValueCount[];
  /** How well each column alone predicts the target on rows that were held out, the best first. */
  readonly predictors: readonly Predictor[];
  /** Columns that cannot be judged so, and why. */
  readonly notJudged: readonly { readonly column: string; readonly reason: Localized }[];
}

export interface Predictor {
  readonly column: string;
  /** Area under the ROC curve, of several classes the mean weighted by their size; or R². */
  readonly measure: PredictionMeasure;
  readonly value: number;
  /** The 95% interval (Hanley, McNeil, 1982; Fisher's z). */
  readonly low: number;
  readonly high: number;
  /** Rows it was measured on. */
  readonly rows: number;
}

export interface Drift {
  readonly column: string;
  /** ISO 8601; where the early half ends and the late one begins. */
  readonly boundary: string;
  readonly early: { readonly from: string; readonly rows: number };
  readonly late: { readonly to: string; readonly rows: number };
  readonly columns: readonly ColumnDrift[];
}

export interface ColumnDrift {
  readonly column: string;
  /** Population stability index: below 0.1 stable, above 0.25 another population. */
  readonly psi: number;
  /** What the index would be by chance alone, on average. */
  readonly chance: number;
  /** Of numbers: the greatest distance between the two distribution functions (Kolmogorov, Smirnov). */
  readonly ks?: number;
  readonly level: DriftLevel;
  /** Through time, in twelve parts with as many rows: the mean, or the share of the value that changed most. */
  readonly course: {
    readonly of: string | null;
    readonly times: readonly string[];
    readonly values: readonly number[];
  };
}

export type Finding = AnyFinding & {
  /** The rule that yields it. One rule may yield several codes. */
  readonly kind: string;
  readonly what: Localized;
  readonly todo: Localized;
};
