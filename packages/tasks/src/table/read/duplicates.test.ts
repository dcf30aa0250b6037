import { describe, expect, it } from 'vitest';
import { duplicateGroups } from './duplicates.ts';
import { tableRows } from './rows.ts';
import { tableFrom } from './testing/table.ts';

const y = (row: number): string => (row % 3 === 0 ? 'yes' : 'no');

describe('rows that are equal but for the target', () => {
  it('stay together, and with the rows of their group', () => {
    const table = tableFrom(60, {
      x: (row) => String(row === 41 ? 1 : row),
      t: (row) => ['a', 'b'][row % 2]!,
      patient: (row) => `p${row % 30}`,
      y,
    });
    const { rows } = tableRows(table, { target: 'y', group: 'none', ignore: ['patient'] });
    const alone = duplicateGroups(rows);
    expect(alone[41]).toBe(alone[1]);
    expect(new Set(alone).size).toBe(59);
    const grouped = duplicateGroups(tableRows(table, { target: 'y', group: 'patient' }).rows);
    // 41 belongs with 11 by its patient, with 1 by its cells, and so with 31.
    expect(new Set([1, 11, 31, 41].map((place) => grouped[place])).size).toBe(1);
    expect(new Set(grouped).size).toBe(29);
  });

  it('are no copies where very many are equal: of these rows hardly anything is known', () => {
    const table = tableFrom(60, {
      x: (row) => (row < 12 ? '-9' : row < 20 ? '7' : String(row)),
      t: (row) => (row < 20 ? 'a' : ['a', 'b'][row % 2]!),
      y,
    });
    const groups = duplicateGroups(tableRows(table, { target: 'y' }).rows);
    expect(new Set(groups.slice(0, 12)).size).toBe(12);
    expect(new Set(groups.slice(12, 20)).size).toBe(1);
  });

  it('are no copies where the columns are coarse', () => {
    const table = tableFrom(60, {
      a: (row) => 'xyz'[row % 3]!,
      b: (row) => String(row % 2),
      y: (row) => ['n', 'p'][(row >> 1) % 2]!,
    });
    expect(new Set(duplicateGroups(tableRows(table, { target: 'y' }).rows)).size).toBe(60);
  });
});
