/** What each warning knows: its id, and the data that its sentence is made from. */
export interface WarningData {
  readonly 'small-sample': { readonly reviews: number };
  readonly 'no-labels': Readonly<Record<string, never>>;
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

export type WarningId = keyof WarningData;

export interface WarningOf<I extends WarningId> {
  readonly id: I;
  readonly data: WarningData[I];
}

export type AnyWarning = { readonly [I in WarningId]: WarningOf<I> }[WarningId];
