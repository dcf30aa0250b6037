/** Control charts read rows in the order of time; a table that is in another order is put into it. */
import type { Localized } from '@gradus/base';
import { parseTimes } from '@gradus/data';
import type { EvidenceTable } from './evidence.ts';

export function inTimeOrder(
  table: EvidenceTable,
  column: string | undefined,
): { readonly table: EvidenceTable; readonly notes: readonly Localized[] } {
  if (column === undefined) return { table, notes: [] };
  const at = table.columns.indexOf(column);
  const { times } = parseTimes(table.rows.map((row) => row[at]!));
  const isWhole = times.every((time) => time !== undefined);
  const isOrdered = times.every((time, i) => i === 0 || time! >= times[i - 1]!);
  if (!isWhole || isOrdered) return { table, notes: [] };
  const order = [...table.rows.keys()].sort((a, b) => times[a]! - times[b]! || a - b);
  return {
    table: {
      ...table,
      rows: order.map((row) => table.rows[row]!),
      numbers: order.map((row) => table.numbers[row]!),
    },
    notes: [
      {
        en: `"${column}" was not in order: rows were put into the order of time before they were charted.`,
        zh: `“${column}”未按时间排列：作图前已按时间排序。`,
      },
    ],
  };
}
