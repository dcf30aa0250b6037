/** Finds what lies on both sides of a split: then the test asks for what training has seen, and its figures are too good. */
import { UserError } from '@gradus/base';

export interface Straddling {
  /** What the rows have in common: a group's number, or the first row of a family of duplicates. */
  readonly group: number;
  /** A row of each side. */
  readonly rows: readonly [seen: number, asked: number];
}

/**
 * @param groups Of each row what it belongs to: customers, patients, or what `findDuplicates` says
 * @param seen Rows that something is fitted on
 * @param asked Rows it is judged on
 */
export function findStraddling(groups: ArrayLike<number>, seen: Int32Array, asked: Int32Array): Straddling[] {
  const rowOf = new Map(Array.from(seen, (row) => [groups[row]!, row]));
  const found = new Map<number, Straddling>();
  for (const row of asked) {
    const group = groups[row]!;
    const other = rowOf.get(group);
    if (other !== undefined && !found.has(group)) found.set(group, { group, rows: [other, row] });
  }
  return [...found.values()];
}

/** @throws UserError naming the first few that straddle */
export function requireSeparate(
  what: string,
  groups: ArrayLike<number>,
  seen: Int32Array,
  asked: Int32Array,
): void {
  const found = findStraddling(groups, seen, asked);
  if (found.length === 0) return;
  const examples = found
    .slice(0, 3)
    .map(({ rows: [a, b] }) => `rows ${a + 1} and ${b + 1}`)
    .join('; ');
  throw new UserError(
    `${found.length} ${what} lie on both sides of the split (${examples}). Split by group, so that each is on one side.`,
  );
}
