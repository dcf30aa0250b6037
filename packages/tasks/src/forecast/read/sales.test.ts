/** What people's sales files look like, and what is read of them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { afterAll, describe, expect, it } from 'vitest';
import { frequencyOf, stepText } from '../grid.ts';
import type { SalesHistory } from '../history.ts';
import { type ReadSalesOptions, readSales } from './sales.ts';

const directory = mkdtempSync(join(tmpdir(), 'gradus-sales-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const read = (content: string, options: Partial<ReadSalesOptions> = {}): Promise<SalesHistory> => {
  const path = join(directory, 'sales.csv');
  writeFileSync(path, content);
  return readSales(path, path, { named: {}, gaps: 'auto', ...options });
};
const days = (n: number, from = Date.UTC(2024, 0, 1)): string[] =>
  Array.from({ length: n }, (_, k) => new Date(from + k * 86_400_000).toISOString().slice(0, 10));
const lines = (header: string, rows: readonly (readonly (string | number)[])[]): string =>
  [header, ...rows.map((row) => row.join(','))].join('\n');
const frequencyIn = ({ grids }: SalesHistory, place = 0) => frequencyOf(grids[place]!).name.en;

describe('columns', () => {
  it('are found by their English names', async () => {
    const rows = days(40).flatMap((day, k) => ['a', 'b'].map((sku) => [day, sku, 5 + (k % 7), '2.50', 0]));
    const { columns, items } = await read(lines('date,sku,qty,price,promo', rows));
    expect(columns).toEqual({
      layout: 'long',
      time: 'date',
      value: 'qty',
      keys: ['sku'],
      price: 'price',
      promotion: 'promo',
    });
    expect(items.map(({ item }) => item)).toEqual(['a', 'b']);
  });

  it('are found by their Chinese names, with dates like 2024年3月1日', async () => {
    const rows = days(40).flatMap((day, k) => {
      const [y, m, d] = day.split('-').map(Number);
      return ['茶', '糖'].map((name) => [`${y}年${m}月${d}日`, name, 5 + (k % 7), '￥2.50', '否']);
    });
    const { columns, items, grids } = await read(lines('日期,商品,销量,单价,促销', rows));
    expect(columns).toMatchObject({
      time: '日期',
      value: '销量',
      keys: ['商品'],
      price: '单价',
      promotion: '促销',
    });
    expect(stepText(grids[0]!, items[0]!.first)).toBe('2024-01-01');
    expect(items[0]!.covariates.单价![0]).toBe(2.5);
  });

  it.each([
    ['Datum;Artikel;Menge;Preis;Rabatt', 'German'],
    ['Date;Référence;Quantité;Prix;Remise', 'French'],
    ['Fecha;Producto;Ventas;Precio;Oferta', 'Spanish'],
    ['Data;Prodotto;Quantità;Prezzo;Sconto', 'Italian'],
    ['Data;Produto;Quantidade;Preço;Desconto', 'Portuguese'],
    ['日付;商品名;販売数;単価;割引', 'Japanese'],
  ])('%s are found by their %s names, of one item and of several, days first', async (header) => {
    const [time, item, value, price, promotion] = header.split(';') as [string, ...string[]];
    for (const names of [['Tee'], ['Tee', 'Kaffee']]) {
      const rows = days(12).flatMap((day, k) =>
        names.map((name) =>
          [day.split('-').toReversed().join('.'), name, 5 + (k % 7), '2,50', k % 2].join(';'),
        ),
      );
      const { columns, items, grids } = await read([header, ...rows].join('\n'));
      expect(columns).toEqual({ layout: 'long', time, value, keys: [item], price, promotion });
      expect(items.map((one) => one.item)).toEqual(names);
      expect(stepText(grids[0]!, items[0]!.first)).toBe('2024-01-01');
      expect(items[0]!.covariates[price!]![0]).toBe(2.5);
    }
  });

  it('several kinds of promotion are all taken for promotions, and are no amounts', async () => {
    const rows = days(40).flatMap((day, k) =>
      ['a', 'b'].map((sku) => [day, sku, 5 + (k % 7), 2.5, Number(k % 9 === 0), 'no', (k % 5) / 10]),
    );
    const { columns, covariates, items } = await read(lines('date,brand,move,price,deal,feat,disp', rows));
    expect(columns).toMatchObject({
      value: 'move',
      price: 'price',
      promotion: 'deal',
      otherPromotions: ['feat', 'disp'],
    });
    expect(covariates).toEqual(['price', 'deal', 'feat', 'disp']);
    expect(items[0]!.covariates.feat![0]).toBe(0);
  });

  it('what a single series says of its days beside the amounts makes no items of it', async () => {
    const rows = days(60).map((day, k) => [day, k % 9 === 0 ? 'fair' : 'na', 20 + (k % 7), 3 * (k % 5)]);
    const { columns, items } = await read(lines('date,events,revenue,tv_S', rows));
    expect(columns).toMatchObject({ keys: [], value: 'revenue', spends: ['tv_S'] });
    expect(items).toHaveLength(1);
    expect(items[0]!.values).toHaveLength(60);
  });

  it('what customers spend is the amount where there is no other', async () => {
    const rows = days(40).flatMap((day, k) => ['a', 'b'].map((shop) => [day, shop, 20 + (k % 7)]));
    const { columns } = await read(lines('date,shop,spend', rows));
    expect(columns).toMatchObject({ value: 'spend', keys: ['shop'] });
  });

  it('items are found in a file of which a sample holds a row or two each', async () => {
    const months = Array.from({ length: 8 }, (_, m) => `2024-0${m + 1}-01`);
    const rows = Array.from({ length: 9000 }, (_, i) =>
      months.map((month) => [month, `p${i}`, (i + 3) % 11]),
    );
    const { columns, items } = await read(lines('month,part,units', rows.flat()));
    expect(columns.keys).toEqual(['part']);
    expect(items.length).toBeGreaterThan(8000);
  });

  it('a price of fuel is no price of the item, a number of the row no amount', async () => {
    const { columns } = await read(
      lines(
        'id,date,fuel_price,sales',
        days(40).map((day, k) => [k, day, 3, 5 + k]),
      ),
    );
    expect(columns.price).toBeUndefined();
    expect(columns.value).toBe('sales');
  });

  it('an order number is no amount, and a numbered shop an item', async () => {
    const rows = days(30).flatMap((day, k) =>
      [1, 2].map((store) => [100 + k * 2 + store, day, store, 3 + (k % 4)]),
    );
    const { columns, items } = await read(lines('order_id,date,store,quantity', rows));
    expect(columns).toMatchObject({ value: 'quantity', keys: ['store'] });
    expect(items).toHaveLength(2);
  });

  it('a column that holds the amounts again is not used, and it is said', async () => {
    const rows = days(40).map((day, k) => [day, 5 + (k % 7), 5 + (k % 7)]);
    const { columns, notes } = await read(lines('date,units,price', rows));
    expect(columns.price).toBeUndefined();
    expect(notes.some(({ en }) => en.includes('the amounts themselves') && en.includes('price'))).toBe(true);
  });

  it('that are named must be there', async () => {
    await expect(
      read(
        lines(
          'date,units',
          days(9).map((day) => [day, 3]),
        ),
        { named: { value: 'unit' } },
      ),
    ).rejects.toThrow(/unit/);
  });
});

describe('layouts', () => {
  it('a column a series', async () => {
    const { columns, items } = await read(
      lines(
        'week,north,south',
        days(7 * 20)
          .filter((_, k) => k % 7 === 0)
          .map((day, k) => [day, k + 1, 2 * k + 1]),
      ),
    );
    expect(columns.layout).toBe('wide');
    expect(items.map(({ item }) => item)).toEqual(['north', 'south']);
  });

  it('a row a series, dates in the header', async () => {
    const months = Array.from({ length: 12 }, (_, k) => `2024-${String(k + 1).padStart(2, '0')}`);
    const history = await read(
      lines(
        `part,${months.join(',')}`,
        ['x', 'y', 'z'].map((part) => [part, ...months.map((_, k) => k + 1)]),
      ),
    );
    expect(history.columns.layout).toBe('across');
    expect(frequencyIn(history)).toBe('monthly');
    expect([...history.items[0]!.values]).toEqual(months.map((_, k) => k + 1));
  });

  it('rows without dates are taken in their order, and it is said', async () => {
    const { grids, notes } = await read(
      lines(
        'a,b',
        days(30).map((_, k) => [k % 5, 3 + (k % 4)]),
      ),
    );
    expect(grids[0]!.kind).toBe('order');
    expect(notes.some(({ en }) => en.includes('no dates'))).toBe(true);
  });

  it('a shop beside the item makes series of both', async () => {
    const rows = days(30).flatMap((day) =>
      ['a', 'b'].flatMap((item) => ['s1', 's2'].map((store) => [day, item, store, 4])),
    );
    const { items } = await read(lines('date,item,store,units', rows));
    expect(items.map(({ item }) => item)).toEqual(['a / s1', 'a / s2', 'b / s1', 'b / s2']);
    const named = await read(lines('date,item,store,units', rows), { named: { item: 'item' } });
    expect(named.items.map(({ item, values }) => [item, values[0]])).toEqual([
      ['a', 8],
      ['b', 8],
    ]);
  });
});

describe('numbers of days', () => {
  it('are read from 1900, and it is said that 1904 would be another date', async () => {
    const rows = Array.from({ length: 40 }, (_, i) => [45_292 + i, 'tea', 10 + (i % 7)]);
    const { notes, items, grids } = await read(lines('date,item,units', rows));
    expect(stepText(grids[0]!, items[0]!.first)).toBe('2024-01-01');
    expect(notes.some(({ en, zh }) => /counts from 1904/.test(en) && /1904/.test(zh))).toBe(true);
  });
});

describe('levels by no telling name', () => {
  it('are found where they alone tell the rows of a date apart', async () => {
    const rows = days(30).flatMap((day) =>
      ['north', 'south'].flatMap((region) =>
        ['business', 'holiday', 'other'].map((purpose) => [day, region, purpose, 4]),
      ),
    );
    const { items } = await read(lines('date,region,purpose,trips', rows));
    expect(items).toHaveLength(6);
    expect(items[0]!.item).toBe('north / business');
  });

  it('are none where rows are single sales', async () => {
    const rows = days(40).flatMap((day, d) =>
      Array.from({ length: 5 }, (_, k) => [day, 'tea', `cashier ${(d + 3 * k * k) % 11}`, 1]),
    );
    const { items } = await read(lines('date,item,cashier,units', rows));
    expect(items.map(({ item, values }) => [item, values[0]])).toEqual([['tea', 5]]);
  });
});

describe('steps', () => {
  it.each([
    [
      'monthly',
      Array.from(
        { length: 24 },
        (_, k) => `${2023 + Math.floor(k / 12)}-${String((k % 12) + 1).padStart(2, '0')}-01`,
      ),
    ],
    ['weekly', days(7 * 30).filter((_, k) => k % 7 === 4)],
    ['daily', days(60)],
    ['quarterly', ['2020Q1', '2020Q2', '2020Q3', '2020Q4', '2021Q1', '2021Q2', '2021Q3', '2021Q4', '2022Q1']],
    ['yearly', ['2010', '2011', '2012', '2013', '2014', '2015', '2016', '2017']],
    [
      'hourly',
      Array.from({ length: 100 }, (_, k) =>
        new Date(Date.UTC(2024, 0, 1, k)).toISOString().slice(0, 16).replace('T', ' '),
      ),
    ],
  ])('%s dates are found to be so', async (name, dates) => {
    const history = await read(
      lines(
        'date,units',
        dates.map((date, k) => [date, 3 + (k % 5)]),
      ),
    );
    expect(frequencyIn(history)).toBe(name);
    expect(history.items[0]!.values).toHaveLength(dates.length);
  });

  it('weekly totals among daily items keep their own steps', async () => {
    const rows = days(140).flatMap((day, k) => [
      [day, 'daily', 3 + (k % 7)],
      ...(k % 7 === 0 ? [[day, 'weekly', 20 + (k % 3)]] : []),
    ]);
    const history = await read(lines('date,item,units', rows));
    expect(history.items.map(({ grid }) => frequencyIn(history, grid))).toEqual(['daily', 'weekly']);
  });

  it('moments at odd clocks are counted by day', async () => {
    const rows = days(90).flatMap((day, k) => [
      [`${day} 09:${String(10 + (k % 40))}:07`, 2],
      [`${day} 17:${String(11 + (k % 30))}:31`, 3],
    ]);
    const history = await read(lines('time,units', rows));
    expect(frequencyIn(history)).toBe('daily');
    expect(history.items[0]!.values.every((value) => value === 5)).toBe(true);
  });
});

describe('amounts', () => {
  it('1.234,56 and currency signs are numbers', async () => {
    const { items } = await read(['date;sales', ...days(20).map((day) => `${day};1.234,56 €`)].join('\n'));
    expect(items[0]!.values[0]).toBe(1234.56);
  });

  it('returns are subtracted, several rows of a step added, copies counted once; all of it is said', async () => {
    const rows: (string | number)[][] = days(60).map((day) => [day, 'a', 10]);
    rows.push([days(60)[5]!, 'a', -3], [days(60)[9]!, 'a', 10]);
    const { items, notes } = await read(
      lines('date,item,units', [...rows, ...days(60).map((day) => [day, 'b', 7])]),
    );
    expect(items[0]!.values[5]).toBe(7);
    expect(items[0]!.values[9]).toBe(10);
    const said = notes.map(({ en }) => en).join(' ');
    expect(said).toMatch(/below zero/);
    expect(said).toMatch(/repeated another/);
  });

  it('loads that fall below zero and exchange rates are measurements: not returns, not nothing in gaps, not ordered', async () => {
    const hours = (t: number) => new Date(Date.UTC(2024, 0, 1) + t * 3_600_000).toISOString().slice(0, 16);
    const wave = (t: number, by: number) => (by + 3 * Math.sin((2 * Math.PI * t) / 24)).toFixed(2);
    const loads = [...Array(200).keys()].map((t) => [hours(t), wave(t, 2), wave(t, 8)]);
    const { columns, notes, items } = await read(lines('date,HUFL,OT', loads));
    expect(columns.measures).toBe(true);
    expect(items[0]!.values.some((value) => value < 0)).toBe(true);
    expect(notes.map(({ en }) => en).join(' ')).toMatch(/a column a series \(2\).*measurements as they are/s);
    const rates = days(200).map((day, k) => [
      day,
      (1.5 + 0.004 * (k % 7)).toFixed(4),
      (0.7 + 0.002 * (k % 5)).toFixed(4),
    ]);
    expect((await read(lines('date,0,OT', rates))).columns.measures).toBe(true);
    const sold = days(200).map((day, k) => [day, 40 + 9 * (k % 7), 12 + (k % 5)]);
    expect((await read(lines('date,north,south', sold))).columns.measures).toBeUndefined();
  });

  it('temperatures are measurements though a summer has none below zero', async () => {
    const summer = days(200).map((day, k) => [day, (4 + 3 * Math.sin(k / 9)).toFixed(1)]);
    const { columns } = await read(lines('Date,Temperature', summer));
    expect(columns.measures).toBe(true);
    const besides = days(200).map((day, k) => [day, 20 + (k % 7), 4 + (k % 5)]);
    expect((await read(lines('date,units,temp', besides))).columns.measures).toBeUndefined();
  });

  it('what is no number is set aside with its row', async () => {
    const rows = days(40).map((day, k) => [day, k === 7 ? 'many' : 5]);
    const { notes, rows: counts } = await read(lines('date,units', rows));
    expect(counts.setAside).toBe(1);
    expect(notes.some(({ en }) => en.includes('row 8') && en.includes('"many"'))).toBe(true);
  });

  it('amounts of days to come are set aside', async () => {
    const rows = [...days(40).map((day) => [day, 5]), ['2099-01-01', 5]];
    const { notes, items } = await read(lines('date,units', rows));
    expect(items[0]!.values).toHaveLength(40);
    expect(notes.some(({ en }) => en.includes('future'))).toBe(true);
  });
});

describe('gaps', () => {
  const sparse = (zeros: boolean) =>
    days(200).flatMap((day, k) =>
      k % 3 === 0 || k === 199 ? [[day, 1 + (k % 5)]] : zeros && k % 3 === 1 ? [[day, 0]] : [],
    );

  it('mean nothing sold where a file never writes a zero', async () => {
    const { items, notes } = await read(lines('date,units', sparse(false)));
    expect(items[0]!.values[1]).toBe(0);
    expect(notes.some(({ en }) => en.includes('--gaps unknown'))).toBe(true);
  });

  it('are not known where a file writes zeros', async () => {
    const { items } = await read(lines('date,units', sparse(true)));
    expect(items[0]!.values[1]).toBe(0);
    expect(items[0]!.values[2]).toBeNaN();
  });

  it('are what --gaps says', async () => {
    const { items } = await read(lines('date,units', sparse(false)), { gaps: 'unknown' });
    expect(items[0]!.values[1]).toBeNaN();
  });

  it('on one weekday are a day of rest', async () => {
    const rows = days(140).flatMap((day, k) =>
      new Date(day).getUTCDay() === 0 ? [] : [[day, 20 + (k % 6)]],
    );
    const { items, notes } = await read(lines('date,units', rows));
    expect(items[0]!.values[6]).toBe(0);
    expect(notes.some(({ en }) => en.includes('Sunday'))).toBe(true);
  });
});

describe('items of which nothing can be forecast', () => {
  it('are named: stopped, all zero, a single row', async () => {
    const rows = days(120).flatMap((day, k) => [
      [day, 'sold', 5 + (k % 3)],
      [day, 'stopped', k < 60 ? 4 : 0],
      [day, 'never', 0],
      ...(k === 50 ? [[day, 'once', 3]] : []),
    ]);
    const { items, setAside } = await read(lines('date,item,units', rows));
    expect(items.map(({ item }) => item)).toEqual(['sold']);
    expect(Object.fromEntries(setAside.map(({ item, reason }) => [item, reason.en]))).toEqual({
      stopped: 'it stopped selling: nothing since 2024-02-29',
      never: 'all of its amounts are zero',
      once: 'it has a single amount, from which nothing can be told',
    });
  });

  it('a file of nothing else is refused', async () => {
    await expect(read('date,units\n2024-01-01,5')).rejects.toThrow(UserError);
  });
});
