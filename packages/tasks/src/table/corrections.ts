/** Corrections of people, as more rows to learn from. */
import { type Localized, plural } from '@gradus/base';
import { parseNumbers } from '@gradus/data';
import { ImageReader } from '../image/reader.ts';
import type { TaskCorrection } from '../task.ts';
import type { Cells, RawRow, TableColumn, TableRows, Target } from './columns.ts';
import { describeCells } from './images/describe-cells.ts';
import type { ColumnForm } from './read/column-form.ts';
import { duplicateGroups } from './read/duplicates.ts';
import { cellsOf } from './read/forms.ts';
import { labelReader } from './read/target.ts';
import { withTextVectors } from './texts/describe-texts.ts';

export interface CorrectedRows {
  /** The table's rows, and behind them corrections: first those to learn from, then the newest ones. */
  readonly rows: TableRows;
  /** Places of the newest corrections, which are held back. */
  readonly recent: Int32Array;
  /** Places of the table's own rows whose answer was corrected: they are not learnt from. */
  readonly replaced: Int32Array;
  readonly notes: readonly Localized[];
}

/** Corrections of no class that is known are passed over, which is said. */
export async function withCorrections(
  rows: TableRows,
  forms: readonly ColumnForm[],
  learnt: readonly TaskCorrection<RawRow>[],
  recent: readonly TaskCorrection<RawRow>[],
): Promise<CorrectedRows> {
  const none = new Int32Array(0);
  const corrections = [...learnt, ...recent];
  if (corrections.length === 0) return { rows, recent: none, replaced: none, notes: [] };
  const values = targetValues(
    rows.target,
    corrections.map(({ label }) => label),
  );
  const known = [...values.keys()].filter((i) => values[i] !== undefined);
  const { columns } = await describedCells(
    forms,
    known.map((i) => corrections[i]!.input),
    rows,
  );
  const count = rows.count + known.length;
  const longer = (own: ArrayLike<number>, behind: (k: number) => number) => (_: unknown, i: number) =>
    i < rows.count ? own[i]! : behind(i - rows.count);
  const firstGroup = rows.groups && rows.groups.values.reduce((most, group) => Math.max(most, group), 0) + 1;
  const all: TableRows = {
    ...rows,
    count,
    // They are no rows of a file.
    numbers: Int32Array.from(
      { length: count },
      longer(rows.numbers, () => 0),
    ),
    columns: rows.columns.map((column, k) => appended(column, columns[k]!.cells)),
    target: withValues(
      rows.target,
      known.map((i) => values[i]!),
    ),
    ...(rows.times && {
      times: {
        ...rows.times,
        values: Float64Array.from(
          { length: count },
          longer(rows.times.values, () => Number.NaN),
        ),
      },
    }),
    ...(rows.weights && {
      weights: Float64Array.from(
        { length: count },
        longer(rows.weights, () => 1),
      ),
    }),
    ...(rows.groups && {
      groups: {
        ...rows.groups,
        values: Int32Array.from(
          { length: count },
          longer(rows.groups.values, (k) => firstGroup! + k),
        ),
      },
    }),
    ...(rows.isTest && {
      isTest: Uint8Array.from(
        { length: count },
        longer(rows.isTest, () => 0),
      ),
    }),
  };
  const more = known.filter((i) => i < learnt.length).length;
  const { groups: _, ...ungrouped } = all;
  const copies = duplicateGroups(ungrouped);
  const corrected = new Set(copies.subarray(rows.count, rows.count + more));
  return {
    rows: all,
    recent: Int32Array.from({ length: known.length - more }, (_, k) => rows.count + more + k),
    replaced: Int32Array.from(copies.keys()).filter((i) => i < rows.count && corrected.has(copies[i]!)),
    notes: [learntInWords(more, learnt.length - more)],
  };
}

/** Images and texts of corrections are described as those of the rows are. */
async function describedCells(
  forms: readonly ColumnForm[],
  inputs: readonly RawRow[],
  { encoder, textEncoder }: Pick<TableRows, 'encoder' | 'textEncoder'>,
): Promise<{ readonly columns: readonly TableColumn[] }> {
  const read = cellsOf(forms, inputs);
  const columns = textEncoder ? await withTextVectors(read.columns, textEncoder) : read.columns;
  if (!encoder || !columns.some(({ cells }) => cells.kind === 'image')) return { columns };
  const reader = await ImageReader.ofEncoder(encoder);
  try {
    const described: TableColumn[] = [];
    for (const { name, cells } of columns) {
      if (cells.kind !== 'image') described.push({ name, cells });
      else
        described.push({
          name,
          cells: { kind: 'image', values: (await describeCells(cells.values, reader)).values },
        });
    }
    return { columns: described };
  } finally {
    await reader.close();
  }
}

const learntInWords = (rows: number, passedOver: number): Localized => ({
  en: `${plural(rows, 'corrected row')} learnt from${passedOver > 0 ? `; ${passedOver} of another kind of answer passed over` : ''}.`,
  zh: `学习了 ${rows} 行更正${passedOver > 0 ? `；另有 ${passedOver} 行的答案不属于已知类别，未采用` : ''}。`,
});

/** Class indices or numbers; undefined where the label is neither. */
function targetValues(target: Target, labels: readonly string[]): (number | undefined)[] {
  if (target.kind === 'numbers') return [...parseNumbers(labels, target.decimal).numbers];
  const read = labelReader(target.classes);
  return labels.map((label) => {
    const index = read(label);
    return index < 0 ? undefined : index;
  });
}

const withValues = (target: Target, values: readonly number[]): Target =>
  target.kind === 'classes'
    ? { ...target, labels: Int32Array.from([...target.labels, ...values]) }
    : { ...target, values: Float64Array.from([...target.values, ...values]) };

function appended(column: TableColumn, more: Cells): TableColumn {
  const { cells } = column;
  if (cells.kind === 'category' && more.kind === 'category') {
    const places = new Map(cells.levels.map((level, i) => [level, i]));
    const levels = [...cells.levels];
    for (const level of more.levels) {
      if (!places.has(level)) places.set(level, levels.push(level) - 1);
    }
    const codes = more.codes.map((code) => (code < 0 ? -1 : places.get(more.levels[code]!)!));
    return { ...column, cells: { ...cells, codes: Int32Array.from([...cells.codes, ...codes]), levels } };
  }
  if (cells.kind === 'text' && more.kind === 'text') {
    const vectors = cells.vectors && [...cells.vectors, ...more.vectors!];
    const values = [...cells.values, ...more.values];
    return { ...column, cells: { ...cells, values, ...(vectors && { vectors }) } };
  }
  if (cells.kind === 'image' && more.kind === 'image')
    return { ...column, cells: { ...cells, values: [...cells.values, ...more.values] } };
  type Numeric = Extract<Cells, { kind: 'number' | 'time' }>;
  const [own, others] = [cells as Numeric, more as Numeric];
  return { ...column, cells: { ...own, values: Float64Array.from([...own.values, ...others.values]) } };
}
