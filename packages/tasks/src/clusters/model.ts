/** Clusters as plain data: what names them, and what assigns texts to them. */
import { z } from 'zod';
import { FAINTEST } from './cluster.ts';

export interface Cluster {
  readonly id: string;
  readonly name: string;
  /** Words and phrases that set the cluster apart, most telling first. */
  readonly terms: readonly string[];
  /** Praise or blame that names nothing in particular. */
  readonly general: boolean;
  /** Indices of the clauses nearest to its centre, nearest first. */
  readonly exemplars: readonly number[];
  /** Clauses it was found in. */
  readonly size: number;
  /** 0 to 1: how nearly another seed finds the same clauses together. */
  readonly stability: number;
  /** How telling words are of it, for finding it again in another file. */
  readonly profile: Readonly<Record<string, number>>;
}

/** How a clause becomes a point: a linear map of its weighed terms beside the mean of its words' vectors. */
export interface Space {
  /** Terms with their weight (rarity, and how much their kind counts). */
  readonly terms: readonly string[];
  readonly weights: Float32Array;
  /** [terms, lsa] */
  readonly projection: Float32Array;
  readonly lsa: number;
  readonly words: readonly string[];
  readonly wordWeights: Float32Array;
  /** [words, embedding] */
  readonly vectors: Float32Array;
  readonly embedding: number;
}

export interface ClusterModel {
  readonly clusters: readonly Cluster[];
  readonly space: Space;
  /** [clusters, lsa + embedding], rows of length 1; zeros for the cluster of bare judgements */
  readonly centroids: Float32Array;
  /** The cluster of texts that judge and name nothing ("good!"): an index into clusters, −1 where there is none. */
  readonly bare: number;
  /** A text that lies no nearer than this (cosine) to any centre is in no cluster. */
  readonly faintest: number;
}

const floats = z.base64().transform((text) => {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.length / 4));
});

const Json = z.object({
  clusters: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      terms: z.array(z.string()).readonly(),
      general: z.boolean(),
      size: z.number(),
      stability: z.number(),
      profile: z.record(z.string(), z.number()),
    }),
  ),
  space: z.object({
    terms: z.array(z.string()).readonly(),
    weights: floats,
    projection: floats,
    lsa: z.number(),
    words: z.array(z.string()).readonly(),
    wordWeights: floats,
    vectors: floats,
    embedding: z.number(),
  }),
  centroids: floats,
  bare: z.int().min(-1).default(-1),
  faintest: z.number().default(FAINTEST),
});

/** No text is near any cluster. */
export const noClusters = (): ClusterModel => ({
  clusters: [],
  space: {
    terms: [],
    weights: new Float32Array(0),
    projection: new Float32Array(0),
    lsa: 0,
    words: [],
    wordWeights: new Float32Array(0),
    vectors: new Float32Array(0),
    embedding: 0,
  },
  centroids: new Float32Array(0),
  bare: -1,
  faintest: FAINTEST,
});

export type ClusterJson = z.input<typeof Json>;

const base64 = (values: Float32Array): string =>
  Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');

/** A value that survives JSON. Exemplars are left out: they name clauses of the file it was found in. */
export function clusterModelToJson({
  clusters,
  space,
  centroids,
  bare,
  faintest,
}: ClusterModel): ClusterJson {
  return {
    clusters: clusters.map(({ exemplars: _, ...cluster }) => cluster),
    space: {
      ...space,
      weights: base64(space.weights),
      projection: base64(space.projection),
      wordWeights: base64(space.wordWeights),
      vectors: base64(space.vectors),
    },
    centroids: base64(centroids),
    bare,
    faintest,
  };
}

/** @throws ZodError where the value is not what clusterModelToJson gives. */
export function clusterModelFromJson(value: unknown): ClusterModel {
  const { clusters, ...rest } = Json.parse(value);
  return { clusters: clusters.map((cluster) => ({ ...cluster, exemplars: [] })), ...rest };
}
