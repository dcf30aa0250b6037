/** What is known of each theme: how many speak of it, how they feel, what it costs, where and since when. */
import type { Random } from '@gradus/base';
import { wilsonInterval } from '@gradus/stats';
import type { Review } from '../review.ts';
import { findingsByProduct, type ProductSummary } from './by-product.ts';
import { bounded, surenessOf } from './confidence.ts';
import { effectsOf, mentionDesign, type ThemeEffects } from './effect.ts';
import { evidenceOf } from './evidence.ts';
import type { ThemeFindings } from './findings.ts';
import type { AnalysisInput } from './input.ts';
import { isDissatisfied, type Mention, meanShare, mentionsByTheme } from './mentions.ts';
import { type Attention, type Opportunity, opportunitiesOf } from './opportunity.ts';
import type { Outcome } from './outcome.ts';
import { polarityOf, type Told } from './polarity.ts';
import { severityOf } from './severity.ts';
import type { Timeline } from './timeline.ts';
import { trendsOf } from './trend.ts';

/** What the whole file says. */
export interface FileFacts {
  readonly outcome: Outcome | null;
  readonly products: readonly ProductSummary[];
  readonly timeline: Timeline | null;
}

const NO_EFFECTS: ThemeEffects = { mention: null, dissatisfied: null, satisfied: null };

/** Most often mentioned first. */
export async function themeFindings(
  input: AnalysisInput,
  { outcome, products, timeline }: FileFacts,
  random: Random,
  attention: Attention,
): Promise<ThemeFindings[]> {
  const { reviews, themes, clauseSentiment, reviewSatisfaction } = input;
  const sentiment = clauseSentiment !== undefined;
  const mentions = mentionsByTheme(input);
  const byProduct = findingsByProduct(mentions, reviews, products);
  const trends = timeline && trendsOf(mentions, timeline);
  const effects = outcome && effectsOf(mentions, reviews, products, outcome);
  const opportunities = await opportunitiesIn(input, mentions, { outcome, products }, random, attention);
  const average =
    meanShare(mentions.flat().flatMap(({ satisfaction }) => satisfaction ?? []))?.value ?? Number.NaN;
  const told = toldBy(reviews);
  const findings = themes.map((theme, index): ThemeFindings => {
    const own = mentions[index]!;
    const feeling = meanShare(own.flatMap(({ satisfaction }) => satisfaction ?? []));
    const complaints = own.filter(isDissatisfied).length;
    const dissatisfied = feeling && {
      value: complaints / own.length,
      interval: wilsonInterval(complaints, own.length),
      count: complaints,
    };
    const polarity = feeling && polarityOf(feeling, dissatisfied!.value, average, told(own));
    return {
      id: theme.id,
      name: theme.name,
      label: theme.label ?? { en: theme.name, zh: theme.name },
      terms: theme.terms,
      general: theme.general ?? false,
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
      opportunity: opportunities?.[index] ?? null,
      evidence: evidenceOf(index, own, polarity, input),
      complaints: sentiment ? evidenceOf(index, own, 'problem', input) : [],
    };
  });
  return findings.sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
}

/** By theme; no surer than its theme is stable and its clauses are sure. Null where the file has no outcome. */
async function opportunitiesIn(
  { reviews, themes, statements }: AnalysisInput,
  mentions: readonly (readonly Mention[])[],
  { outcome, products }: Omit<FileFacts, 'timeline'>,
  random: Random,
  attention: Attention,
): Promise<(Opportunity | null)[] | null> {
  const design =
    outcome && mentionDesign(mentions, ['dissatisfied', 'satisfied'], reviews, products, outcome);
  if (!outcome || !design) return null;
  const opportunities = await opportunitiesOf(
    mentions,
    themes.map(({ general }) => general ?? false),
    design,
    outcome,
    reviews.length,
    random.fork('opportunity'),
    attention,
  );
  return themes.map(({ id, stability }, index) => {
    const opportunity = opportunities?.[index];
    if (!opportunity) return null;
    const own = mentions[index]!.flatMap(({ clauses }) => clauses);
    const sureness = statements
      ? surenessOf(
          id,
          own.map((clause) => statements[clause]!),
        )
      : null;
    return {
      ...opportunity,
      confidence: bounded(opportunity.confidence, { stability: stability ?? null, sureness }),
    };
  });
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
