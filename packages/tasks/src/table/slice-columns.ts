/** Which parts of the held-out rows are worth a figure of their own: by categories, and by thirds of numbers. */
import { significant } from '@gradus/base';
import { quantile } from '@gradus/stats';
import type { Cells, TableColumn } from './columns.ts';

const MOST_COLUMNS = 40;
const MOST_LEVELS = 50;
/** So few different numbers are told apart one by one. */
const FEW_VALUES = 5;

/** By column a value for each of the rows; null where missing. */
export function sliceColumns(
  columns: readonly TableColumn[],
  rows: Int32Array,
): Record<string, (string | null)[]> {
  const sliced = columns.flatMap(({ name, cells }) => {
    const values = valuesOf(cells, rows);
    return values ? [[name, values] as const] : [];
  });
  return Object.fromEntries(sliced.slice(0, MOST_COLUMNS));
}

function valuesOf(cells: Cells, rows: Int32Array): (string | null)[] | undefined {
  if (cells.kind === 'category') {
    const { codes, levels } = cells;
    if (levels.length > MOST_LEVELS) return undefined;
    return Array.from(rows, (row) => (codes[row]! < 0 ? null : levels[codes[row]!]!));
  }
  if (cells.kind !== 'number') return undefined;
  const values = Float64Array.from(rows, (row) => cells.values[row]!);
  const known = values.filter((value) => !Number.isNaN(value));
  if (known.length === 0) return undefined;
  if (new Set(known).size <= FEW_VALUES)
    return Array.from(values, (value) => (Number.isNaN(value) ? null : significant(value)));
  const edges = [...new Set([quantile(known, 1 / 3), quantile(known, 2 / 3)])];
  return Array.from(values, (value) => (Number.isNaN(value) ? null : rangeOf(value, edges)));
}

function rangeOf(value: number, edges: readonly number[]): string {
  const at = edges.findIndex((edge) => value <= edge);
  const [low, high] = [edges[(at < 0 ? edges.length : at) - 1], edges[at]];
  if (low === undefined) return `≤ ${significant(high!)}`;
  return high === undefined ? `> ${significant(low)}` : `${significant(low)} – ${significant(high)}`;
}
