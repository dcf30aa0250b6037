import { describe, expect, it } from 'vitest';
import { tableRows } from './rows.ts';
import { tableFrom } from './testing/table.ts';

const prices = (area: (row: number) => string) =>
  tableFrom(60, {
    area,
    town: (row) => ['Bonn', 'Ulm'][row % 2]!,
    price: (row) => `${61 + row}.${100 + row} €`,
  });

describe('thousands or decimals', () => {
  it('are told by the other columns where a column does not show it', () => {
    const { rows } = tableRows(
      prices((row) => `${30 + row},5`),
      { target: 'price' },
    );
    expect(rows.target).toMatchObject({ kind: 'numbers', decimal: ',', values: { 0: 61_100 } });
    expect(rows.columns[0]!.cells).toMatchObject({ kind: 'number', values: { 0: 30.5 } });
  });

  it('are decimals where nothing says otherwise, or others have a point', () => {
    for (const area of ['12', '30.5']) {
      const { rows } = tableRows(
        prices((row) => area.replace('0', String(row % 10))),
        { target: 'price' },
      );
      expect(rows.target).toMatchObject({ kind: 'numbers', decimal: '.', values: { 0: 61.1 } });
    }
  });
});
