/** Files whose steps are numbered, not dated, as competitions and econometricians keep them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { frequencyOf, stepText } from '../grid.ts';
import { endOf, type SalesHistory } from '../history.ts';
import { readPlan } from '../plan.ts';
import { readSales } from './sales.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-numbered-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const written = (name: string, rows: readonly (readonly (string | number)[])[]): string => {
  const path = join(directory, name);
  writeFileSync(path, rows.map((row) => row.join(',')).join('\n'));
  return path;
};
const read = (
  rows: readonly (readonly (string | number)[])[],
  named: Record<string, string> = {},
): Promise<SalesHistory> => {
  const path = written('sales.csv', rows);
  return readSales(path, path, { named, gaps: 'auto' });
};
const range = (n: number) => Array.from({ length: n }, (_, k) => k);

describe('a panel of shops and brands by number of the week', () => {
  const header = ['store', 'brand', 'week', 'logmove', 'price1', 'price2', 'deal', 'feat'];
  // Week 7 of the first is missing.
  const rows = [2, 5].flatMap((store) =>
    [1, 2].flatMap((brand) =>
      range(30).flatMap((k) =>
        store === 2 && brand === 1 && k === 7
          ? []
          : [
              [
                store,
                brand,
                40 + k,
                Math.log(64 * (k + brand)),
                0.5 + k / 100,
                0.7,
                k % 2,
                k % 3 === 0 ? 1 : 0,
              ],
            ],
      ),
    ),
  );

  it('is read as such, with the price of the own brand, and logarithms as what they are of', async () => {
    const { columns, items, grids, notes } = await read([header, ...rows]);
    expect(columns).toMatchObject({
      ...{ layout: 'long', time: 'week', value: 'logmove', keys: ['store', 'brand'], price: 'price' },
      promotion: 'deal',
    });
    expect(items.map(({ item }) => item)).toEqual(['2 / 1', '2 / 2', '5 / 1', '5 / 2']);
    const [first, second] = items as [(typeof items)[0], (typeof items)[0]];
    expect(stepText(grids[0]!, first.first)).toBe('40');
    expect(frequencyOf(grids[0]!).seasons).toEqual([52]);
    expect(first.values[7]).toBeNaN();
    expect(first.values[8]).toBeCloseTo(64 * 9);
    expect(first.covariates.price![10]).toBeCloseTo(0.6);
    expect(second.covariates.price![10]).toBeCloseTo(0.7);
    expect(notes.some(({ en }) => en.includes('"logmove" holds logarithms'))).toBe(true);
  });

  it('keeps logarithms that were asked for', async () => {
    const { items } = await read([header, ...rows], { value: 'logmove' });
    expect(items[0]!.values[8]).toBeCloseTo(Math.log(64 * 9));
  });

  it('takes a plan by the same numbers', async () => {
    const history = await read([header, ...rows]);
    const plan = await readPlan(
      written('plan.csv', [
        ['store', 'brand', 'week', 'price1', 'price2', 'deal'],
        [2, 1, 70, 0.4, 0.9, 1],
      ]),
      'plan.csv',
      history,
    );
    expect(plan.covariates).toEqual(['price', 'deal']);
    expect(plan.after(history.items[0]!, 'price')[30]).toBeCloseTo(0.4);
    expect(plan.after(history.items[0]!, 'deal')[30]).toBe(1);
  });
});

describe('a row an item, steps numbered in the header', () => {
  it('is read from the first to the last amount of each', async () => {
    const { columns, items, grids } = await read([
      range(21).map((k) => `V${k + 1}`),
      ['H1', ...range(20).map((k) => 5 + (k % 4))],
      ['H2', ...range(12).map((k) => 3 + (k % 4)), ...range(8).map(() => '')],
    ]);
    expect(columns).toMatchObject({ layout: 'across', keys: ['V1'] });
    expect(items.map((item) => [item.item, endOf(item), stepText(grids[0]!, endOf(item))])).toEqual([
      ['H1', 20, '21'],
      ['H2', 12, '13'],
    ]);
  });

  it('knows days by their name', async () => {
    const { columns, grids } = await read([
      ['item_id', 'store_id', ...range(20).map((k) => `d_${k + 1}`)],
      ['a', 'x', ...range(20).map((k) => k % 7)],
      ['b', 'x', ...range(20).map((k) => 2 + (k % 7))],
    ]);
    expect(columns.keys).toEqual(['item_id', 'store_id']);
    expect(frequencyOf(grids[0]!).seasons[0]).toBe(7);
  });

  it('is no file of a column an item', async () => {
    const { columns } = await read([
      ['date', 'shop1', 'shop2', 'shop3', 'shop4', 'shop5'],
      ...range(20).map((k) => [`2024-01-${String(k + 1).padStart(2, '0')}`, 5, 6, 7 + k, 8, 9]),
    ]);
    expect(columns).toMatchObject({ layout: 'wide', time: 'date' });
  });
});

it('months that begin anew each year count no steps', async () => {
  const { columns } = await read([
    ['month', 'units'],
    ...range(36).map((k) => [1 + (k % 12), 50 + (k % 12)]),
  ]);
  expect(columns.time).toBeUndefined();
});
