/**
 * Stable ids: the clusters of an earlier model are found again among those of a later one, by the words that are telling of
 * them, and pass on their ids; so a cluster can be followed from file to file.
 */
import { linearAssignment } from '@gradus/classical';
import type { Cluster, ClusterModel } from './model.ts';

/** Profiles less alike than this (cosine) are different clusters. */
const LEAST = 0.35;

/** @returns By later id, the earlier id: the one-to-one matching that is most alike in all. */
export function matchClusters(earlier: ClusterModel, later: ClusterModel): Map<string, string> {
  const alike = later.clusters.map((b) => earlier.clusters.map((a) => likeness(a, b)));
  const matches = new Map<string, string>();
  for (const [i, j] of linearAssignment(alike).entries()) {
    if (j >= 0 && alike[i]![j]! >= LEAST) matches.set(later.clusters[i]!.id, earlier.clusters[j]!.id);
  }
  return matches;
}

function likeness(a: Cluster, b: Cluster): number {
  let product = 0;
  for (const [term, weight] of Object.entries(a.profile)) product += weight * (b.profile[term] ?? 0);
  const length = ({ profile }: Cluster) => Math.hypot(...Object.values(profile));
  return product / Math.max(1e-9, length(a) * length(b));
}

/**
 * The later model with the earlier ids on the clusters that are found again, and new ids on the others.
 *
 * @param matches Of `matchClusters`: by later id, the earlier id
 */
export function withStableIds(
  earlier: ClusterModel,
  later: ClusterModel,
  matches: ReadonlyMap<string, string>,
): ClusterModel {
  const taken = new Set(earlier.clusters.map(({ id }) => id));
  const clusters = later.clusters.map((cluster) => {
    const id = matches.get(cluster.id) ?? freshId(cluster.id, taken);
    taken.add(id);
    return { ...cluster, id };
  });
  return { ...later, clusters };
}

function freshId(wish: string, taken: ReadonlySet<string>): string {
  let id = wish;
  for (let n = 2; taken.has(id); n++) id = `${wish}-${n}`;
  return id;
}
