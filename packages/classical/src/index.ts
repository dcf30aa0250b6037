/** Models without gradients: linear models, clusters, factorizations, word vectors. */

// Part of the package's interface, so that it suffices alone.
export { Random } from '@gradus/base';

export { type KMeans, type KMeansOptions, kMeans, normalizeRows } from './kmeans.ts';
export { linearAssignment } from './linear-assignment.ts';
export {
  fitLogisticRegression,
  type LogisticModel,
  type LogisticOptions,
  logisticScores,
  predictLogistic,
} from './logistic-regression.ts';
export { type Coefficient, fitRidge, type Ridge, type RidgeOptions } from './ridge.ts';
export {
  fitSoftmaxRegression,
  type SoftmaxModel,
  type SoftmaxOptions,
  softmaxRows,
  softmaxScores,
} from './softmax-regression.ts';
export { multiply, multiplyDense, multiplyTransposed } from './sparse.ts';
export { type Eigen, symmetricEigen } from './symmetric-eigen.ts';
export { type TruncatedSvd, type TruncatedSvdOptions, truncatedSvd } from './truncated-svd.ts';
export { cutMerges, type Merge, wardMerges } from './ward.ts';
export { type WordVectorOptions, type WordVectors, wordVectors } from './word-vectors.ts';
