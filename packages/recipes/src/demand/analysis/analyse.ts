/**
 * Demand analysis: from reviews with themes and satisfaction to what customers need and what to do about it.
 *
 * Same input and same state of `random`, same findings. A second for ten thousand reviews, most of it the bootstrap
 * of opportunity scores, which reports progress and can be aborted.
 */
import type { Random } from '@gradus/base';
import type { Estimate } from '@gradus/tasks';
import { REVIEW, TEXT } from '../row-noun.ts';
import { actionsOf, strengthsOf } from './actions.ts';
import { productsOf } from './by-product.ts';
import type { DemandAnalysis } from './findings.ts';
import type { AnalysisInput } from './input.ts';
import { meanShare, SATISFIED } from './mentions.ts';
import type { Attention } from './opportunity.ts';
import { outcomeOf } from './outcome.ts';
import { pointsOf } from './points.ts';
import { groupColumns, segmentContrasts } from './segment-contrasts.ts';
import { type FileFacts, themeFindings } from './theme-findings.ts';
import { timelineOf } from './timeline.ts';
import { voicesOf } from './voices.ts';
import { warningsOf } from './warnings.ts';

export async function analyseDemand(
  input: AnalysisInput,
  random: Random,
  attention: Attention = {},
): Promise<DemandAnalysis> {
  const { reviews, clauses, clauseSentiment } = input;
  const sentiment = clauseSentiment !== undefined;
  const outcome = sentiment ? outcomeOf(reviews) : null;
  const products = productsOf(reviews);
  const timeline = timelineOf(reviews);
  const themes = await themeFindings(input, { outcome, products, timeline }, random, attention);
  const facts = factsOf(input, { outcome, products, timeline });
  const points = pointsOf(input, outcome, products, timeline);
  const actions = actionsOf(themes, sentiment ? points : [], outcome, facts);
  return {
    ...facts,
    themes,
    points,
    segments: segmentContrasts(
      reviews,
      points,
      clauses.map(({ review }) => review),
    ),
    segmentColumns: groupColumns(reviews),
    voices: input.asks ? [] : voicesOf(input),
    actions,
    protect: strengthsOf(themes, points, actions),
    warnings: warningsOf({ ...facts, sentiment }, reviews, input.cautions),
  };
}

/** What the file is, as a whole. */
function factsOf(input: AnalysisInput, { outcome, products, timeline }: FileFacts) {
  const { reviews, clauses, themeOf } = input;
  const isRated = input.clauseSentiment !== undefined || input.isUnproven;
  return {
    noun: input.asks && !isRated ? TEXT : REVIEW,
    reviews: reviews.length,
    clauses: clauses.length,
    withoutTheme: Array.from(themeOf).filter((theme) => theme < 0).length / Math.max(1, clauses.length),
    outcome: outcome && {
      source: outcome.source,
      low: outcome.low,
      high: outcome.high,
      mean: outcome.mean,
      n: outcome.n,
    },
    satisfied: satisfiedShare(input),
    timeline: timeline && {
      period: timeline.period,
      starts: timeline.starts,
      reviews: timeline.reviews,
      outside: timeline.outside,
    },
    products,
    isUnproven: input.isUnproven ?? false,
  };
}

/** By the file's own labels where any review has one, else by the model's word on whole reviews. */
function satisfiedShare({ reviews, reviewSatisfaction }: AnalysisInput): Estimate | null {
  const labels = reviews.flatMap(({ label }) => label ?? []);
  if (labels.length > 0) return meanShare(labels);
  if (!reviewSatisfaction) return null;
  return meanShare(Array.from(reviewSatisfaction, (probability) => (probability >= SATISFIED ? 1 : 0)));
}
