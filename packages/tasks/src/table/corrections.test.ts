import { describe, expect, it } from 'vitest';
import type { TaskCorrection } from '../task.ts';
import type { RawRow } from './columns.ts';
import { withCorrections } from './corrections.ts';
import { columnForm } from './read/forms.ts';
import { tableRows } from './read/rows.ts';
import { tableFrom } from './read/testing/table.ts';

const { rows } = tableRows(
  tableFrom(40, {
    plan: (row) => (row % 2 === 0 ? 'monthly' : 'yearly'),
    seats: (row) => String(row * 3 + 1.5),
    left: (row) => (row % 3 === 0 ? 'yes' : 'no'),
  }),
  { target: 'left' },
);
const corrected = (
  learnt: readonly TaskCorrection<RawRow>[],
  recent: readonly TaskCorrection<RawRow>[] = [],
) => withCorrections(rows, rows.columns.map(columnForm), learnt, recent);

describe('corrections of a table', () => {
  it('stand behind its rows, read as its cells are; the answer of a row that is corrected no longer counts', async () => {
    const {
      rows: all,
      replaced,
      recent,
      notes,
    } = await corrected([
      { input: { plan: 'monthly', seats: '13.50' }, label: 'Yes.' },
      { input: { plan: 'weekly' }, label: 'no' },
      { input: { plan: 'weekly' }, label: 'perhaps' },
    ]);
    expect(all.count).toBe(42);
    expect(all.target).toMatchObject({ classes: ['no', 'yes'] });
    expect((all.target as { labels: Int32Array }).labels.slice(40)).toEqual(Int32Array.of(1, 0));
    // Row 5 of the file, at place 4, is monthly with 13.5 seats.
    expect([...replaced]).toEqual([4]);
    expect(recent).toHaveLength(0);
    expect(all.columns[0]!.cells).toMatchObject({ levels: ['monthly', 'yearly', 'weekly'] });
    expect((all.columns[1]!.cells as { values: Float64Array }).values.slice(40)).toEqual(
      Float64Array.of(13.5, Number.NaN),
    );
    expect(notes.map(({ en }) => en)).toEqual([
      '2 corrected rows learnt from; 1 of another kind of answer passed over.',
    ]);
  });

  it('that are the newest are held back, and replace nothing', async () => {
    const {
      rows: all,
      replaced,
      recent,
    } = await corrected(
      [{ input: { plan: 'weekly' }, label: 'no' }],
      [{ input: { plan: 'monthly', seats: 13.5 }, label: 'yes' }],
    );
    expect(all.count).toBe(42);
    expect([...recent]).toEqual([41]);
    expect([...replaced]).toEqual([]);
  });
});
