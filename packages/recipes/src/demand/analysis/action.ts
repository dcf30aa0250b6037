/** What to do, and what not to break while doing it. */
import type { Localized } from '@gradus/base';
import type { Estimate } from '@gradus/tasks';
import type { Evidence } from './evidence.ts';
import type { Confidence } from './opportunity.ts';

export interface Action {
  readonly rank: number;
  /** The theme's id and name. */
  readonly theme: string;
  readonly name: string;
  readonly title: Localized;
  /** Why: the figures. */
  readonly why: Localized;
  /** Where to start looking. */
  readonly look: Localized;
  /**
   * What the mean rating would gain if no review had reason to complain of this any more, all else equal; in points of the file's
   * rating, or as a share of reviews where the file has labels only. Null where it cannot be told.
   */
  readonly expected: Estimate | null;
  readonly opportunity: number | null;
  readonly confidence: Confidence;
  /** Products that have it more than the others; empty when none stands out. */
  readonly products: readonly string[];
  readonly evidence: readonly Evidence[];
}

export interface Strength {
  readonly theme: string;
  readonly name: string;
  readonly why: Localized;
  readonly evidence: readonly Evidence[];
}
