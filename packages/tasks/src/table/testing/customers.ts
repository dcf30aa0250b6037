/** Rows of made-up customers, for tests: who leaves depends on plan, logins and tickets. */
import { Random } from '@gradus/base';
import type { SampleRows } from '../../conformance/check-task.ts';
import { pickCells, type TableRows } from '../columns.ts';
import { tableRows } from '../read/rows.ts';
import { tableFrom } from '../read/testing/table.ts';

export function customers(count: number, seed = 1): TableRows {
  const random = new Random(seed);
  const people = Array.from({ length: count }, () => {
    const monthly = random.uniform() < 0.5;
    const [logins, tickets] = [Math.round(20 * random.uniform()), random.below(5)];
    const logit = -1 + (monthly ? 1.2 : -0.6) - 0.15 * (logins - 10) + (tickets > 2 && logins < 10 ? 2 : 0);
    return {
      monthly,
      logins,
      tickets,
      joined: new Date(Date.UTC(2024, random.below(24), 1 + random.below(28))).toISOString().slice(0, 10),
      left: random.uniform() < 1 / (1 + Math.exp(-logit)),
    };
  });
  const at = (row: number) => people[row]!;
  const table = tableFrom(count, {
    plan: (row) => (at(row).monthly ? 'monthly' : 'yearly'),
    logins: (row) => String(at(row).logins),
    joined: (row) => at(row).joined,
    tickets: (row) => String(at(row).tickets),
    left: (row) => (at(row).left ? 'yes' : 'no'),
  });
  return tableRows(table, { target: 'left', time: 'none' }).rows;
}

export const sampleTable = (rows: TableRows): SampleRows<TableRows> => ({
  rows,
  numbers: Array.from(rows.numbers),
  moved: (from) => {
    const places = Int32Array.from({ length: rows.count }, (_, place) => from.get(place) ?? place);
    return {
      ...rows,
      columns: rows.columns.map((column) => ({ ...column, cells: pickCells(column.cells, places) })),
    };
  },
});
