import { editDistance } from '@gradus/base';

/**
 * The name that takes the fewest edits to become `wish`, if these are at most a third of it, and
 * leave something of it. Two neighbouring letters that changed
 * places are one edit (Damerau, 1964).
 */
export function closestName(wish: string, names: readonly string[]): string | undefined {
  const ranked = names
    .map((name) => ({ name, edits: editDistance(wish.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.edits - b.edits)[0];
  return ranked && ranked.edits <= Math.max(1, wish.length / 3) && ranked.edits < wish.length
    ? ranked.name
    : undefined;
}
