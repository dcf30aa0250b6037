/**
 * Rows of a table as inputs of model.onnx, for whoever runs it without Gradus: any Node from 18 on, and columns.json and
 * texts.json beside this file. It is what Gradus itself reads cells with, put into one file.
 */
import { readFileSync } from 'node:fs';
import type { RawRow } from '../columns.ts';
import type { StoredImage } from '../images/stored.ts';
import type { ColumnForm } from '../read/column-form.ts';
import { cellsOf } from '../read/forms.ts';
import { inputsOf, type StoredText, TextFeeds } from '../texts/feeds.ts';

/** An input in the JSON form of the Open Inference Protocol. */
interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly datatype: string;
  readonly data: readonly (number | string | null)[];
}

const read = (name: string) => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
const columns: readonly ColumnForm[] = read('columns.json');
// What an encoder says of a text is not made here.
const texts = (read('texts.json') as readonly StoredText[]).map(
  ({ inputs: { vector: _, ...inputs }, ...text }) => new TextFeeds({ ...text, inputs }),
);

const images: readonly StoredImage[] = read('images.json');

const DATATYPES: Readonly<Record<string, string>> = {
  uint8: 'UINT8',
  float32: 'FP32',
  float64: 'FP64',
  int64: 'INT64',
  string: 'BYTES',
};

/** Lines of JSON, a row each: {"COLUMN": VALUE, …}. */
export const tensorsOf = (lines: readonly string[]): Tensor[] =>
  tensorsOfRows(lines.map((line): RawRow => JSON.parse(line)));

/** Rows by the names of their columns, with values as JSON has them, or as a CSV file has them: as texts. What a row lacks is missing. */
export function tensorsOfRows(rows: readonly RawRow[]): Tensor[] {
  const inputs = inputsOf(cellsOf(columns, rows).columns, texts, images);
  return Object.entries(inputs).map(
    ([name, { dtype, dims, data }]): Tensor => ({
      name,
      shape: dims,
      datatype: DATATYPES[dtype]!,
      data: Array.from<number | bigint | string, number | string | null>(data, (value) =>
        typeof value === 'string' ? value : Number.isNaN(value) ? null : Number(value),
      ),
    }),
  );
}
