/** Series that add up: bottom series, and sums of them by the values of their attributes. */

export interface Hierarchy {
  readonly bottom: number;
  /** Of each sum, the bottom series in it, ascending. */
  readonly sums: readonly Int32Array[];
  /** Of each sum, what it is of: {} is the total, {state: 'Victoria'} a part. */
  readonly names: readonly Readonly<Record<string, string>>[];
}

/**
 * The sums over each set of attributes.
 *
 * @param items Attributes of each bottom series
 * @param levels Sets of attributes to sum by; [] is the total. A sum of one series, or of the same as another, is left out.
 */
export function hierarchyOf(
  items: readonly Readonly<Record<string, string>>[],
  levels: readonly (readonly string[])[],
): Hierarchy {
  const sums: Int32Array[] = [];
  const names: Record<string, string>[] = [];
  const seen = new Set<string>();
  for (const level of levels) {
    const groups = Map.groupBy(items.keys(), (i) => JSON.stringify(level.map((name) => items[i]![name])));
    for (const members of groups.values()) {
      const key = members.join(',');
      if (members.length < 2 || seen.has(key)) continue;
      seen.add(key);
      sums.push(Int32Array.from(members));
      names.push(Object.fromEntries(level.map((name) => [name, items[members[0]!]![name]!])));
    }
  }
  return { bottom: items.length, sums, names };
}

/** Sums of the bottom series, each [steps]. */
export function sumsOf(hierarchy: Hierarchy, bottom: readonly ArrayLike<number>[]): Float64Array[] {
  return hierarchy.sums.map((members) => {
    const sum = new Float64Array(bottom[0]!.length);
    for (const member of members) for (let t = 0; t < sum.length; t++) sum[t]! += bottom[member]![t]!;
    return sum;
  });
}
