/** One feature's values. */
export type Column =
  /** NaN stands for a missing value. */
  | { readonly kind: 'numeric'; readonly values: ArrayLike<number> }
  /** `null` stands for a missing value. */
  | { readonly kind: 'categorical'; readonly values: readonly (string | null)[] };

/** How often each category occurs. */
export function countsOf(values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

/** The counts of the same categories in two samples, side by side. */
export function aligned(
  a: ReadonlyMap<string, number>,
  b: ReadonlyMap<string, number>,
): [number[], number[]] {
  const categories = [...new Set([...a.keys(), ...b.keys()])];
  return [categories.map((name) => a.get(name) ?? 0), categories.map((name) => b.get(name) ?? 0)];
}
