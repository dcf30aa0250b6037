/** Layers, losses, optimizers, models and their training. Also exported: `Random`, errors and the metrics, so that the package suffices alone. */
export { Random, UserError } from '@gradus/base';
export {
  accuracy,
  brier,
  confusionMatrix,
  expectedCalibrationError,
  type FScore,
  type FScores,
  fitTemperature,
  fScores,
  logLoss,
  macroF1,
  meanAbsoluteError,
  type ReliabilityBin,
  r2,
  reliabilityBins,
  rocAuc,
  rootMeanSquaredError,
} from '@gradus/stats';
export { freeze, freezeStatistics, unfreeze } from './freeze.ts';
export { type ImportedModel, type ImportOptions, imported } from './imported/imported-model.ts';
export { type LoraModel, type LoraOptions, lora } from './imported/lora.ts';
export * from './initializers.ts';
export * from './layers/activations.ts';
export {
  type AttentionOptions,
  type KeyValues,
  type MultiHeadAttention,
  multiHeadAttention,
} from './layers/attention.ts';
export { type BatchNorm, type BatchNormOptions, batchNorm } from './layers/batch-norm.ts';
export {
  type Conv1d,
  type Conv1dOptions,
  type Conv2d,
  type Conv2dOptions,
  type ConvNd,
  type ConvTranspose1d,
  type ConvTranspose1dOptions,
  type ConvTranspose2d,
  type ConvTranspose2dOptions,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
} from './layers/conv.ts';
export { type Dense, type DenseOptions, dense } from './layers/dense.ts';
export { dropout } from './layers/dropout.ts';
export { type Embedding, type EmbeddingOptions, embedding } from './layers/embedding.ts';
export { type GroupNorm, groupNorm, instanceNorm } from './layers/group-norm.ts';
export { type LayerNorm, layerNorm, type NormOptions, type RmsNorm, rmsNorm } from './layers/layer-norm.ts';
export {
  type MelOptions,
  melSpectrogram,
  type SpectrogramOptions,
  spectrogram,
} from './layers/mel-spectrogram.ts';
export { type PaddingMode, pad1d, pad2d } from './layers/padding.ts';
export { averagePool1d, globalAveragePool1d, globalMaxPool1d, maxPool1d } from './layers/pooling.ts';
export {
  averagePool2d,
  globalAveragePool2d,
  globalMaxPool2d,
  maxPool2d,
  type Pool2dOptions,
} from './layers/pooling2d.ts';
export { type PRelu, prelu } from './layers/prelu.ts';
export { gru, lstm, type Recurrent, type RecurrentOptions, rnn } from './layers/recurrent.ts';
export { resize2d, upsample1d, upsample2d } from './layers/resize.ts';
export type { Pair } from './layers/size.ts';
export { type TransformerBlock, type TransformerOptions, transformerBlock } from './layers/transformer.ts';
export * from './losses/index.ts';

export { Autoencoder, VariationalAutoencoder } from './models/autoencoder.ts';
export { type Bert, type BertOptions, bert } from './models/bert.ts';
export { dcganDiscriminator, dcganGenerator, wganCritic, wganLoss } from './models/dcgan.ts';
export { FlowNet, flowMatchingLoss } from './models/flow-matching.ts';
export { type GenerateOptions, generate, type SamplingOptions, sampleToken } from './models/generate.ts';
export { type Gpt, type GptOptions, gpt } from './models/gpt.ts';
export { lenet } from './models/lenet.ts';
export { mlp } from './models/mlp.ts';
export {
  type Affine,
  matricesOf,
  type NHits,
  type NHitsMatrices,
  type NHitsOptions,
  nHits,
  nHitsForecast,
  nHitsGraph,
} from './models/n-hits.ts';
export { recurrentNet, recurrentTextNet } from './models/recurrent.ts';
export { type ResNet, type ResNetOptions, resnet } from './models/resnet.ts';
export { smallCnn } from './models/small-cnn.ts';
export { type TextCnn, type TextCnnOptions, textCnn } from './models/text-cnn.ts';
export { initialize, type Layer, loadState, Module, parametersOf, sequential, stateOf } from './module.ts';
export { type AdamOptions, adam } from './optimizers/adam.ts';
export { adamW } from './optimizers/adamw.ts';
export { type LambOptions, lamb } from './optimizers/lamb.ts';
export { type LarsOptions, lars } from './optimizers/lars.ts';
export type { LearningRate, Optimizer, ParameterGroup } from './optimizers/optimizer.ts';
export { parameterGroups } from './optimizers/parameter-groups.ts';
export { type RmspropOptions, rmsprop } from './optimizers/rmsprop.ts';
export {
  cosine,
  exponentialDecay,
  type OneCycleOptions,
  oneCycle,
  stepDecay,
  warmUp,
} from './optimizers/schedules.ts';
export { type SgdOptions, sgd } from './optimizers/sgd.ts';
export { accumulated, averaged } from './optimizers/wrappers.ts';
export { Parameter } from './parameter.ts';
export { dataset, subset } from './training/arrays.ts';
export {
  type CrossValidation,
  crossValidate,
  type Fold,
  type FoldOptions,
  kFolds,
} from './training/cross-validation.ts';
export { batchesOf, type Dataset, type PreparedDataset } from './training/dataset.ts';
export { type FitResult, fit } from './training/fit.ts';
export type { EpochResult, FitOptions } from './training/fit-options.ts';
export { gradientGraph } from './training/graphs/gradient-graph.ts';
export * as stepNames from './training/graphs/names.ts';
export { trainingPhases, trainingStep } from './training/graphs/training-step.ts';
export { updateGraph } from './training/graphs/update-graph.ts';
export type { ArrayLikeTensor } from './training/host-batch.ts';
export type { Phase, TrainingStep } from './training/phase.ts';
export { type PredictOptions, predict } from './training/predict.ts';
export {
  type Range,
  type SearchOptions,
  type SearchResult,
  type Space,
  search,
  type Trial,
} from './training/search.ts';
export { oneGraph } from './training/strategies/one-graph.ts';
export type { MakeStrategy, Strategy, StrategyOptions } from './training/strategies/strategy.ts';
export { Trainer, type TrainerOptions, type TrainerState } from './training/trainer.ts';
