/** The input of demand analysis: reviews, their clauses, the themes of these and the satisfaction of each clause. */

import type { Localized } from '@gradus/base';
import type { ClauseSentiment } from '../clause-sentiment/posterior.ts';
import type { Said } from '../needs/need-model.ts';
import type { Clause, Review } from '../review.ts';
import type { AnyWarning } from './warning-data.ts';

export interface AnalysisInput {
  /** Used rows only: rows set aside are evidence of nothing. */
  readonly reviews: readonly Review[];
  readonly clauses: readonly Clause[];
  /** By clause: an index into `themes`, or −1 for no theme. */
  readonly themeOf: ArrayLike<number>;
  readonly themes: readonly ThemeInput[];
  /** By clause. Absent where the file has no labels or ratings to learn it from. */
  readonly clauseSentiment?: readonly ClauseSentiment[];
  /** By clause: what is said of which need. Absent where the needs' words are of other languages than the file. */
  readonly statements?: readonly (readonly Said[])[];
  /** By clause that names no need: the id of the one that it is about by the words around. Absent likewise; null where that is not told. */
  readonly unnamed?: readonly (string | null)[];
  /** There is a sentiment model, and it tells no more than the larger class does: nothing is claimed from it. */
  readonly isUnproven?: boolean;
  /** The file is of questions or requests: that a text asks tells nothing. Default false. */
  readonly asks?: boolean;
  /** What the data themselves warn of. */
  readonly cautions?: readonly AnyWarning[];
  /** By review, likewise. */
  readonly reviewSatisfaction?: ArrayLike<number>;
}

export interface ThemeInput {
  /** Stable from run to run. */
  readonly id: string;
  readonly name: string;
  /** The name in both languages, where it is known; else the file's words stand in both. */
  readonly label?: Localized;
  /** The words that set the theme apart, most telling first. */
  readonly terms: readonly string[];
  /** True for praise or blame that names nothing in particular; such a theme never asks for an action. */
  readonly general?: boolean;
  /** Clause indices, most central first. */
  readonly exemplars: readonly number[];
  /** 0 to 1: how nearly another seed finds the same theme. */
  readonly stability?: number;
}
