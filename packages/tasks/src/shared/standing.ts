/** How a figure stands against another on the same rows, chance considered. */
export type Standing = 'better' | 'alike' | 'worse';

/** Two-sided p-values above this are chance. */
export const SIGNIFICANT = 0.05;

/** @param gain The figure less the other; more is better */
export function standingOf(gain: number, pValue: number): Standing {
  if (pValue > SIGNIFICANT || gain === 0) return 'alike';
  return gain > 0 ? 'better' : 'worse';
}
