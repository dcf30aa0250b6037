/** Rows of a table for fitting: encoded by what their own training rows show, so that nothing of later rows is known. */
import type { TrainingRows, TrainingTarget } from './candidates/candidate.ts';
import { pickColumns, pickTarget, type TableRows, type Target } from './columns.ts';
import { type EncodedRows, type Encoding, type EncodingOptions, encode, fitEncoding } from './encoding.ts';
import type { TableFold } from './split.ts';

export interface FoldRows {
  readonly train: TrainingRows;
  readonly validation: TrainingRows;
  /** Places of the validation rows. */
  readonly places: Int32Array;
}

export interface RowsOptions extends Pick<EncodingOptions, 'withTrend' | 'random' | 'signal'> {
  /** By place: rows that share a number stand or fall together. */
  readonly groups: Int32Array;
}

export async function foldRows(
  rows: TableRows,
  { train, validation }: TableFold,
  options: RowsOptions,
): Promise<FoldRows> {
  const { encoding, training } = await fittedRows(rows, train, options);
  return { train: training, validation: await laterRows(rows, validation, encoding), places: validation };
}

/** An encoding, and the rows that it was fitted on. */
export async function fittedRows(
  rows: TableRows,
  places: Int32Array,
  { groups, ...options }: RowsOptions,
): Promise<{ readonly encoding: Encoding; readonly training: TrainingRows }> {
  const { encoding, training } = await fitEncoding(pickColumns(rows.columns, places), {
    ...options,
    target: pickTarget(rows.target, places),
    groups: places.map((i) => groups[i]!),
    weights: weightsOf(rows, places),
    encoder: rows.encoder,
  });
  return { encoding, training: withTarget(rows, places, training) };
}

/** Rows that the encoding was not fitted on. */
export async function laterRows(
  rows: TableRows,
  places: Int32Array,
  encoding: Encoding,
): Promise<TrainingRows> {
  return withTarget(rows, places, await encode(encoding, pickColumns(rows.columns, places)));
}

function withTarget(rows: TableRows, places: Int32Array, encoded: EncodedRows): TrainingRows {
  const weights = weightsOf(rows, places);
  return { encoded, target: trainingTarget(rows.target, places), ...(weights && { weights }) };
}

const weightsOf = ({ weights }: TableRows, places: Int32Array): Float64Array | undefined =>
  weights && Float64Array.from(places, (i) => weights[i]!);

const trainingTarget = (target: Target, places: Int32Array): TrainingTarget =>
  target.kind === 'classes'
    ? {
        kind: 'classes',
        classes: target.classes.length,
        labels: places.map((i) => target.labels[i]!),
      }
    : { kind: 'numbers', values: Float64Array.from(places, (i) => target.values[i]!) };
