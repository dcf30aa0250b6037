/**
 * Finds clusters of short texts (clauses), without labels: clauses become points (space.ts), points clusters (cluster.ts), clusters
 * get names (name.ts), and those that come out with the same words are joined.
 */
import { Random } from '@gradus/base';
import { normalizeRows } from '@gradus/classical';
import { languageOf } from '@gradus/data';
import { markBare } from './assign.ts';
import { cluster, FAINTEST, nearest } from './cluster.ts';
import type { Cluster, ClusterModel } from './model.ts';
import { nameClusters } from './name.ts';
import { learnSpace, pointsOf } from './space.ts';
import { contentDocuments, isBareJudgement, type Token } from './tokens.ts';

export interface DiscoverOptions {
  readonly random: Random;
  /** Of each clause, which text it is of; default: each is a text by itself. */
  readonly of?: ArrayLike<number>;
  /** What an encoder sees of each clause: counts beside its words where clusters then depend less on chance. */
  readonly embeddings?: ClauseEmbeddings | undefined;
  readonly signal?: AbortSignal;
  progress?(done: number, total: number): void;
}

/** Plain data. */
export interface ClauseEmbeddings {
  /** [clauses, dimensions] */
  readonly data: Float32Array;
  readonly dimensions: number;
}

/** How nearly another seed finds the same clusters (Jaccard, 0 to 1): by words and by an encoder beside them. */
export interface EncoderGain {
  readonly words: number;
  readonly both: number;
  readonly standardError: number;
  /** Whether the gain is more than its standard error. */
  readonly isUsed: boolean;
}

export interface Discovered {
  readonly model: ClusterModel;
  /** By clause: an index into the model's clusters; −1 for none. */
  readonly assignment: Int32Array;
  /** Cosine with the cluster's centre. */
  readonly strength: Float32Array;
  /** Null without embeddings. */
  readonly encoder: EncoderGain | null;
}

const FEWEST_CLUSTERS = 6;
const MOST_CLUSTERS = 80;
/** Clusters for each content word of a mean clause: what says more in a clause tells more things apart. */
const CLUSTERS_PER_WORD = 16;
/** A cluster has at least this many clauses on average. */
const TEXTS_PER_CLUSTER = 25;
/** Centres nearer than this (cosine) are one cluster. */
const SAME = 0.8;
/** More of its words than this judge, and the cluster names nothing in particular. */
const GENERAL = 0.55;
/** So many texts that judge and name nothing are a cluster of their own. */
const FEWEST_BARE = 5;
const EXEMPLARS = 40;

export function discoverClusters(
  clauses: readonly string[],
  { random, of, embeddings, signal, progress }: DiscoverOptions,
): Discovered {
  const STEPS = 5;
  progress?.(0, STEPS);
  const documents = contentDocuments(clauses, of);
  // The clusters depend on the texts alone: their seed is fixed, and `random` serves only to measure their stability.
  const fixed = new Random('themes');
  const space = learnSpace(documents, fixed.fork('space'), signal);
  progress?.(2, STEPS);
  const width = space.lsa + space.embedding;
  const points = pointsOf(space, documents, of);
  const judged = documents.filter(isBareJudgement).length >= FEWEST_BARE;
  if (judged) {
    // They tell no subjects apart.
    for (const [i, tokens] of documents.entries())
      if (isBareJudgement(tokens)) points.fill(0, i * width, (i + 1) * width);
  }
  const target = howMany(clauses, documents);
  const grouped = (of: Float32Array, width: number): Grouping => {
    const found = cluster(of, documents.length, width, target, fixed.fork('clusters'), signal);
    const again = cluster(of, documents.length, width, target, random.fork('clusters again'), signal);
    const centroids = joinedCentroids(found.centroids, width, documents, found.assignment);
    return { ...nearest(of, documents.length, centroids, width), centroids, again: again.assignment };
  };
  const byWords = grouped(points, width);
  progress?.(3, STEPS);
  const byBoth =
    embeddings && grouped(pointsBeside(points, width, embeddings), width + embeddings.dimensions);
  progress?.(4, STEPS);
  const encoder = byBoth ? gainOf(byWords, byBoth) : null;
  const { assignment, strength, again, centroids } = encoder?.isUsed ? byBoth! : byWords;
  // What is deployed reads words alone: the clusters that the encoder helped to find stand where their clauses' words do.
  const subjects = encoder?.isUsed ? meansOf(points, width, assignment) : centroids;
  const count = (width === 0 ? 0 : subjects.length / width) + Number(judged);
  if (judged) markBare(documents, count - 1, assignment, strength);
  const words = nameClusters(documents, assignment, count);
  const members = Array.from({ length: count }, () => [] as number[]);
  for (const [i, cluster] of assignment.entries()) if (cluster >= 0) members[cluster]!.push(i);
  const order = members.map((_, i) => i).sort((a, b) => members[b]!.length - members[a]!.length);
  const kept = order.filter((i) => members[i]!.length > 0 && words[i]!.terms.length > 0);
  const place = new Map(kept.map((from, to) => [from, to]));
  const clusters = kept.map((from, to): Cluster => {
    const { name, terms, profile, judging } = words[from]!;
    return {
      id: `t${String(to + 1).padStart(2, '0')}`,
      name,
      terms,
      general: judging > GENERAL,
      exemplars: members[from]!.toSorted((a, b) => strength[b]! - strength[a]! || a - b).slice(0, EXEMPLARS),
      size: members[from]!.length,
      stability: judged && from === count - 1 ? 1 : stabilityOf(members[from]!, again),
      profile,
    };
  });
  const ordered = new Float32Array(kept.length * width);
  for (const [to, from] of kept.entries())
    ordered.set(subjects.subarray(from * width, (from + 1) * width), to * width);
  progress?.(STEPS, STEPS);
  return {
    model: {
      clusters,
      space,
      centroids: ordered,
      bare: judged ? (place.get(count - 1) ?? -1) : -1,
      faintest: FAINTEST,
    },
    assignment: assignment.map((cluster) => place.get(cluster) ?? -1),
    strength,
    encoder,
  };
}

