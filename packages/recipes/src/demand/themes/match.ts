/** Finds the themes of an earlier file again in those of a later one, by the words that tell them. */
import { linearAssignment } from '@gradus/classical';
import type { Theme, ThemeModel } from './model.ts';

/** Profiles less alike than this (cosine) are different themes. */
const LEAST = 0.35;

/** @returns By later id, the earlier id: the one-to-one matching that is most alike in all. */
export function matchThemes(earlier: ThemeModel, later: ThemeModel): Map<string, string> {
  const alike = later.themes.map((b) => earlier.themes.map((a) => likeness(a, b)));
  const matches = new Map<string, string>();
  for (const [i, j] of linearAssignment(alike).entries()) {
    if (j >= 0 && alike[i]![j]! >= LEAST) matches.set(later.themes[i]!.id, earlier.themes[j]!.id);
  }
  return matches;
}

function likeness(a: Theme, b: Theme): number {
  let product = 0;
  for (const [term, weight] of Object.entries(a.profile)) product += weight * (b.profile[term] ?? 0);
  const length = ({ profile }: Theme) => Math.hypot(...Object.values(profile));
  return product / Math.max(1e-9, length(a) * length(b));
}
