/** Finds the themes of an earlier file again in those of a later one, by the words that tell them. */
import type { Theme, ThemeModel } from './model.ts';

/** Profiles less alike than this (cosine) are different themes. */
const LEAST = 0.35;

/**
 * @returns By later id, the earlier id: one to one, the most alike first.
 */
export function matchThemes(earlier: ThemeModel, later: ThemeModel): Map<string, string> {
  const pairs = later.themes.flatMap((b) =>
    earlier.themes.map((a) => ({ later: b.id, earlier: a.id, likeness: likeness(a, b) })),
  );
  pairs.sort((a, b) => b.likeness - a.likeness || (a.later < b.later ? -1 : 1));
  const matches = new Map<string, string>();
  const taken = new Set<string>();
  for (const { later, earlier, likeness } of pairs) {
    if (likeness < LEAST) break;
    if (matches.has(later) || taken.has(earlier)) continue;
    matches.set(later, earlier);
    taken.add(earlier);
  }
  return matches;
}

function likeness(a: Theme, b: Theme): number {
  let product = 0;
  for (const [term, weight] of Object.entries(a.profile)) product += weight * (b.profile[term] ?? 0);
  const length = ({ profile }: Theme) => Math.hypot(...Object.values(profile));
  return product / Math.max(1e-9, length(a) * length(b));
}