interface Grouping {
  readonly assignment: Int32Array;
  readonly strength: Float32Array;
  readonly centroids: Float32Array;
  /** By another seed. */
  readonly again: Int32Array;
}

/** Words and encoder count the same. A clause that judges and names nothing stays without direction. */
function pointsBeside(
  points: Float32Array,
  width: number,
  { data, dimensions }: ClauseEmbeddings,
): Float32Array {
  const rows = data.length / dimensions;
  const mean = new Float64Array(dimensions);
  for (const [i, value] of data.entries()) mean[i % dimensions]! += value / rows;
  // What all texts share tells none apart.
  const centred = normalizeRows(
    data.map((value, i) => value - mean[i % dimensions]!),
    dimensions,
  );
  const both = new Float32Array(rows * (width + dimensions));
  for (let row = 0; row < rows; row++) {
    const own = points.subarray(row * width, (row + 1) * width);
    if (own.every((value) => value === 0)) continue;
    both.set(own, row * (width + dimensions));
    both.set(centred.subarray(row * dimensions, (row + 1) * dimensions), row * (width + dimensions) + width);
  }
  return normalizeRows(both, width + dimensions);
}

function gainOf(words: Grouping, both: Grouping): EncoderGain {
  const [a, b] = [words, both].map(({ assignment, again }) => {
    const members = Map.groupBy(assignment.keys(), (i) => assignment[i]!);
    members.delete(-1);
    const each = [...members.values()].map((of) => stabilityOf(of, again));
    const mean = each.reduce((sum, value) => sum + value, 0) / Math.max(1, each.length);
    const spread = each.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return { mean, variance: spread / Math.max(1, each.length - 1) / Math.max(1, each.length) };
  }) as [{ mean: number; variance: number }, { mean: number; variance: number }];
  const standardError = Math.sqrt(a.variance + b.variance);
  return { words: a.mean, both: b.mean, standardError, isUsed: b.mean - a.mean > standardError };
}

/** [clusters, width], rows of length 1 */
function meansOf(points: Float32Array, width: number, assignment: Int32Array): Float32Array {
  const count = assignment.reduce((most, to) => Math.max(most, to), -1) + 1;
  const means = new Float32Array(count * width);
  for (const [row, to] of assignment.entries())
    if (to >= 0) for (let j = 0; j < width; j++) means[to * width + j]! += points[row * width + j]!;
  return normalizeRows(means, width);
}

function howMany(clauses: readonly string[], documents: readonly (readonly Token[])[]): number {
  const full = documents.filter((tokens) => tokens.length > 0);
  const mean =
    full.reduce((sum, tokens) => sum + tokens.filter(({ judges }) => !judges).length, 0) /
    Math.max(1, full.length);
  // What is said in two languages shares no words, and so makes two clusters.
  const languages = Map.groupBy(clauses, languageOf)
    .values()
    .filter((of) => of.length > clauses.length / 10);
  const byWords = Math.round(CLUSTERS_PER_WORD * mean * Math.max(1, languages.toArray().length));
  const bounded = Math.min(MOST_CLUSTERS, Math.max(FEWEST_CLUSTERS, byWords));
  return Math.max(1, Math.min(bounded, Math.floor(full.length / TEXTS_PER_CLUSTER)));
}

/** Centres that lie close, or whose clusters are named by the same words, become one. */
function joinedCentroids(
  centroids: Float32Array,
  width: number,
  documents: readonly (readonly Token[])[],
  assignment: Int32Array,
): Float32Array {
  const count = width === 0 ? 0 : centroids.length / width;
  const words = nameClusters(documents, assignment, count);
  const into = Array.from({ length: count }, (_, i) => i);
  const sizes = new Float64Array(count);
  for (const cluster of assignment) if (cluster >= 0) sizes[cluster]! += 1;
  for (let a = 0; a < count; a++) {
    for (let b = 0; b < a; b++) {
      if (into[b] !== b) continue;
      let cosine = 0;
      for (let j = 0; j < width; j++) cosine += centroids[a * width + j]! * centroids[b * width + j]!;
      const [x, y] = [words[a]!.terms, words[b]!.terms];
      const sameName =
        x.length > 0 && x[0] === y[0] && x.slice(1, 3).some((term) => y.slice(0, 3).includes(term));
      if (cosine > SAME || sameName) {
        into[a] = b;
        break;
      }
    }
  }
  const roots = into.flatMap((to, i) => (to === i ? [i] : []));
  const joined = new Float32Array(roots.length * width);
  for (const [i, to] of into.entries()) {
    const at = roots.indexOf(to) * width;
    for (let j = 0; j < width; j++) joined[at + j]! += sizes[i]! * centroids[i * width + j]!;
  }
  return normalizeRows(joined, width);
}

/** How much of a cluster one cluster of another clustering holds, and holds alone (Jaccard). */
function stabilityOf(members: readonly number[], again: Int32Array): number {
  const overlap = new Map<number, number>();
  for (const i of members) overlap.set(again[i]!, (overlap.get(again[i]!) ?? 0) + 1);
  const sizes = new Map<number, number>();
  for (const cluster of again) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  return Math.max(
    0,
    ...[...overlap]
      .filter(([cluster]) => cluster >= 0)
      .map(([cluster, n]) => n / (members.length + sizes.get(cluster)! - n)),
  );
}
