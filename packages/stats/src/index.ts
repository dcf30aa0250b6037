/** Statistics without graphs: metrics, tests and intervals, distributions, drift. */

// Part of the package's interface, so that it suffices alone.
export { Random } from '@gradus/base';

export { chiSquaredTail } from './distributions/chi-squared.ts';
export { logGamma } from './distributions/gamma.ts';
export { intervalZ, normalCdf, normalQuantile, normalTwoSided } from './distributions/normal.ts';
export { quantile, quantileSorted } from './distributions/quantile.ts';
export { intervalT, studentTwoSided } from './distributions/student-t.ts';
export { aligned, type Column, countsOf } from './drift/column.ts';
export { type Drift, detectDrift } from './drift/detect.ts';
export { DriftMonitor, type Row } from './drift/monitor.ts';
export { binCounts, psi, quantileEdges } from './drift/psi.ts';
export { benjaminiHochberg } from './inference/benjamini-hochberg.ts';
export {
  type BootstrapOptions,
  bootstrapDifference,
  bootstrapInterval,
  type Difference,
  type Statistic,
} from './inference/bootstrap.ts';
export { fisherExact } from './inference/fisher-exact.ts';
export { kolmogorovSmirnovDistance } from './inference/kolmogorov-smirnov.ts';
export { type McNemar, mcnemar } from './inference/mcnemar.ts';
export { wilsonInterval } from './inference/wilson.ts';
export { averagePrecisionInfluence } from './influence/average-precision.ts';
export { calibrationErrorInfluence, chanceCalibrationError } from './influence/calibration-error.ts';
export {
  type Influenced,
  numberedClusters,
  positiveInterval,
  pValueOf,
  reachOf,
  shareInterval,
  symmetricInterval,
  type Uncertainty,
  uncertaintyOf,
} from './influence/influence.ts';
export { macroF1Influence } from './influence/macro-f1.ts';
export { meanInfluence, r2Influence } from './influence/mean.ts';
export { medianInfluence } from './influence/median.ts';
export { aucInfluence } from './influence/roc-auc.ts';
export { accuracy } from './metrics/accuracy.ts';
export { averagePrecision } from './metrics/average-precision.ts';
export { brier } from './metrics/brier.ts';
export { adjustedRandIndex, normalizedMutualInformation } from './metrics/clustering.ts';
export { confusionMatrix } from './metrics/confusion-matrix.ts';
export { type FScore, type FScores, fScores, macroF1 } from './metrics/f-score.ts';
export { logLoss, logLosses } from './metrics/log-loss.ts';
export {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  medianAbsoluteError,
  r2,
  rootMeanSquaredError,
} from './metrics/regression.ts';
export { expectedCalibrationError, type ReliabilityBin, reliabilityBins } from './metrics/reliability.ts';
export { rocAuc } from './metrics/roc-auc.ts';
export { fitTemperature } from './metrics/temperature.ts';
export type { Interval, Numbers } from './numbers.ts';
export type { SparseMatrix } from './sparse-matrix.ts';
