/** Files of a column an item and role. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readPlan } from '../plan.ts';
import { itemColumns } from './item-columns.ts';
import { readSales } from './sales.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-item-columns-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const written = (name: string, rows: readonly (readonly (string | number)[])[]): string => {
  const path = join(directory, name);
  writeFileSync(path, rows.map((row) => row.join(',')).join('\n'));
  return path;
};
const range = (n: number) => Array.from({ length: n }, (_, k) => k);
const found = (columns: string[]) =>
  itemColumns({ columns, rows: [columns.map(() => '1'), columns.map(() => '-0.5')] });

describe('columns of each item', () => {
  it('are told by number, before and after the item, in Chinese too; not where nothing stands beside amounts', () => {
    const roles = (columns: string[]) => found(columns)?.roles.map(({ name }) => name);
    expect(roles(['WEEK', 'MOVE1', 'MOVE2', 'NSALE1', 'NSALE2', 'LPRICE1', 'LPRICE2'])).toEqual([
      'MOVE',
      'NSALE',
      'price',
    ]);
    expect(found(['date', 'sales_tea', 'price_tea', 'sales_milk', 'price_milk'])?.items).toEqual([
      'tea',
      'milk',
    ]);
    expect(found(['日期', '茶_销量', '茶_价格', '糖_销量', '糖_价格'])?.items).toEqual(['茶', '糖']);
    expect(found(['date', 'sales_north', 'sales_south'])).toBeUndefined();
    expect(found(['date', 'units', 'promo1', 'promo2'])).toBeUndefined();
    expect(found(['date', 'revenue', 'tv_spend', 'search_spend'])).toBeUndefined();
  });

  it('give each item its own price and promotion, and the plan likewise', async () => {
    const row = (t: number) => [
      100 + t,
      50 + t,
      t % 2,
      0,
      Math.log(0.5 + (t % 5) / 10).toFixed(6),
      Math.log(2).toFixed(6),
    ];
    const header = ['WEEK', 'MOVE1', 'MOVE2', 'NSALE1', 'NSALE2', 'LPRICE1', 'LPRICE2'];
    const path = written('tuna.csv', [header, ...range(40).map((t) => [t + 1, ...row(t)])]);
    const history = await readSales(path, path, { named: {}, gaps: 'auto' });
    const { items, columns, notes } = history;
    expect(items.map(({ item, values }) => [item, values[3]])).toEqual([
      ['1', 103],
      ['2', 53],
    ]);
    expect(columns).toMatchObject({ value: 'MOVE', price: 'price', promotion: 'NSALE', keys: ['item'] });
    expect(items[0]!.covariates.price![1]).toBeCloseTo(0.6);
    expect(items[1]!.covariates.price![1]).toBeCloseTo(2);
    expect(notes[0]!.en).toContain('MOVE1, MOVE2');
    const planned = written('plan.csv', [
      ['WEEK', 'NSALE1', 'NSALE2', 'LPRICE1', 'LPRICE2'],
      [41, 1, 0, Math.log(0.7), Math.log(2)],
    ]);
    const plan = await readPlan(planned, 'plan.csv', history);
    expect(plan.covariates).toEqual(['price', 'NSALE']);
    expect(plan.after(items[0]!, 'price').at(-1)).toBeCloseTo(0.7);
  });
});
