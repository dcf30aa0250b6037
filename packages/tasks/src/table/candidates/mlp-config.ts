/** How a tabular network is built and trained: one that does well on most tables, and others that a search may try. */

export interface MlpConfig {
  /** Bins of a column of numbers at most; the root of the number of rows bounds them too. */
  readonly bins: number;
  /** What a number becomes: a vector of this length. */
  readonly numberVector: number;
  /** What a level of a category becomes. */
  readonly categoryVector: number;
  /** Hidden layers. */
  readonly layers: number;
  /** Of each hidden layer. */
  readonly units: number;
  /** Share of the hidden units that a training step leaves out. */
  readonly dropout: number;
  /** Of the first step; it falls to 0 along half a cosine. */
  readonly learningRate: number;
  readonly weightDecay: number;
  /** How much of the parameters' average a step keeps; the average is what the model has in the end. */
  readonly averaging: number;
  /** Rows of a training step at most; small tables have smaller ones. */
  readonly batchSize: number;
  readonly epochs: number;
  /** Epochs without a better validation loss after which training stops. */
  readonly patience: number;
}

const standard: MlpConfig = {
  bins: 48,
  numberVector: 8,
  categoryVector: 8,
  layers: 3,
  units: 128,
  dropout: 0.1,
  learningRate: 3e-3,
  weightDecay: 0.1,
  averaging: 0.98,
  batchSize: 256,
  epochs: 30,
  patience: 6,
};

export const mlpConfigs = {
  default: standard,
  smooth: { ...standard, bins: 12 },
  shallow: { ...standard, layers: 2, numberVector: 16 },
  wide: { ...standard, numberVector: 16, units: 256, dropout: 0.3 },
  slow: { ...standard, learningRate: 1e-3, epochs: 80, patience: 12 },
  strict: { ...standard, units: 64, dropout: 0.3, weightDecay: 0.5 },
} satisfies Readonly<Record<string, MlpConfig>>;
