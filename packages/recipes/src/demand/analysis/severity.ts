/**
 * Severity: how bad it is when it goes wrong. Frequency says how many speak of a theme; severity, independently,
 * how low a review ends up when it complains about it.
 *
 * Defined as the mean, over the reviews dissatisfied with the theme, of how far the review fell: (best − its rating)
 * / (best − worst) on the file's scale, so that 1 means that all who complained gave the worst rating. With labels
 * instead of ratings it is the share of them labelled dissatisfied; for a review without either, the model's
 * probability that the whole review is dissatisfied.
 */
import type { Estimate } from '@gradus/tasks';
import { isDissatisfied, type Mention, meanShare } from './mentions.ts';
import type { Outcome } from './outcome.ts';

/** Fewer complaints than this say nothing about how bad they are. */
const FEWEST = 5;

export function severityOf(
  mentions: readonly Mention[],
  outcome: Outcome | null,
  reviewSatisfaction: ArrayLike<number> | undefined,
): Estimate | null {
  const falls = mentions.filter(isDissatisfied).flatMap(({ review }) => {
    if (outcome && Number.isFinite(outcome.values[review])) {
      return [(outcome.high - outcome.values[review]!) / (outcome.high - outcome.low)];
    }
    return reviewSatisfaction ? [1 - reviewSatisfaction[review]!] : [];
  });
  return falls.length < FEWEST ? null : meanShare(falls);
}
