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
  const isWhole = known.every(Number.isInteger);
  const thirds = [quantile(known, 1 / 3), quantile(known, 2 / 3)];
  const edges = [...new Set(isWhole ? thirds.map(Math.floor) : thirds)];
  const least = known.reduce((low, value) => Math.min(low, value));
  const rangeOf = isWhole ? wholeRange(edges, least) : range(edges, least);
  return Array.from(values, (value) => (Number.isNaN(value) ? null : rangeOf(value)));
}

/** @param edges Upper ends, which belong to what is below them */
const range =
  (edges: readonly number[], least: number) =>
  (value: number): string => {
    const [low, high] = endsOf(value, edges);
    if (low === undefined) return high === least ? significant(high) : `≤ ${significant(high!)}`;
    return high === undefined ? `> ${significant(low)}` : `${significant(low)} – ${significant(high)}`;
  };

/** In whole numbers, which people count in: 0; 1 – 4; ≥ 5. */
const wholeRange =
  (edges: readonly number[], least: number) =>
  (value: number): string => {
    const [low, high] = endsOf(value, edges);
    const from = low === undefined ? least : low + 1;
    if (high === undefined) return `≥ ${significant(from)}`;
    if (from === high) return significant(high);
    return low === undefined ? `≤ ${significant(high)}` : `${significant(from)} – ${significant(high)}`;
  };

function endsOf(
  value: number,
  edges: readonly number[],
): [low: number | undefined, high: number | undefined] {
  const at = edges.findIndex((edge) => value <= edge);
  return [edges[(at < 0 ? edges.length : at) - 1], edges[at]];
}
