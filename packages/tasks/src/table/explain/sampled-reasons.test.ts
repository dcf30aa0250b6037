import { describe, expect, it } from 'vitest';
import type { Cells, NumberCells, TableColumn } from '../columns.ts';
import { sampledReasons } from './sampled-reasons.ts';

const number = (...values: number[]): NumberCells => ({
  kind: 'number',
  values: Float64Array.from(values),
  decimal: '.',
});
const row: TableColumn[] = ['a', 'b', 'c', 'd'].map((name, i) => ({ name, cells: number(i + 1) }));
const typical = new Map<string, Cells>(row.map(({ name }) => [name, number(0)]));
const at = (columns: readonly TableColumn[], name: string) =>
  (columns.find((column) => column.name === name)!.cells as NumberCells).values;

describe('reasons by permutations', () => {
  it('are exact where columns do not act on each other, whatever is drawn', async () => {
    const predict = async (columns: readonly TableColumn[]) =>
      at(columns, 'a').map((a, i) => 3 * a - 2 * at(columns, 'b')[i]! + 0.5 * at(columns, 'd')[i]!);
    const reasons = await sampledReasons({ row, typical, predict, score: ([answer]) => answer! });
    const expected = [
      ['b', -4],
      ['a', 3],
      ['d', 2],
      ['c', 0],
    ] as const;
    expect(reasons.map(({ unit }) => unit)).toEqual(expected.map(([unit]) => unit));
    for (const [i, [, weight]] of expected.entries()) expect(reasons[i]!.weight).toBeCloseTo(weight, 12);
  });

  it('share what two columns do together, and add up to the difference of the scores', async () => {
    const predict = async (columns: readonly TableColumn[]) =>
      at(columns, 'a').map((a, i) => a * at(columns, 'c')[i]! + at(columns, 'b')[i]!);
    const reasons = await sampledReasons({ row, typical, predict, score: ([answer]) => answer! });
    const of = new Map(reasons.map(({ unit, weight }) => [unit, weight]));
    expect(reasons.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1 * 3 + 2, 12);
    // An order and its reverse share evenly.
    expect(of.get('a')).toBeCloseTo(1.5, 12);
    expect(of.get('c')).toBeCloseTo(1.5, 12);
  });
});
