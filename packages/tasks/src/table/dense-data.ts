/** Rows as candidates take them that know only numbers and codes. */
export interface DenseData {
  readonly rows: number;
  /** [rows, width]: standardized, none missing. */
  readonly numbers: Float32Array;
  readonly width: number;
  /** [rows, categories.length]: 0 where the level is unknown or missing. */
  readonly codes: Int32Array;
  /** Levels by column, 0 among them. */
  readonly categories: readonly number[];
}
