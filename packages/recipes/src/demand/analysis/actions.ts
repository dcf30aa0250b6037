/**
 * Actions: problems to fix, ranked by opportunity, and strengths to protect. Every action rests on rows of the file and
 * says how sure it is; a theme with too few mentions gives none. The sentences stand in `action-words.ts`.
 */
import type { Estimate } from '@gradus/tasks';
import { lookOf, strengthOf, titleOf, whyOf } from './action-words.ts';
import type { Action, Strength, ThemeFindings } from './findings.ts';
import type { Outcome } from './outcome.ts';

const FEWEST_MENTIONS = 20;
const FEWEST_COMPLAINTS = 10;
const FEWEST_QUOTES = 2;
const MOST_ACTIONS = 10;
const MOST_STRENGTHS = 5;

export function actionsOf(
  themes: readonly ThemeFindings[],
  outcome: Pick<Outcome, 'source'> | null,
): Action[] {
  return themes
    .filter(callsForAction)
    .sort((a, b) => (b.opportunity?.value ?? -1) - (a.opportunity?.value ?? -1) || b.count - a.count)
    .slice(0, MOST_ACTIONS)
    .map((theme, index) => {
      const expected = gainOf(theme);
      const products = affectedBy(theme);
      return {
        rank: index + 1,
        theme: theme.id,
        name: theme.name,
        title: titleOf(theme),
        why: whyOf(theme, expected, outcome),
        look: lookOf(theme, products),
        expected,
        opportunity: theme.opportunity?.value ?? null,
        confidence: theme.opportunity && expected ? theme.opportunity.confidence : 'low',
        products,
        evidence: theme.complaints,
      };
    });
}

export function strengthsOf(themes: readonly ThemeFindings[]): Strength[] {
  return themes
    .filter(
      (theme) =>
        theme.polarity === 'strength' &&
        !theme.general &&
        theme.count >= FEWEST_MENTIONS &&
        theme.evidence.length >= FEWEST_QUOTES,
    )
    .sort((a, b) => b.count - a.count)
    .slice(0, MOST_STRENGTHS)
    .map((theme) => ({
      theme: theme.id,
      name: theme.name,
      why: strengthOf(theme),
      evidence: theme.evidence,
    }));
}

/** A problem, or a mixed theme whose complaints demonstrably cost points; with enough behind it. */
function callsForAction(theme: ThemeFindings): boolean {
  const costs = theme.effects.dissatisfied;
  const bad = theme.polarity === 'problem' || (theme.polarity === 'mixed' && costs?.clear && costs.value < 0);
  return (
    Boolean(bad) &&
    !theme.general &&
    theme.count >= FEWEST_MENTIONS &&
    theme.dissatisfied!.count >= FEWEST_COMPLAINTS &&
    theme.complaints.length >= FEWEST_QUOTES
  );
}

/** The share of reviews that complain times what a complaint costs; relative errors add up in squares. */
function gainOf({ effects, dissatisfied, count, share }: ThemeFindings): Estimate | null {
  const costs = effects.dissatisfied;
  if (!costs?.clear || costs.value >= 0 || !dissatisfied) return null;
  const affectedShare = (share.value * dissatisfied.count) / count;
  const value = -costs.value * affectedShare;
  const half = (estimate: Estimate) =>
    (estimate.interval[1] - estimate.interval[0]) / 2 / Math.abs(estimate.value);
  const reach = value * Math.hypot(half(costs), half(share), half(dissatisfied));
  return { value, interval: [Math.max(0, value - reach), value + reach] };
}

function affectedBy({ products }: ThemeFindings): string[] {
  return products
    .filter((product) => product.mentioned === 'more' || (product.satisfied === 'less' && product.count > 0))
    .map(({ product }) => product);
}
