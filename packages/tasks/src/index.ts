/** Tasks: what recipes of one kind of learner share. */

export { type AnomalyEvaluation, evaluateAnomaly, type JudgedPiece, type Share } from './anomaly/evaluate.ts';
export {
  FEWEST_DEFECTS,
  type FitAnomalyOptions,
  type FittedAnomaly,
  fitAnomaly,
  type Photograph,
} from './anomaly/fit.ts';
export { type AnomalyModel, anomalyGraph, INPUT as ANOMALY_INPUT } from './anomaly/model.ts';
export {
  AnomalyBundle,
  anomalyBundle,
  type OpenedAnomaly,
  openAnomaly,
  type PieceAnswer,
} from './anomaly/open.ts';
export {
  type PhotographFile,
  PIECES_FILE,
  type ReadPhotographs,
  readPhotographs,
  readPieces,
} from './anomaly/photographs.ts';
export { assignClusters } from './clusters/assign.ts';
export {
  type ClauseEmbeddings,
  type Discovered,
  type DiscoverOptions,
  discoverClusters,
  type EncoderGain,
} from './clusters/discover.ts';
export { clusterGraph, clusterInputs } from './clusters/graph.ts';
export { matchClusters, withStableIds } from './clusters/match.ts';
export {
  type Cluster,
  type ClusterModel,
  clusterModelFromJson,
  clusterModelToJson,
  noClusters,
  type Space,
} from './clusters/model.ts';
export { pointsOf } from './clusters/space.ts';
export { type ClusterAnswer, type ClusterTypes, textClusters } from './clusters/task.ts';
export { contentTokens } from './clusters/tokens.ts';
export { type CheckTaskOptions, checkTask, type SampleRows, sampleList } from './conformance/check-task.ts';
export {
  type CitedRow,
  DROP_REASONS,
  type DraftLanguage,
  type DropReason,
  dropReason,
  FEWEST_CITED,
  isPlain,
} from './drafting/grounded.ts';
export { type ForecastBundle, forecastBundle, type ServedItem } from './forecast/bundle.ts';
export { applyCorrections, type SalesCorrection } from './forecast/corrections.ts';
export { fitForecasts } from './forecast/fit.ts';
export type { FittedForecasts, ItemRolls } from './forecast/fitted.ts';
export { frequencyOf, type Grid, startOf, stepOf, stepText, timeOf, timesIn } from './forecast/grid.ts';
export {
  endOf,
  type ItemHistory,
  type ReadColumns,
  type SalesHistory,
  type SetAsideItem,
} from './forecast/history.ts';
export { type ForecastingNetwork, openNetwork } from './forecast/imported/network.ts';
export {
  type ItemForecast,
  type ItemJudgement,
  type LocalForecast,
  QUANTILES,
  type SumForecast,
  type Sums,
} from './forecast/model.ts';
export { type Plan, planColumns, readPlan } from './forecast/plan.ts';
export { withoutDisruptions } from './forecast/read/disruptions.ts';
export { GAPS } from './forecast/read/gaps.ts';
export { type ReadSalesOptions, readSales } from './forecast/read/sales.ts';
export { type ForecastAnswer, type ForecastQuestion, ServedForecasts } from './forecast/served.ts';
export { type CampaignLift, type CampaignOptions, campaignLift } from './forecast/strategy/campaign-lift.ts';
export { type CampaignAnswer, type Campaigns, campaigns } from './forecast/strategy/campaigns.ts';
export { type Elasticities, type Elasticity, elasticities } from './forecast/strategy/elasticity.ts';
export type { ItemSales } from './forecast/strategy/item-sales.ts';
export {
  type Channel,
  type ChannelReturn,
  type MarketingMix,
  marketingMix,
} from './forecast/strategy/marketing-mix.ts';
export {
  type Launch,
  type LaunchForecast,
  launchForecast,
  type NewItem,
} from './forecast/strategy/new-items.ts';
export {
  type PastPromotion,
  type PromotionLift,
  type PromotionLifts,
  promotionLifts,
} from './forecast/strategy/promotion-lift.ts';
export type { Refusal } from './forecast/strategy/refusal.ts';
export { type Strategy, type StrategyOptions, strategyOf } from './forecast/strategy/strategy.ts';
export { type WindowModel, windowGraph, windowModel } from './forecast/window-graph.ts';
export { withoutBackground } from './generation/images/background.ts';
export { spriteFeatures } from './generation/images/features.ts';
export { frameSide, framesOf } from './generation/images/frames.ts';
export {
  characterOf,
  colourOf,
  fromPalette,
  NOTHING,
  type Palette,
  paletteOf,
  type RgbaImage,
  toPalette,
} from './generation/images/palette.ts';
export { type PatchBook, patchBook, patchesOf, patchReader, quilt } from './generation/images/patches.ts';
export { type Rival, rivalImages } from './generation/images/rivals.ts';
export { gridText, readLevels, type TileGrid } from './generation/levels/grid.ts';
export { type Guess, guessesOfTiles, type TileAttributes } from './generation/levels/guess-legend.ts';
export { isLegend, type Legend, legendOf, readLegend, type TileMeaning } from './generation/levels/legend.ts';
export { canStand, type Place, reachableFrom } from './generation/levels/platformer.ts';
export { evidenceFor, type PlatformRules, playability, rulesOf } from './generation/levels/playability.ts';
export { isSokobanTile, type SokobanLevel, sokobanLevel } from './generation/levels/sokoban-level.ts';
export { SokobanPlacement } from './generation/levels/sokoban-placement.ts';
export { type SokobanVerdict, solveSokoban } from './generation/levels/sokoban-solver.ts';
export { tilesByCount } from './generation/levels/tile-stands.ts';
export { type Estimated, type FourNumbers, fourNumbers } from './generation/measures/measures.ts';
export { standardizer, type TwoSamples, twoSamples } from './generation/measures/two-samples.ts';
export {
  fitRanker,
  isTelling,
  keptProbabilities,
  type Looks,
  type Ranker,
} from './generation/ranking/ranker.ts';
export { fitNgram, type NgramContext, ngramGain, ngramNats } from './generation/sequences/ngram.ts';
export { sampleSequences } from './generation/sequences/sample.ts';
export {
  type FittedSequenceModel,
  fitSequenceModel,
  natsOfEach,
  type SequenceModel,
  sequenceNats,
} from './generation/sequences/sequence-model.ts';
export {
  fitTilePatterns,
  PATTERN_TEMPERATURE,
  type TilePatterns,
  weighed,
} from './generation/sequences/tile-patterns.ts';
export { Vocabulary } from './generation/sequences/vocabulary.ts';
export { type Balance, balanceReader, balancesOf, outOfBalance } from './generation/sheets/balance.ts';
export { readSheets, type Sheet, type SheetField, type SheetValue } from './generation/sheets/fields.ts';
export { brokenRule, readStatedRules, type StatedRule } from './generation/sheets/stated-rules.ts';
export { SheetGrammar } from './generation/sheets/tokens.ts';
export { isOver, type TimeLimit, timeLimit } from './generation/time-limit.ts';
export { encoderSize, type ImageEncoder, STATISTICS } from './image/encoder.ts';
export { readEncoder } from './image/imported-encoder.ts';
export { MOST_CHARACTERS as MOST_IMAGE_CHARACTERS, pixelsUrl } from './image/inline.ts';
export { PIXEL_RANGES, type PixelRange, rangeInWords as PIXELS_IN_WORDS } from './image/pixel-range.ts';
export { decodeSource } from './image/source.ts';
export { type ColumnsByRole, chooseColumns, columnsIn, fitsRoles } from './recipe/columns.ts';
export {
  type LearnerOptions,
  type LearnerOutputs,
  type LearnerParts,
  learner,
  type TextLearnerOptions,
  textLearner,
} from './recipe/learner.ts';
export { readTextRows, type TaskData } from './recipe/read.ts';
export { type TaskServiceOptions, taskService } from './recipe/service.ts';
export { TaskSummary } from './recipe/summary.ts';
export { type Abstention, type AbstentionOptions, fitAbstention, isAnswered } from './shared/abstention.ts';
export {
  EncoderRef,
  openBroughtEncoder,
  openServedEncoder,
  type ServedEncoder,
} from './shared/brought-encoder.ts';
export {
  type ClassifierEvaluation,
  type ClassifierScores,
  evaluateClassifier,
  type HeldOutAnswers,
} from './shared/classifier.ts';
export {
  type ClassifierSectionOptions,
  calibrationLimit,
  classifierFigures,
  classifierSection,
  standingInWords,
} from './shared/classifier-section.ts';
export { type CompareOptions, compareHeldOut } from './shared/compare.ts';
export { type Estimate, withInterval } from './shared/estimate.ts';
export type { TaskEvaluation } from './shared/evaluation.ts';
export {
  type Answers,
  type AnswersOf,
  HELD_OUT_FILE,
  HeldOut,
  heldOutJson,
  readHeldOut,
} from './shared/held-out.ts';
export { linearReasons, occlusionReasons, type Reason } from './shared/reasons.ts';
export { type ReferenceOptions, referenceOf } from './shared/reference.ts';
export { rounded } from './shared/rounded.ts';
export { type RowsOfSlice, type SliceName, slicesOf } from './shared/slices.ts';
export { sparseRows } from './shared/sparse-rows.ts';
export { type Standing, standingOf } from './shared/standing.ts';
export { baselineName, pFigure, pInWords, ROW_WORDS, type RowWords } from './shared/words.ts';
export { type TableLearnerOptions, tableLearner } from './table/learner.ts';
export type { TableAnswer } from './table/open.ts';
export { type ReadTable, type TableChoice, tableRows } from './table/read/rows.ts';
export { TableOptions, type TableTypes, tableLearning } from './table/task.ts';
export * from './task.ts';
export { TASKS } from './tasks.ts';
export { baselineProbabilities, type LabelledTexts, orBaseline } from './text/baselines.ts';
export { textDescriber } from './text/describe.ts';
export type { TextEvaluation } from './text/evaluation.ts';
export {
  fitFeatures,
  fitWordFeatures,
  type TermKind,
  TextDataset,
  type TextFeatures,
  type TextVectors,
  termMatrix,
} from './text/features.ts';
export {
  FEWEST_LABELLED,
  FEWEST_OF_CLASS,
  type LabelledText,
  type Learning,
  type LearningNote,
  learningOf,
  type TextCorrection,
} from './text/learning.ts';
export { linearLogits } from './text/linear.ts';
export { type TextModel, textGraph, textLogits } from './text/model.ts';
export { predictTexts } from './text/predict.ts';
export { linearTextReasons, textReasons } from './text/reasons.ts';
export { runTexts } from './text/session.ts';
export { type TextAnswer, TextOptions, type TextTypes, textClassification } from './text/task.ts';
export { type TrainTextOptions, trainTexts, type UnseenTexts } from './text/train.ts';
export {
  fitVectors,
  logitsWithVectors,
  type VectorGain,
  type VectorModel,
  vectorRows,
  vectorScores,
} from './text/vectors.ts';
export {
  FALSE_DISCOVERIES,
  isWorse,
  type RatioDifference,
  ratioDifference,
  type SliceColumn,
  type SliceFinding,
  sliceFindings,
} from './verdict/differences.ts';
export {
  estimateFigure,
  type Figure,
  type FigureEstimate,
  type FigureUnit,
  type FigureValues,
  type Quantile,
  type Ratio,
  type RowFilter,
  ratioInfluence,
  type Whole,
} from './verdict/figure.ts';
export {
  type Judged,
  type Judgement,
  judge,
  type Limit,
  limitValue,
  rowsForShare,
  togetherOf,
} from './verdict/judgement.ts';
