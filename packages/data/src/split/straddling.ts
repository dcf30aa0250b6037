/**
 * Groups that a split has torn apart (group leakage): the model is then tested on what it was trained on, and its figures are too
 * good.
 */
import { type Localized, UserError } from '@gradus/base';

export interface Straddling {
  /** What the rows have in common: a group's number, or the first row of a family of duplicates. */
  readonly group: number;
  /** One of the training rows and one of the test rows. */
  readonly rows: readonly [training: number, test: number];
}

/**
 * @param groups The group of each row: its customer, its patient, or the result of `findDuplicates`
 */
export function findStraddling(
  groups: ArrayLike<number>,
  training: Int32Array,
  test: Int32Array,
): Straddling[] {
  const rowOf = new Map(Array.from(training, (row) => [groups[row]!, row]));
  const straddling = new Map<number, Straddling>();
  for (const row of test) {
    const group = groups[row]!;
    const other = rowOf.get(group);
    if (other !== undefined && !straddling.has(group)) straddling.set(group, { group, rows: [other, row] });
  }
  return [...straddling.values()];
}

/** @param what The groups, in the plural. @throws UserError naming the first few that are on both sides */
export function requireSeparate(
  what: string | Localized,
  groups: ArrayLike<number>,
  training: Int32Array,
  test: Int32Array,
): void {
  const straddling = findStraddling(groups, training, test);
  if (straddling.length === 0) return;
  const name = typeof what === 'string' ? { en: what, zh: what } : what;
  const pairs = straddling.slice(0, 3).map(({ rows: [a, b] }) => [a + 1, b + 1] as const);
  throw new UserError({
    en: `${straddling.length} ${name.en} lie on both sides of the split (${pairs.map(([a, b]) => `rows ${a} and ${b}`).join('; ')}). Split by group, so that each is on one side.`,
    zh: `${straddling.length} 个${name.zh}同时出现在划分的两侧（${pairs.map(([a, b]) => `第 ${a} 行与第 ${b} 行`).join('；')}）。请按组划分，使每组只在一侧。`,
  });
}
