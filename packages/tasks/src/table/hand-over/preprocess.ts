/**
 * Rows of a table as inputs of model.onnx, for whoever runs it without Gradus: any Node from 18 on, and columns.json beside this file.
 * It is what Gradus itself reads cells with, put into one file.
 */
import { readFileSync } from 'node:fs';
import type { RawRow } from '../columns.ts';
import { rawTensor } from '../raw-tensor.ts';
import type { ColumnForm } from '../read/column-form.ts';
import { cellsOf } from '../read/forms.ts';

/** An input in the JSON form of the Open Inference Protocol. */
interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data: readonly (number | string | null)[];
}

const columns: readonly ColumnForm[] = JSON.parse(
  readFileSync(new URL('columns.json', import.meta.url), 'utf8'),
);

const DATATYPES: Readonly<Record<string, string>> = { float64: 'FP64', int64: 'INT64', string: 'BYTES' };

/** Lines of JSON, a row each: {"COLUMN": VALUE, …}. */
export const tensorsOf = (lines: readonly string[]): Tensor[] =>
  tensorsOfRows(lines.map((line): RawRow => JSON.parse(line)));

/** Rows by the names of their columns, with values as JSON has them, or as a CSV file has them: as texts. What a row lacks is missing. */
export function tensorsOfRows(rows: readonly RawRow[]): Tensor[] {
  return cellsOf(columns, rows).columns.map((column): Tensor => {
    const { dtype, data } = rawTensor(column, 0, rows.length);
    return {
      name: column.name,
      shape: [rows.length],
      datatype: DATATYPES[dtype]!,
      data: Array.from<number | bigint | string, number | string | null>(data, (value) =>
        typeof value === 'string' ? value : Number.isNaN(value) ? null : Number(value),
      ),
    };
  });
}
