/** Rows of a table for fitting: encoded by what their own training rows show, so that nothing of later rows is known. */
import type { TrainingRows, TrainingTarget } from './candidates/candidate.ts';
import { pickColumns, type TableRows, type Target } from './columns.ts';
import { type Encoding, encode, fitEncoding } from './encoding.ts';
import type { TableFold } from './split.ts';

export interface FoldRows {
  readonly train: TrainingRows;
  readonly validation: TrainingRows;
  /** Places of the validation rows. */
  readonly places: Int32Array;
}

export async function foldRows(
  rows: TableRows,
  { train, validation }: TableFold,
  withTrend: boolean,
): Promise<FoldRows> {
  const columns = pickColumns(rows.columns, train);
  const encoding = await fitEncoding(columns, { withTrend });
  return {
    train: await trainingRows(rows, train, encoding),
    validation: await trainingRows(rows, validation, encoding),
    places: validation,
  };
}

export async function trainingRows(
  rows: TableRows,
  places: Int32Array,
  encoding: Encoding,
): Promise<TrainingRows> {
  const { weights } = rows;
  return {
    encoded: await encode(encoding, pickColumns(rows.columns, places)),
    target: trainingTarget(rows.target, places),
    ...(weights && { weights: Float64Array.from(places, (i) => weights[i]!) }),
  };
}

export const trainingTarget = (target: Target, places: Int32Array): TrainingTarget =>
  target.kind === 'classes'
    ? {
        kind: 'classes',
        classes: target.classes.length,
        labels: places.map((i) => target.labels[i]!),
      }
    : { kind: 'numbers', values: Float64Array.from(places, (i) => target.values[i]!) };
