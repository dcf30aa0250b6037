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

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  let before = row;
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const edits = Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + Number(a[i - 1] !== b[j - 1]));
      const isTurned = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      next.push(isTurned ? Math.min(edits, before[j - 2]! + 1) : edits);
    }
    before = row;
    row = next;
  }
  return row[b.length]!;
}
