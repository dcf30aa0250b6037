/**
 * What a theme costs or earns: the points by which the rating of reviews that mention it differs, other themes and
 * the product being equal (a linear regression of the rating on mentions; with labels instead of ratings, of being
 * satisfied, so that 0.1 is ten satisfied reviews more in a hundred).
 *
 * Two regressions: one on mentions as such, one on dissatisfied and satisfied mentions apart. The second has a flaw
 * to know of: whether a mention is dissatisfied is judged by a model that learnt from these same ratings. Both show
 * what goes together, not what causes what.
 */
import { benjaminiHochberg, intervalT } from '@gradus/stats';
import type { Estimate } from '@gradus/tasks';
import type { Review } from '../review.ts';
import type { ProductSummary } from './by-product.ts';
import { type Coefficient, type IndicatorDesign, regressIndicators } from './indicator-regression.ts';
import { isDissatisfied, type Mention } from './mentions.ts';
import type { Outcome } from './outcome.ts';

export interface Effect extends Estimate {
  /** Whether it differs from none beyond chance, corrected for the number of themes (Benjamini and Hochberg, 1995). */
  readonly clear: boolean;
  /** Reviews it is worked out from. */
  readonly n: number;
}

export interface ThemeEffects {
  /** Of mentioning the theme at all. */
  readonly mention: Effect | null;
  /** Of mentioning it dissatisfied: what the theme costs. */
  readonly dissatisfied: Effect | null;
  /** Of mentioning it satisfied: what it earns. */
  readonly satisfied: Effect | null;
}

const FEWEST_ROWS = 10;
/** Rows needed for each column fitted; with more themes than that allows, the rarest are left out. */
const ROWS_PER_COLUMN = 5;
/** An interval wider than this share of the rating scale tells nothing. */
const WIDEST = 0.5;
const SIGNIFICANT = 0.05;

/** A column of a design: one theme's mentions of one kind. */
export interface MentionColumn {
  readonly theme: number;
  readonly kind: keyof ThemeEffects;
  readonly n: number;
}

/** Which mentions each kind of column marks. */
const KINDS: Readonly<Record<keyof ThemeEffects, (mention: Mention) => boolean>> = {
  mention: () => true,
  dissatisfied: isDissatisfied,
  satisfied: (mention) => mention.satisfaction !== undefined && !isDissatisfied(mention),
};

export interface MentionDesign extends IndicatorDesign {
  /** What the first columns mark; products follow. */
  readonly marks: readonly MentionColumn[];
  /** By row of the design: its review. */
  readonly reviewOf: Int32Array;
}

/** By theme index. */
export function effectsOf(
  themes: readonly (readonly Mention[])[],
  reviews: readonly Review[],
  products: readonly ProductSummary[],
  outcome: Outcome,
): ThemeEffects[] {
  const effects: Record<keyof ThemeEffects, Effect | null>[] = themes.map(() => ({
    mention: null,
    dissatisfied: null,
    satisfied: null,
  }));
  const fitted = ([['mention'], ['dissatisfied', 'satisfied']] as const).flatMap((kinds) => {
    const design = mentionDesign(themes, kinds, reviews, products, outcome);
    if (!design) return [];
    const coefficients = regressIndicators(design);
    return design.marks.map((mark, column) => ({ ...mark, coefficient: coefficients[column]! }));
  });
  const pValues = benjaminiHochberg(fitted.map(({ coefficient }) => coefficient.pValue));
  fitted.forEach(({ theme, kind, n, coefficient }, i) => {
    const interval = intervalOf(coefficient);
    if (!(interval[1] - interval[0] <= WIDEST * (outcome.high - outcome.low))) return;
    effects[theme]![kind] = { value: coefficient.value, interval, clear: pValues[i]! <= SIGNIFICANT, n };
  });
  return effects;
}

/** The indicators of mentions, and of products, by review with a rating; null where there are too few reviews. */
export function mentionDesign(
  themes: readonly (readonly Mention[])[],
  kinds: readonly (keyof ThemeEffects)[],
  reviews: readonly Review[],
  products: readonly ProductSummary[],
  outcome: Outcome,
): MentionDesign | null {
  const rated = (mention: Mention) => Number.isFinite(outcome.values[mention.review]);
  // The most reviewed product is what the others are compared with.
  const productColumns = products.slice(1).map(({ product }) => product);
  const room = Math.floor(outcome.n / ROWS_PER_COLUMN) - productColumns.length - 1;
  const marks = themes
    .flatMap((mentions, theme) =>
      kinds.map((kind) => ({ theme, kind, n: mentions.filter((m) => rated(m) && KINDS[kind](m)).length })),
    )
    .filter(({ n }) => n >= FEWEST_ROWS && n <= outcome.n - FEWEST_ROWS)
    .sort((a, b) => b.n - a.n || a.theme - b.theme)
    .slice(0, Math.max(0, room));
  if (marks.length === 0) return null;

  const columnsOf: number[][] = reviews.map(({ product }) => {
    const column = productColumns.indexOf(product ?? '');
    return column < 0 ? [] : [marks.length + column];
  });
  marks.forEach(({ theme, kind }, column) => {
    for (const mention of themes[theme]!) if (KINDS[kind](mention)) columnsOf[mention.review]!.push(column);
  });
  const reviewOf = Int32Array.from(reviews.keys()).filter((review) =>
    Number.isFinite(outcome.values[review]),
  );
  return {
    rows: Array.from(reviewOf, (review) => Int32Array.from(columnsOf[review]!)),
    y: Float64Array.from(reviewOf, (review) => outcome.values[review]!),
    columns: marks.length + productColumns.length,
    marks,
    reviewOf,
  };
}

function intervalOf({ value, error, freedom }: Coefficient): readonly [number, number] {
  const reach = intervalT(0.95, freedom) * error;
  return [value - reach, value + reach];
}
