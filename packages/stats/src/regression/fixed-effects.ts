/**
 * Regression with fixed effects: every item, shop or week has a level of its own, and only what moves within it counts. The levels are taken
 * out by subtracting means, over and over where there are several kinds of groups (Guimarães and Portugal, "A simple feasible
 * procedure to fit models with high-dimensional fixed effects", 2010), so that a thousand items cost no thousand columns.
 */
import type { Numbers } from '../numbers.ts';
import { type LeastSquares, leastSquares } from './least-squares.ts';

export interface FixedEffectsOptions {
  /** Each kind of groups, by row: numbers from 0. */
  readonly groups: readonly Int32Array[];
  /** Rows that belong together; left out, those of the first kind of groups. */
  readonly clusters?: Int32Array;
  readonly level?: number;
}

const MOST_SWEEPS = 1000;
const SETTLED = 1e-10;

export function fixedEffects(
  columns: readonly Numbers[],
  y: Numbers,
  { groups, clusters = groups[0]!, level }: FixedEffectsOptions,
): LeastSquares {
  // Groups that lie inside a cluster cost no degrees of freedom there: the cluster's scores sum to what is left anyway.
  const absorbed = groups
    .filter((group) => !isNested(group, clusters))
    .reduce((sum, group) => sum + countOf(group) - 1, 1);
  return leastSquares(
    columns.map((column) => withinGroups(column, groups)),
    withinGroups(y, groups),
    { errors: { kind: 'clustered', clusters }, absorbed, ...(level === undefined ? {} : { level }) },
  );
}

/** What is left of a column after the means of all groups are out. */
export function withinGroups(column: Numbers, groups: readonly Int32Array[]): Float64Array {
  const left = Float64Array.from(column);
  const counts = groups.map((group) => {
    const sizes = new Float64Array(countOf(group));
    for (const g of group) sizes[g]! += 1;
    return sizes;
  });
  const scale = Math.sqrt(left.reduce((sum, value) => sum + value * value, 0) / left.length) || 1;
  for (let sweep = 0; sweep < MOST_SWEEPS; sweep++) {
    let moved = 0;
    groups.forEach((group, kind) => {
      const means = new Float64Array(counts[kind]!.length);
      for (let i = 0; i < left.length; i++) means[group[i]!]! += left[i]!;
      for (let g = 0; g < means.length; g++) {
        means[g]! /= counts[kind]![g]! || 1;
        moved = Math.max(moved, Math.abs(means[g]!));
      }
      for (let i = 0; i < left.length; i++) left[i]! -= means[group[i]!]!;
    });
    if (groups.length < 2 || moved <= SETTLED * scale) break;
  }
  return left;
}

const countOf = (group: Int32Array): number => group.reduce((most, g) => Math.max(most, g + 1), 0);

function isNested(group: Int32Array, clusters: Int32Array): boolean {
  const cluster = new Map<number, number>();
  for (let i = 0; i < group.length; i++) {
    const known = cluster.get(group[i]!);
    if (known === undefined) cluster.set(group[i]!, clusters[i]!);
    else if (known !== clusters[i]) return false;
  }
  return true;
}
