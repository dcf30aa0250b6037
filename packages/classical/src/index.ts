/** Models without gradients: linear models, boosted trees, clusters, factorizations, word vectors. */

// Part of the package's interface, so that it suffices alone.
export { Random } from '@gradus/base';

export {
  type BoostedTrees,
  type BoostedTreesOptions,
  boostedTrees,
  type Round,
} from './boosted-trees/boosted-trees.ts';
export type { CategoryColumn, NumberColumn, TreeColumn } from './boosted-trees/columns.ts';
export { type TreeInputs, type TreeOpVersion, treeGraph, treeScoresGraph } from './boosted-trees/graph.ts';
export type { TreeTarget } from './boosted-trees/loss.ts';
export type { LossName } from './boosted-trees/losses.ts';
export { predictTrees, treeScores } from './boosted-trees/predict.ts';
export {
  type ShapleyValues,
  type TreeExplainer,
  treeExplainer,
  treeShapley,
} from './boosted-trees/shapley.ts';
export { readTrees, type StoredTrees, storedTrees } from './boosted-trees/stored.ts';
export type { DenseMatrix } from './column-matrix.ts';
export {
  type CovariateEffects,
  type CovariateEffectsOptions,
  covariateEffects,
} from './covariate-effects/covariate-effects.ts';
export {
  type ElasticNet,
  type ElasticNetLoss,
  type ElasticNetOptions,
  type ElasticNetPathOptions,
  elasticNetPath,
  elasticNetScores,
  fitElasticNet,
} from './elastic-net.ts';
export { adida, imapa } from './forecasting/aggregation.ts';
export { autoArima } from './forecasting/auto-arima.ts';
export { autoEts } from './forecasting/auto-ets.ts';
export {
  type AutoForecast,
  type AutoForecastOptions,
  autoForecast,
} from './forecasting/auto-forecast.ts';
export { candidatesFor } from './forecasting/candidates.ts';
export { card, cardForecaster } from './forecasting/card.ts';
export { combine, errorWeights, type MethodWeight } from './forecasting/combination.ts';
export { complexSmoothing } from './forecasting/complex-smoothing.ts';
export { type CountQuantileOptions, countQuantiles } from './forecasting/count-quantiles.ts';
export { croston, isDemand, sba, tsb } from './forecasting/croston.ts';
export { type DetectSeasonsOptions, detectSeasons } from './forecasting/detect-seasons.ts';
export type { FittedForecaster, Forecaster, ForecasterName } from './forecasting/forecaster.ts';
export { FORECASTERS } from './forecasting/forecasters.ts';
export {
  chanceBound,
  type Gain,
  type GainOptions,
  gainOf,
  standardError,
} from './forecasting/gate.ts';
export {
  fitGlobalWindow,
  type GlobalWindow,
  type GlobalWindowOptions,
} from './forecasting/global-window.ts';
export { levelShape, levelShapeForecaster } from './forecasting/level-shape.ts';
export { mstlForecaster, mstlSingle } from './forecasting/mstl-forecaster.ts';
export { drift, naive, seasonalNaive } from './forecasting/naive.ts';
export { type PooledCounts, pooledCounts } from './forecasting/pooled-counts.ts';
export {
  type RolledForecasts,
  type RollingOptions,
  type RollingOrigin,
  rollForecasts,
  rollingOrigins,
} from './forecasting/rolling-origin.ts';
export { isSeasonal, seasonalIndices } from './forecasting/seasonal-indices.ts';
export { type Decomposition, mstl, type StlOptions, stl } from './forecasting/stl.ts';
export { dynamicTheta, theta } from './forecasting/theta.ts';
export { windowRidge } from './forecasting/window-ridge.ts';
export { type Hierarchy, hierarchyOf, sumsOf } from './hierarchy/hierarchy.ts';
export {
  type Forecasts,
  type ReconcileMethod,
  type ReconcileOptions,
  reconcile,
} from './hierarchy/reconcile.ts';
export { type KMeans, type KMeansOptions, kMeans, normalizeRows } from './kmeans.ts';
export { linearAssignment } from './linear-assignment.ts';
export {
  fitLogisticRegression,
  type LogisticModel,
  type LogisticOptions,
  logisticScores,
  predictLogistic,
} from './logistic-regression.ts';
export {
  blame,
  fitProcess,
  PROCESS_STATISTICS,
  type ProcessModel,
  type ProcessScores,
  scoreProcess,
} from './process-monitor.ts';
export { type Coefficient, fitRidge, type Ridge, type RidgeOptions } from './ridge.ts';
export {
  fitSoftmaxRegression,
  type SoftmaxModel,
  type SoftmaxOptions,
  softmaxRows,
  softmaxScores,
} from './softmax-regression.ts';
export { multiply, multiplyDense, multiplyTransposed } from './sparse.ts';
export { fitSparseRidge, type SparseRidge, type SparseRidgeOptions } from './sparse-ridge.ts';
export { type Eigen, symmetricEigen } from './symmetric-eigen.ts';
export { type TruncatedSvd, type TruncatedSvdOptions, truncatedSvd } from './truncated-svd.ts';
export { cutMerges, type Merge, wardMerges } from './ward.ts';
export { type WordVectorOptions, type WordVectors, wordVectors } from './word-vectors.ts';
