import type { OddValue, Scale } from '@gradus/data';

/** What each warning knows: its id, and the data that its sentence is made from. */
export interface WarningData {
  /** The sentiment model does not beat "always the larger class". */
  readonly 'unproven-sentiment': {
    readonly accuracy: number;
    readonly majority: number;
    readonly n: number;
    /** Null where the held-out reviews are of one class, so that nothing can be tested. */
    readonly pValue: number | null;
  };
  /** The baseline was significantly more accurate than the larger model, and was deployed. */
  readonly 'baseline-deployed': Readonly<Record<string, never>>;
  /** What the words of clauses say was not shown to be more than chance: each clause gets what its review says. */
  readonly 'clauses-copied': Readonly<Record<string, never>>;
  /** 1 is the best in the column of ratings, which were turned over. */
  readonly 'ratings-inverted': { readonly column: string; readonly scale: Scale };
  /** Values that stand apart from the scale and were taken for "no answer". */
  readonly 'ratings-coded': OddRatings;
  /** Values outside of the scale, taken for typing errors. */
  readonly 'ratings-mistyped': OddRatings;
  readonly 'ratings-of-several-scales': {
    readonly column: string;
    readonly denominators: readonly number[];
  };
  /** Texts that repeat another one and were counted once, with the most frequent of them. */
  readonly copies: {
    readonly texts: number;
    readonly different: number;
    /** Of the texts those that advertise, which are not counted at all. */
    readonly adverts: number;
    readonly examples: readonly { readonly text: string; readonly count: number }[];
  };
  /** The file is of questions or requests, and themes are clusters of what is asked. */
  readonly asks: { readonly isWhole: boolean };
  /** Texts in a language whose words are not known: they are in no theme. */
  readonly 'not-analysed': { readonly reviews: number; readonly share: number };
  /** An earlier run whose themes are of another kind. */
  readonly 'not-compared': { readonly run: string };
  /** Texts that nobody wrote. */
  readonly 'default-texts': { readonly count: number; readonly examples: readonly string[] };
  /** Cells that are neither a rating or label nor "no answer". */
  readonly 'cells-unread': {
    readonly column: string;
    readonly count: number;
    readonly examples: readonly string[];
  };
  readonly 'small-sample': { readonly reviews: number };
  /** So many reviews have a rating or a label, which is too few to learn from. */
  readonly 'no-labels': { readonly labelled: number };
  readonly 'labels-only': Readonly<Record<string, never>>;
  readonly 'no-outcome': Readonly<Record<string, never>>;
  /** One of the two kinds of reviews is rare. */
  readonly imbalance: { readonly rare: 'satisfied' | 'dissatisfied'; readonly share: number };
  readonly 'no-trends': { readonly dated: number };
  readonly 'odd-dates': { readonly reviews: number };
  /** Fewer than two products can be compared. */
  readonly 'one-product': { readonly fewest: number };
  /** The share of the clauses that no theme holds. */
  readonly 'without-theme': { readonly share: number };
}

interface OddRatings {
  readonly column: string;
  readonly scale: Scale;
  readonly values: readonly OddValue[];
}

export type WarningId = keyof WarningData;

export interface WarningOf<I extends WarningId> {
  readonly id: I;
  readonly data: WarningData[I];
}

export type AnyWarning = { readonly [I in WarningId]: WarningOf<I> }[WarningId];
