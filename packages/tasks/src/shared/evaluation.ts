/** What every task measures of a model, however it is made. */
import type { Localized } from '@gradus/base';
import type { Estimate } from './estimate.ts';
import type { Standing } from './standing.ts';

/** The figure that a model is known by, on held-out rows. */
export interface TaskEvaluation {
  /** By its name in metrics: accuracy, of which more is better (a gain); rmse, of which less is. */
  readonly figure: Estimate & { readonly name: string; readonly isGain: boolean };
  /** The same figure of the best baseline. */
  readonly baseline: { readonly name: string; readonly value: number };
  /** Two-sided, of the difference, row by row. */
  readonly pValue: number;
  readonly standing: Standing;
  /** Held-out rows. */
  readonly n: number;
  readonly trainedOn: number;
  readonly slices: readonly (Estimate & { readonly name: Localized; readonly n: number })[];
  /** All figures by name; they must survive JSON. */
  readonly metrics: Readonly<Record<string, number>>;
}
