/**
 * A mention: one review speaking of one theme. Ten clauses about delivery in one review are one voice, so a review
 * counts once for each theme, and its satisfaction with the theme is the mean over those clauses that say anything of it.
 */
import { wilsonInterval } from '@gradus/stats';
import type { Estimate } from '@gradus/tasks';
import type { ClauseSentiment } from '../clause-sentiment/posterior.ts';
import type { AnalysisInput } from './input.ts';

export interface Mention {
  /** Index into the reviews. */
  readonly review: number;
  /** Indices of the review's clauses on this theme. */
  readonly clauses: readonly number[];
  /** 0 dissatisfied … 1 satisfied; absent where all its clauses are neutral, and without a sentiment model. */
  readonly satisfaction?: number;
}

/** The mentions of every theme, by theme index; each list in the order of the reviews. */
export function mentionsByTheme({
  reviews,
  clauses,
  themeOf,
  themes,
  clauseSentiment,
}: AnalysisInput): Mention[][] {
  const found: Map<number, number[]>[] = themes.map(() => new Map());
  clauses.forEach((clause, index) => {
    const theme = themeOf[index]!;
    if (theme < 0) return;
    if (found[theme] === undefined || reviews[clause.review] === undefined) {
      throw new RangeError(
        `Clause ${index} points at review ${clause.review} and theme ${theme}; there are ${reviews.length} reviews and ${themes.length} themes`,
      );
    }
    const own = found[theme].get(clause.review);
    if (own) own.push(index);
    else found[theme].set(clause.review, [index]);
  });
  return found.map((byReview) =>
    [...byReview]
      .sort(([a], [b]) => a - b)
      .map(([review, own]) => ({
        review,
        clauses: own,
        ...satisfactionOf(own.flatMap((clause) => clauseSentiment?.[clause] ?? [])),
      })),
  );
}

function satisfactionOf(clauses: readonly ClauseSentiment[]): Pick<Mention, 'satisfaction'> {
  const said = clauses.filter(({ polarity }) => polarity !== 'neutral');
  if (said.length === 0) return {};
  return { satisfaction: said.reduce((sum, { satisfied }) => sum + satisfied, 0) / said.length };
}

/** A mention counts as satisfied from here on. */
export const SATISFIED = 0.5;

export function isDissatisfied(mention: Mention): boolean {
  return mention.satisfaction !== undefined && mention.satisfaction < SATISFIED;
}

/**
 * The mean of values between 0 and 1. The interval is Wilson's with the sum as the count of successes: exact for
 * zeros and ones, and on the cautious side for anything between, which varies less.
 */
export function meanShare(values: readonly number[]): Estimate | null {
  if (values.length === 0) return null;
  const sum = values.reduce((total, value) => total + value, 0);
  return { value: sum / values.length, interval: wilsonInterval(sum, values.length) };
}
