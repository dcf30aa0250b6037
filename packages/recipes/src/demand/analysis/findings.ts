/** What demand analysis finds: plain data, so that a step can store it, a report show it and JSON carry it. */
import type { Localized } from '@gradus/base';
import type { Estimate } from '@gradus/tasks';
import type { Action, Strength } from './action.ts';
import type { ProductFinding, ProductSummary } from './by-product.ts';
import type { ThemeEffects } from './effect.ts';
import type { Evidence } from './evidence.ts';
import type { Opportunity } from './opportunity.ts';
import type { Outcome } from './outcome.ts';
import type { Polarity } from './polarity.ts';
import type { Timeline } from './timeline.ts';
import type { Trend } from './trend.ts';

export interface ThemeFindings {
  readonly id: string;
  readonly name: string;
  readonly terms: readonly string[];
  /** Names nothing in particular ("very good"): counted and shown, but never acted upon. */
  readonly general: boolean;
  /** 0 to 1: how nearly another seed finds the same theme; null when that was not measured. */
  readonly stability: number | null;
  /** Reviews that mention it. */
  readonly count: number;
  /** Of all reviews. */
  readonly share: Estimate;
  /** Mean satisfaction of its mentions, 0 to 1. Null, as all that follows from it, without labels or ratings. */
  readonly sentiment: Estimate | null;
  /** The share of its mentions that are dissatisfied, and how many that is. */
  readonly dissatisfied: (Estimate & { readonly count: number }) | null;
  readonly polarity: Polarity | null;
  /** 0 to 1: how low the reviews fall that complain about it; null with fewer than five of them. */
  readonly severity: Estimate | null;
  /** Null without enough dates. */
  readonly trend: Trend | null;
  /** Empty unless two or more products have enough reviews. */
  readonly products: readonly ProductFinding[];
  readonly effects: ThemeEffects;
  /** Null for general themes and those too thin to score. */
  readonly opportunity: Opportunity | null;
  readonly evidence: readonly Evidence[];
}

export interface DemandAnalysis {
  readonly reviews: number;
  readonly clauses: number;
  /** The share of clauses that no theme holds. */
  readonly withoutTheme: number;
  /** What effects are measured in; null where the file has neither enough ratings nor enough labels. */
  readonly outcome: Omit<Outcome, 'values'> | null;
  /** The share of reviews that are satisfied: by label where the file has labels, else by the model. */
  readonly satisfied: Estimate | null;
  readonly timeline: Omit<Timeline, 'periodOf'> | null;
  readonly products: readonly ProductSummary[];
  /** Most mentioned first. */
  readonly themes: readonly ThemeFindings[];
  /** Most worthwhile first. */
  readonly actions: readonly Action[];
  /** What people praise: not to be broken while fixing the rest. */
  readonly protect: readonly Strength[];
  /** What to know before trusting the rest. */
  readonly warnings: readonly Warning[];
}

export interface Warning {
  readonly id: string;
  readonly text: Localized;
}
