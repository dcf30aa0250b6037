/** The result of demand analysis as plain data: a step stores it, a report shows it, JSON carries it. */
import type { Localized } from '@gradus/base';
import type { Estimate } from '@gradus/tasks';
import type { ProductFinding, ProductSummary } from './by-product.ts';
import type { Confidence } from './confidence.ts';
import type { ThemeEffects } from './effect.ts';
import type { Evidence } from './evidence.ts';
import type { Opportunity } from './opportunity.ts';
import type { Outcome } from './outcome.ts';
import type { Point } from './points.ts';
import type { Polarity } from './polarity.ts';
import type { SegmentContrast } from './segment-contrasts.ts';
import type { Timeline } from './timeline.ts';
import type { Trend } from './trend.ts';
import type { Voice } from './voices.ts';
import type { AnyWarning } from './warning-data.ts';

export interface ThemeFindings {
  readonly id: string;
  readonly name: string;
  /** The name in both languages. */
  readonly label: Localized;
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
  /** Of its own polarity. */
  readonly evidence: readonly Evidence[];
  /** Evidence that complains, whatever the theme's polarity: what actions cite. */
  readonly complaints: readonly Evidence[];
}

export interface Action {
  readonly rank: number;
  /** The theme's id and name. */
  readonly theme: string;
  readonly name: string;
  /** The complaint that it answers; null where the action answers a theme as a whole. */
  readonly point: string | null;
  /** What to do, and what is wrong. */
  readonly title: Localized;
  /** The one figure to know. */
  readonly figure: Localized;
  /** Why: the figures. */
  readonly why: Localized;
  /** Where to start looking. */
  readonly look: Localized;
  /**
   * The gain of the mean rating if no review complained about this any more, all else equal: in points of the file's
   * rating, or as a share of reviews where the file has labels only. Null where it cannot be estimated.
   */
  readonly expected: Estimate | null;
  readonly opportunity: number | null;
  readonly confidence: Confidence;
  /** Products that it concerns more than others. */
  readonly products: readonly string[];
  readonly evidence: readonly Evidence[];
  /** Where a language model worded the title: the rows that it cites. */
  readonly draftedFrom?: readonly number[];
}

export interface Strength {
  readonly theme: string;
  readonly name: string;
  readonly label: Localized;
  readonly why: Localized;
  readonly evidence: readonly Evidence[];
}

export interface DemandAnalysis {
  /** What its rows are called. */
  readonly noun: Localized;
  readonly reviews: number;
  readonly clauses: number;
  /** The share of clauses that no theme holds. */
  readonly withoutTheme: number;
  /** A sentiment model was trained and tells no more than the larger class does: nothing here rests on it. */
  readonly isUnproven: boolean;
  /** What effects are measured in; null where the file has neither enough ratings nor enough labels. */
  readonly outcome: Omit<Outcome, 'values'> | null;
  /** The share of reviews that are satisfied: by label where the file has labels, else by the model. */
  readonly satisfied: Estimate | null;
  readonly timeline: Omit<Timeline, 'periodOf'> | null;
  readonly products: readonly ProductSummary[];
  /** Most mentioned first. */
  readonly themes: readonly ThemeFindings[];
  /** What is said of the themes, most often first. */
  readonly points: readonly Point[];
  /** What groups of reviews say more often than the others; the clearest first. */
  readonly segments: readonly SegmentContrast[];
  /** The columns that groups were compared by. */
  readonly segmentColumns: readonly string[];
  /** Requests, questions, farewells and rivals. */
  readonly voices: readonly Voice[];
  /** Most worthwhile first. */
  readonly actions: readonly Action[];
  /** What people praise: not to be broken while fixing the rest. */
  readonly protect: readonly Strength[];
  /** What to know before trusting the rest. */
  readonly warnings: readonly Warning[];
}

export type Warning = AnyWarning & { readonly text: Localized };
