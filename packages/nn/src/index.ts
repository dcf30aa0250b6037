export { accuracy } from './metrics/accuracy.ts';
export { benjaminiHochberg } from './metrics/benjamini-hochberg.ts';
export {
  type BootstrapOptions,
  bootstrapDifference,
  bootstrapInterval,
  type Difference,
  type Statistic,
} from './metrics/bootstrap.ts';
export { brier } from './metrics/brier.ts';
export { confusionMatrix } from './metrics/confusion-matrix.ts';
export { type FScore, type FScores, fScores, macroF1 } from './metrics/f-score.ts';
export { fisherExact } from './metrics/fisher-exact.ts';
export { logGamma } from './metrics/log-gamma.ts';
export { logLoss } from './metrics/log-loss.ts';
export { type McNemar, mcnemar } from './metrics/mcnemar.ts';
export { intervalZ, normalCdf, normalQuantile, normalTwoSided } from './metrics/normal.ts';
export { meanAbsoluteError, r2, rootMeanSquaredError } from './metrics/regression.ts';
export { expectedCalibrationError, type ReliabilityBin, reliabilityBins } from './metrics/reliability.ts';
export { rocAuc } from './metrics/roc-auc.ts';
export type { Interval, Numbers } from './metrics/rows.ts';
export { intervalT, studentTwoSided } from './metrics/student-t.ts';
export { fitTemperature } from './metrics/temperature.ts';
export { wilsonInterval } from './metrics/wilson.ts';
