/** Statistics without graphs: metrics, tests and intervals, regression, cause and effect, distributions, drift. */

// Part of the package's interface, so that it suffices alone.
export { Random } from '@gradus/base';
export { correctedRate } from './agreement/corrected-rate.ts';
export { kappaInfluence, kappaInterval } from './agreement/kappa.ts';
export {
  type DifferenceInDifferences,
  differenceInDifferences,
  type Effect,
} from './causal/difference-in-differences.ts';
export { type BalancedComparison, balancedComparison } from './causal/entropy-balancing.ts';
export { type GeoPlan, type GeoPowerOptions, geoPower } from './causal/geo-power.ts';
export { type InterruptedSeriesOptions, interruptedSeries } from './causal/interrupted-series.ts';
export type { Panel } from './causal/panel.ts';
export {
  groupSize,
  type RandomisedTest,
  randomisedTest,
  type TestedGroup,
} from './causal/randomised-test.ts';
export {
  type SyntheticControl,
  type SyntheticControlOptions,
  syntheticControl,
} from './causal/synthetic-control.ts';
export { betaQuantile, binomialCdf, fQuantile, incompleteBeta } from './distributions/beta.ts';
export { chiSquaredTail } from './distributions/chi-squared.ts';
export { logGamma } from './distributions/gamma.ts';
export { intervalZ, normalCdf, normalQuantile, normalTwoSided } from './distributions/normal.ts';
export { quantile, quantileSorted } from './distributions/quantile.ts';
export { intervalT, studentTwoSided } from './distributions/student-t.ts';
export { aligned, type Column, countsOf } from './drift/column.ts';
export { type Drift, detectDrift } from './drift/detect.ts';
export { jensenShannon } from './drift/jensen-shannon.ts';
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
export { clopperPearsonInterval } from './inference/clopper-pearson.ts';
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
export {
  type ForecastErrors,
  type ForecastPast,
  meanAbsoluteScaledError,
  meanScaledIntervalScore,
  overallWeightedAverage,
  pinballLoss,
  rootMeanSquaredScaledError,
  symmetricMape,
  weightedQuantileLoss,
} from './metrics/forecast.ts';
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
export {
  capability,
  type Index,
  momentsOf,
  normalityPValue,
  normalized,
  potential,
  type ToleranceLimits,
} from './quality-control/capability.ts';
export {
  type AttributeKind,
  attributeChart,
  type ControlChart,
  individualCharts,
  outside,
  subgroupCharts,
} from './quality-control/control-chart.ts';
export { c4, rangeConstants } from './quality-control/control-constants.ts';
export { type GaugeStudy, gaugeStudy } from './quality-control/gauge.ts';
export { type HotellingChart, hotellingChart } from './quality-control/hotelling.ts';
export { RUN_RULES, type RuleBreak, runRuleBreaks } from './quality-control/run-rules.ts';
export { cusumChart, ewmaChart } from './quality-control/time-weighted.ts';
export { type Cholesky, cholesky, inverseCholesky, solveCholesky } from './regression/cholesky.ts';
export { type FixedEffectsOptions, fixedEffects, withinGroups } from './regression/fixed-effects.ts';
export {
  type ErrorKind,
  type Estimate,
  type LeastSquares,
  type LeastSquaresOptions,
  leastSquares,
} from './regression/least-squares.ts';
export {
  type ItemEstimate,
  type PartialPooling,
  type Pooled,
  partialPooling,
} from './regression/partial-pooling.ts';
export {
  AQLS,
  codeLetter,
  INSPECTION_LEVELS,
  type InspectionLevel,
  LARGEST_PERCENT,
} from './sampling/code-letters.ts';
export { type DoublePlan, doublePlan } from './sampling/double-plans.ts';
export {
  averageUnits,
  doublePassProbability,
  passProbability,
  type QualityUnit,
} from './sampling/operating-characteristic.ts';
export { type SamplingPlan, SEVERITIES, type Severity, samplingPlan } from './sampling/single-plans.ts';
export { type Inspection, inspectionAfter, REDUCED_FROM } from './sampling/switching.ts';
export {
  type LetteredVariablesPlan,
  VARIABLES_AQLS,
  VARIABLES_LEVELS,
  type VariablesPlan,
  variablesPassProbability,
  variablesPlan,
  variablesSamplingPlan,
} from './sampling/variables-plans.ts';
export type { SparseMatrix } from './sparse-matrix.ts';
export { cronbachAlpha } from './survey/cronbach.ts';
export { KANO_CLASSES, type KanoClass, type KanoFeature, kanoClass, kanoFeature } from './survey/kano.ts';
export { type Driver, type KeyDrivers, keyDrivers, MOST_DRIVERS } from './survey/key-drivers.ts';
