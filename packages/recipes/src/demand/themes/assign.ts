import { nearest } from './cluster.ts';
import type { ThemeModel } from './model.ts';
import { pointsOf } from './space.ts';
import { contentTokens } from './tokens.ts';

/** The theme of each text, as discovery would have assigned it: an index into the model's themes, −1 for none. */
export function assignThemes(
  { space, centroids }: ThemeModel,
  texts: readonly string[],
): { theme: Int32Array; strength: Float32Array } {
  const points = pointsOf(space, texts.map(contentTokens));
  const { assignment, strength } = nearest(points, texts.length, centroids, space.lsa + space.embedding);
  return { theme: assignment, strength };
}
