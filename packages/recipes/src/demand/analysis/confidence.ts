/**
 * How far to trust a finding: by how many reviews it rests on, and no farther than what they are counted by: a theme that another seed would not find
 * again, or whose words may as well be of something else, is less sure however often it is counted.
 */
import type { Said } from '../needs/need-model.ts';

export type Confidence = 'high' | 'medium' | 'low';

const LEVELS: readonly Confidence[] = ['low', 'medium', 'high'];
/** How nearly another seed finds the same theme. */
const STABLE = 0.5;
/** The share of its clauses that surely speak of it. */
const SURE = 0.75;

export function bounded(
  confidence: Confidence,
  { stability, sureness }: { readonly stability: number | null; readonly sureness: number | null },
): Confidence {
  if (stability !== null && stability < STABLE) return 'low';
  if (sureness === null || sureness >= SURE) return confidence;
  return LEVELS[Math.max(0, LEVELS.indexOf(confidence) - 1)]!;
}

/** Names what it is about, or says what is said of nothing else: "three hours" alone may be about anything. */
export const isSure = ({ isNamed, depends }: Pick<Said, 'isNamed' | 'depends'>): boolean =>
  isNamed || !depends;

/**
 * Of the clauses of a theme, the share that surely speaks of it; null where nothing is known.
 *
 * @param statements By clause of the theme: what it says
 */
export function surenessOf(theme: string, statements: readonly (readonly Said[])[]): number | null {
  if (statements.length === 0) return null;
  const sure = statements.filter((said) => {
    const own = said.filter(({ about }) => about.id === theme);
    return own.length === 0 || own.some(isSure);
  });
  return sure.length / statements.length;
}
