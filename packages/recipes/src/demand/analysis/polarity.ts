/**
 * Is a theme a problem or a strength? A problem is what most mentions are dissatisfied with, or what a good part of
 * them are and people are less satisfied with than with the rest; a strength is the reverse. What the numbers leave
 * open is mixed.
 */
import type { Estimate } from '@gradus/tasks';

export type Polarity = 'problem' | 'strength' | 'mixed';

/** A theme below the file's average is a problem only if at least this share of its mentions is dissatisfied. */
const GOOD_PART = 0.3;

/**
 * @param sentiment the theme's mean satisfaction
 * @param dissatisfied the share of its mentions that are dissatisfied
 * @param average mean satisfaction over the mentions of all themes
 */
export function polarityOf(sentiment: Estimate, dissatisfied: number, average: number): Polarity {
  const [low, high] = sentiment.interval;
  if (high < 0.5 || (high < average && dissatisfied >= GOOD_PART)) return 'problem';
  if (low > 0.5 && sentiment.value >= average) return 'strength';
  return 'mixed';
}
