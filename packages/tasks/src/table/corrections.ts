/** Corrections of people, as more rows to learn from. */
import { type Localized, plural } from '@gradus/base';
import { parseNumbers } from '@gradus/data';
import type { TaskCorrection } from '../task.ts';
import type { Cells, RawRow, TableColumn, TableRows, Target } from './columns.ts';
import type { ColumnForm } from './read/cells.ts';
import { cellsOf } from './read/forms.ts';
import { labelReader } from './read/target.ts';

/** Behind the table's rows come those that were corrected. Corrections of no class that is known are passed over, which is said. */
export function withCorrections(
  rows: TableRows,
  forms: readonly ColumnForm[],
  corrections: readonly TaskCorrection<RawRow>[],
): { readonly rows: TableRows; readonly notes: Localized[] } {
  if (corrections.length === 0) return { rows, notes: [] };
  const values = targetValues(
    rows.target,
    corrections.map(({ label }) => label),
  );
  const known = [...values.keys()].filter((i) => values[i] !== undefined);
  const { columns } = cellsOf(
    forms,
    known.map((i) => corrections[i]!.input),
  );
  const more = known.length;
  const last = rows.numbers.reduce((most, number) => Math.max(most, number), 0);
  const padded = (values: Float64Array, by: number) =>
    Float64Array.from({ length: rows.count + more }, (_, i) => (i < rows.count ? values[i]! : by));
  const firstGroup = rows.groups && rows.groups.values.reduce((most, group) => Math.max(most, group), 0) + 1;
  return {
    rows: {
      ...rows,
      count: rows.count + more,
      // Behind all rows that the file may gain, so that none of them is mistaken for one of these.
      numbers: Int32Array.from({ length: rows.count + more }, (_, i) =>
        i < rows.count ? rows.numbers[i]! : last + i - rows.count + 1,
      ),
      columns: rows.columns.map((column, k) => appended(column, columns[k]!.cells)),
      target: withValues(
        rows.target,
        known.map((i) => values[i]!),
      ),
      ...(rows.times && { times: { ...rows.times, values: padded(rows.times.values, Number.NaN) } }),
      ...(rows.weights && { weights: padded(rows.weights, 1) }),
      ...(rows.groups && {
        groups: {
          ...rows.groups,
          values: Int32Array.from({ length: rows.count + more }, (_, i) =>
            i < rows.count ? rows.groups!.values[i]! : firstGroup! + i,
          ),
        },
      }),
      ...(rows.isTest && {
        isTest: Uint8Array.from({ length: rows.count + more }, (_, i) => rows.isTest![i] ?? 0),
      }),
    },
    notes: [
      {
        en: `${plural(more, 'corrected row')} learnt from${more < corrections.length ? `; ${corrections.length - more} of another kind of answer passed over` : ''}.`,
        zh: `学习了 ${more} 行更正${more < corrections.length ? `；另有 ${corrections.length - more} 行的答案不属于已知类别，未采用` : ''}。`,
      },
    ],
  };
}

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
  if (cells.kind === 'text' && more.kind === 'text')
    return { ...column, cells: { ...cells, values: [...cells.values, ...more.values] } };
  type Numeric = Extract<Cells, { kind: 'number' | 'time' }>;
  const [own, others] = [cells as Numeric, more as Numeric];
  return { ...column, cells: { ...own, values: Float64Array.from([...own.values, ...others.values]) } };
}
