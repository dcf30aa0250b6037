/** What demand analysis works on: reviews, and the clauses they fall into. Plain data, so that steps can store them. */
export interface Review {
  /** Row number in the user's file; the first row under the header is 1. */
  readonly row: number;
  /** Cleaned text. */
  readonly text: string;
  /** 1 satisfied, 0 dissatisfied, as the file itself says by label or stars; absent where it does not say. */
  readonly label?: 0 | 1;
  /** The file's own rating on its own scale (stars, points); absent where there is none. */
  readonly rating?: number;
  /** Milliseconds since 1970, UTC. */
  readonly time?: number;
  readonly product?: string;
  /** By column of groups: the group that it is in. */
  readonly segments?: Readonly<Record<string, string>>;
}

/** A piece of a review that says one thing. */
export interface Clause {
  /** Index into the list of reviews. */
  readonly review: number;
  readonly text: string;
}
