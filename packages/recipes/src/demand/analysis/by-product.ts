/**
 * Which product has the problem? A theme's share and sentiment in each product against all the others together;
 * flagged only where the difference is beyond chance, over all products and themes at once (Fisher's exact test for
 * shares, Welch's t test for sentiment, both corrected by Benjamini and Hochberg, 1995).
 */
import { benjaminiHochberg, fisherExact, studentTwoSided, wilsonInterval } from '@gradus/stats';
import type { Review } from '../review.ts';
import type { Estimate } from './input.ts';
import { type Mention, meanShare } from './mentions.ts';

export interface ProductSummary {
  readonly product: string;
  readonly reviews: number;
}

export interface ProductFinding {
  readonly product: string;
  /** Reviews of this product that mention the theme. */
  readonly count: number;
  readonly share: Estimate;
  /** Null without a sentiment model or without mentions. */
  readonly sentiment: Estimate | null;
  /** Against the other products; null where chance explains the difference. */
  readonly mentioned: 'more' | 'less' | null;
  readonly satisfied: 'more' | 'less' | null;
}

/** Products with fewer are not compared. */
export const FEWEST_REVIEWS = 20;
const FEWEST_MENTIONS = 10;
const MOST_PRODUCTS = 20;
const SIGNIFICANT = 0.05;

/** The products with enough reviews to compare, most reviewed first; empty where there are fewer than two. */
export function productsOf(reviews: readonly Review[]): ProductSummary[] {
  const counts = new Map<string, number>();
  for (const { product } of reviews) if (product) counts.set(product, (counts.get(product) ?? 0) + 1);
  const products = [...counts]
    .map(([product, count]) => ({ product, reviews: count }))
    .filter((product) => product.reviews >= FEWEST_REVIEWS)
    .sort((a, b) => b.reviews - a.reviews || (a.product < b.product ? -1 : 1))
    .slice(0, MOST_PRODUCTS);
  return products.length < 2 ? [] : products;
}

/** By theme index: one finding for each product. */
export function findingsByProduct(
  themes: readonly (readonly Mention[])[],
  reviews: readonly Review[],
  products: readonly ProductSummary[],
): ProductFinding[][] {
  const known = new Set(products.map(({ product }) => product));
  const total = products.reduce((sum, product) => sum + product.reviews, 0);
  const comparisons = themes.flatMap((mentions, theme) => {
    const inside = mentions.filter(({ review }) => known.has(reviews[review]!.product ?? ''));
    return products.map(({ product, reviews: n }) => {
      const own = inside.filter(({ review }) => reviews[review]!.product === product);
      const satisfaction = satisfactionOf(own);
      const others = satisfactionOf(inside.filter(({ review }) => reviews[review]!.product !== product));
      const enough = inside.length >= FEWEST_MENTIONS;
      const rest = inside.length - own.length;
      return {
        theme,
        product,
        count: own.length,
        share: { value: own.length / n, interval: wilsonInterval(own.length, n) },
        sentiment: meanShare(satisfaction),
        shareGap: own.length / n - rest / (total - n),
        sharePValue: enough ? fisherExact(own.length, n, rest, total - n) : Number.NaN,
        ...welch(satisfaction, others),
      };
    });
  });
  const sharePValues = benjaminiHochberg(comparisons.map(({ sharePValue }) => sharePValue));
  const meanPValues = benjaminiHochberg(comparisons.map(({ meanPValue }) => meanPValue));
  const findings: ProductFinding[][] = themes.map(() => []);
  comparisons.forEach(({ theme, product, count, share, sentiment, shareGap, meanGap }, i) => {
    findings[theme]!.push({
      product,
      count,
      share,
      sentiment,
      mentioned: flag(shareGap, sharePValues[i]!),
      satisfied: flag(meanGap, meanPValues[i]!),
    });
  });
  return findings;
}

function satisfactionOf(mentions: readonly Mention[]): number[] {
  return mentions.flatMap(({ satisfaction }) => (satisfaction === undefined ? [] : [satisfaction]));
}

function flag(gap: number, pValue: number): 'more' | 'less' | null {
  return pValue <= SIGNIFICANT ? (gap > 0 ? 'more' : 'less') : null;
}

/** The difference of two means, and its p-value with unequal variances (Welch, 1947). */
function welch(a: readonly number[], b: readonly number[]): { meanGap: number; meanPValue: number } {
  if (Math.min(a.length, b.length) < FEWEST_MENTIONS) return { meanGap: 0, meanPValue: Number.NaN };
  const [x, y] = [moments(a), moments(b)];
  const error = x.error + y.error;
  const meanGap = x.mean - y.mean;
  if (error === 0) return { meanGap, meanPValue: meanGap === 0 ? 1 : 0 };
  const freedom = error ** 2 / (x.error ** 2 / (a.length - 1) + y.error ** 2 / (b.length - 1));
  return { meanGap, meanPValue: studentTwoSided(meanGap / Math.sqrt(error), freedom) };
}

function moments(values: readonly number[]): { mean: number; error: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, error: variance / values.length };
}
