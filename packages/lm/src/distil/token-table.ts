/** A vector for each token. */
export interface TokenTable {
  /** [tokens, dimensions] */
  readonly data: Float32Array;
  readonly dimensions: number;
}
