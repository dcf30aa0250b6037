/** Many changed copies of the same rows, asked of a model in few calls. */
import type { Answered } from '../answers.ts';
import type { Cells, TableColumn } from '../columns.ts';

export type Predict = (columns: readonly TableColumn[]) => Promise<Answered>;

export interface Asking {
  readonly columns: readonly TableColumn[];
  readonly rows: number;
  readonly predict: Predict;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of rows that were answered by a call. */
  readonly onAnswered?: ((rows: number) => void) | undefined;
}

/** Cells of the columns that differ, for all rows. */
export type Variant = ReadonlyMap<string, Cells>;

/** Of one call; fewer rows where a table is wide. */
const MOST_ROWS = 10_000;
const MOST_CELLS = 4_000_000;

/** What is read of the answers to all rows, by variant. */
export async function answersTo<Of>(
  { columns, rows, predict, signal, onAnswered }: Asking,
  variants: readonly Variant[],
  read: (answers: Answered) => Of,
): Promise<Of[]> {
  const most = Math.min(MOST_ROWS / rows, MOST_CELLS / (rows * columns.length));
  const copies = Math.max(1, Math.min(variants.length, Math.floor(most)));
  // Most columns are the same in most calls.
  const unchanged = new Map<string, Cells>();
  const readings: Of[] = [];
  for (let from = 0; from < variants.length; from += copies) {
    signal?.throwIfAborted();
    const batch = variants.slice(from, from + copies);
    const stacked = columns.map(({ name, cells }) => {
      if (batch.some((variant) => variant.has(name))) {
        return { name, cells: joinedCells(batch.map((variant) => variant.get(name) ?? cells)) };
      }
      const known = batch.length === copies ? unchanged.get(name) : undefined;
      const copied = known ?? joinedCells(batch.map(() => cells));
      if (batch.length === copies) unchanged.set(name, copied);
      return { name, cells: copied };
    });
    const answered = await predict(stacked);
    const width = answered.length / batch.length;
    for (const i of batch.keys()) readings.push(read(answered.subarray(i * width, (i + 1) * width)));
    onAnswered?.(rows * batch.length);
  }
  return readings;
}

/** Cells below each other, all of one column. */
function joinedCells(all: readonly Cells[]): Cells {
  const first = all[0]!;
  if (all.length === 1) return first;
  if (first.kind === 'text') {
    const each = all as readonly (typeof first)[];
    return {
      kind: 'text',
      values: each.flatMap(({ values }) => values),
      ...(first.vectors && { vectors: each.flatMap(({ vectors }) => vectors!) }),
    };
  }
  if (first.kind === 'image') {
    return { kind: 'image', values: all.flatMap((cells) => (cells as typeof first).values) };
  }
  if (first.kind === 'category') {
    const codes = all.map((cells) => (cells as typeof first).codes);
    const joined = new Int32Array(codes[0]!.length * codes.length);
    for (const [i, of] of codes.entries()) joined.set(of, i * of.length);
    return { ...first, codes: joined };
  }
  const values = all.map((cells) => (cells as typeof first).values);
  const joined = new Float64Array(values[0]!.length * values.length);
  for (const [i, of] of values.entries()) joined.set(of, i * of.length);
  return { ...first, values: joined };
}
