/**
 * Demand analysis: from reviews with themes and satisfaction to what customers need and what to do about it.
 *
 * Same input and same state of `random`, same findings. A second for ten thousand reviews, most of it the bootstrap
 * of opportunity scores, which reports progress and can be aborted.
 */
import type { Random } from '@gradus/base';
import { wilsonInterval } from '@gradus/stats';
import type { Estimate } from '@gradus/tasks';
import type { Review } from '../review.ts';
import { REVIEW, TEXT } from '../row-noun.ts';
import { actionsOf, strengthsOf } from './actions.ts';
import { findingsByProduct, productsOf } from './by-product.ts';
import { bounded, surenessOf } from './confidence.ts';
import { effectsOf, mentionDesign, type ThemeEffects } from './effect.ts';
import { evidenceOf } from './evidence.ts';
import type { DemandAnalysis, ThemeFindings } from './findings.ts';
import type { AnalysisInput } from './input.ts';
import { isDissatisfied, type Mention, meanShare, mentionsByTheme, SATISFIED } from './mentions.ts';
import { type Attention, opportunitiesOf } from './opportunity.ts';
import { outcomeOf } from './outcome.ts';
import { pointsOf } from './points.ts';
import { polarityOf, type Told } from './polarity.ts';
import { groupColumns, segmentContrasts } from './segment-contrasts.ts';
import { severityOf } from './severity.ts';
import { timelineOf } from './timeline.ts';
import { trendsOf } from './trend.ts';
import { voicesOf } from './voices.ts';
import { warningsOf } from './warnings.ts';

const NO_EFFECTS: ThemeEffects = { mention: null, dissatisfied: null, satisfied: null };

export async function analyseDemand(
  input: AnalysisInput,
  random: Random,
  attention: Attention = {},
): Promise<DemandAnalysis> {
  const { reviews, clauses, themes, themeOf, clauseSentiment, reviewSatisfaction } = input;
  const sentiment = clauseSentiment !== undefined;
  const mentions = mentionsByTheme(input);
  const outcome = sentiment ? outcomeOf(reviews) : null;
  const products = productsOf(reviews);
  const byProduct = findingsByProduct(mentions, reviews, products);
  const timeline = timelineOf(reviews);
  const trends = timeline && trendsOf(mentions, timeline);
  const effects = outcome && effectsOf(mentions, reviews, products, outcome);
  const design =
    outcome && mentionDesign(mentions, ['dissatisfied', 'satisfied'], reviews, products, outcome);
  const general = themes.map((theme) => theme.general ?? false);
  const opportunities =
    outcome &&
    design &&
    (await opportunitiesOf(
      mentions,
      general,
      design,
      outcome,
      reviews.length,
      random.fork('opportunity'),
      attention,
    ));
  const average =
    meanShare(mentions.flat().flatMap(({ satisfaction }) => satisfaction ?? []))?.value ?? Number.NaN;

  const told = toldBy(reviews);
  const { statements } = input;
  const sureness = (theme: string, own: readonly Mention[]) =>
    statements
      ? surenessOf(
          theme,
          own.flatMap((mention) => mention.clauses.map((clause) => statements[clause]!)),
        )
      : null;
  const findings = themes.map((theme, index): ThemeFindings => {
    const own = mentions[index]!;
    const feeling = meanShare(own.flatMap(({ satisfaction }) => satisfaction ?? []));
    const complaints = own.filter(isDissatisfied).length;
    const dissatisfied = feeling && {
      value: complaints / own.length,
      interval: wilsonInterval(complaints, own.length),
      count: complaints,
    };
    const opportunity = opportunities?.[index] ?? null;
    const polarity = feeling && polarityOf(feeling, dissatisfied!.value, average, told(own));
    return {
      id: theme.id,
      name: theme.name,
      label: theme.label ?? { en: theme.name, zh: theme.name },
      terms: theme.terms,
      general: general[index]!,
      stability: theme.stability ?? null,
      count: own.length,
      share: {
        value: reviews.length === 0 ? 0 : own.length / reviews.length,
        interval: wilsonInterval(own.length, reviews.length),
      },
      sentiment: feeling,
      dissatisfied,
      polarity,
      severity: sentiment ? severityOf(own, outcome, reviewSatisfaction) : null,
      trend: trends?.[index] ?? null,
      products: byProduct[index]!,
      effects: effects?.[index] ?? NO_EFFECTS,
      opportunity: opportunity && {
        ...opportunity,
        confidence: bounded(opportunity.confidence, {
          stability: theme.stability ?? null,
          sureness: sureness(theme.id, own),
        }),
      },
      evidence: evidenceOf(index, own, polarity, input),
      complaints: sentiment ? evidenceOf(index, own, 'problem', input) : [],
    };
  });
  findings.sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));

  const isRated = sentiment || input.isUnproven;
  const facts = {
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
  const points = pointsOf(input, outcome, products, timeline);
  const actions = actionsOf(findings, sentiment ? points : [], outcome, facts);
  return {
    ...facts,
    themes: findings,
    points,
    segments: segmentContrasts(
      reviews,
      points,
      clauses.map(({ review }) => review),
    ),
    segmentColumns: groupColumns(reviews),
    voices: input.asks ? [] : voicesOf(input),
    actions,
    protect: strengthsOf(findings, points, actions),
    warnings: warningsOf({ ...facts, sentiment }, reviews, input.cautions),
  };
}

const FEWEST_LABELLED = 10;

/** What the file's own labels say of a theme's reviews. */
function toldBy(reviews: readonly Review[]): (mentions: readonly Mention[]) => Told | null {
  const all = meanShare(reviews.flatMap(({ label }) => label ?? []));
  return (mentions) => {
    const labels = mentions.flatMap(({ review }) => reviews[review]!.label ?? []);
    const mentioning = labels.length < FEWEST_LABELLED ? null : meanShare(labels);
    return all && mentioning && { mentioning, all: all.value };
  };
}

/** By the file's own labels where any review has one, else by the model's word on whole reviews. */
function satisfiedShare({ reviews, reviewSatisfaction }: AnalysisInput): Estimate | null {
  const labels = reviews.flatMap(({ label }) => label ?? []);
  if (labels.length > 0) return meanShare(labels);
  if (!reviewSatisfaction) return null;
  return meanShare(Array.from(reviewSatisfaction, (probability) => (probability >= SATISFIED ? 1 : 0)));
}
