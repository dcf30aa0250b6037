/**
 * Is a theme a problem or a strength? A problem is what most mentions are dissatisfied with, or what a good part of
 * them are and people are less satisfied with than with the rest; a strength is the reverse. What the numbers leave
 * open is mixed. So is what the file itself contradicts: a model may take a phrase that it has not met for a complaint, but if the
 * reviews that use it are labelled satisfied more often than the others, it is none.
 */
import type { Estimate } from '@gradus/tasks';

export type Polarity = 'problem' | 'strength' | 'mixed';

/** A theme below the file's average is a problem only if at least this share of its mentions is dissatisfied. */
const GOOD_PART = 0.3;

/** What the file's own labels say of the reviews that mention a theme. */
export interface Told {
  /** The share of them that is satisfied. */
  readonly mentioning: Estimate;
  /** The share of all labelled reviews. */
  readonly all: number;
}

/**
 * @param sentiment the theme's mean satisfaction
 * @param dissatisfied the share of its mentions that are dissatisfied
 * @param average mean satisfaction over the mentions of all themes
 * @param told null where too few of its reviews have a label
 */
export function polarityOf(
  sentiment: Estimate,
  dissatisfied: number,
  average: number,
  told: Told | null = null,
): Polarity {
  const seen = polarityByModel(sentiment, dissatisfied, average);
  if (!told) return seen;
  const [low, high] = told.mentioning.interval;
  const contradicted = seen === 'problem' ? low > told.all : seen === 'strength' && high < told.all;
  return contradicted ? 'mixed' : seen;
}

function polarityByModel(sentiment: Estimate, dissatisfied: number, average: number): Polarity {
  const [low, high] = sentiment.interval;
  if (high < 0.5 || (high < average && dissatisfied >= GOOD_PART)) return 'problem';
  if (low > 0.5 && sentiment.value >= average) return 'strength';
  return 'mixed';
}
