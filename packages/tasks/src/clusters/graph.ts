/**
 * The clusters as one graph: (terms, weights, words, wordWeights) -> cluster and strength. Terms are projected and words
 * averaged, both are scaled to length 1, and the nearest centre is the cluster (cosine); −1 where none is near.
 *
 * The cluster of texts that only judge ("good!") is found by their words, outside the graph.
 */
import { termInputs } from '@gradus/data';
import { concat, constant, type Graph, type HostTensor, input, scalar, type Tensor } from '@gradus/engine';
import type { ClusterModel } from './model.ts';
import { spaceInputs } from './space.ts';
import { contentDocuments } from './tokens.ts';

export function clusterGraph({ space, centroids, clusters, faintest }: ClusterModel): Graph<Tensor> {
  const terms = input('terms', ['batch', 'terms'], 'int64');
  const weights = input('weights', ['batch', 'terms']);
  const words = input('words', ['batch', 'words'], 'int64');
  const wordWeights = input('wordWeights', ['batch', 'words']);
  const { lsa, embedding } = space;
  const point = unit(
    concat(
      [
        unit(weighedSum(table(space.projection, lsa, 'projection'), terms, weights)),
        unit(weighedSum(table(space.vectors, embedding, 'vectors'), words, wordWeights)),
      ],
      1,
    ),
  );
  const width = lsa + embedding;
  const centres = constant(
    { dtype: 'float32', dims: [clusters.length, width], data: centroids },
    'centroids',
  );
  const cosines = point.matmul(centres.transpose()); // [batch, clusters]
  const strength = cosines.maximum([1]);
  const isNear = strength.greater(faintest);
  const none = scalar(-1, 'int64');
  return {
    name: 'clusters',
    inputs: { terms, weights, words, wordWeights },
    outputs: {
      cluster: isNear.where(cosines.argmax(1), none),
      strength: isNear.where(strength, scalar(0)),
    },
  };
}

/** Texts as the graph's inputs. */
export function clusterInputs(
  { space }: Pick<ClusterModel, 'space'>,
  texts: readonly string[],
): Record<string, HostTensor> {
  const { terms, words } = spaceInputs(space, contentDocuments(texts));
  const rows = Int32Array.from(texts.keys());
  const ofWords = termInputs(words, rows);
  return { ...termInputs(terms, rows), words: ofWords.terms!, wordWeights: ofWords.weights! };
}

/** Rows of a table, with one of zeros behind the last, which padding points at. */
function table(values: Float32Array, width: number, name: string): Tensor {
  const data = new Float32Array(values.length + width);
  data.set(values);
  return constant({ dtype: 'float32', dims: [data.length / width, width], data }, name);
}

/** @returns [batch, width] */
const weighedSum = (rows: Tensor, indices: Tensor, weights: Tensor): Tensor =>
  weights.unsqueeze(1).matmul(rows.gather(indices)).squeeze(1);

/** Rows of length 1; rows of zeros stay as they are. */
const unit = (rows: Tensor): Tensor => rows.div(rows.square().sum([1], true).sqrt().max(1e-12));
