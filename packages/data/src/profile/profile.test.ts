import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Profile } from './document.ts';
import { profileTable } from './profile.ts';
import { orders } from './testing/orders.ts';

let folder: string;
const file = (name: string, content: string | Uint8Array): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const column = (profile: Profile, name: string) => profile.columns.find((column) => column.name === name)!;
const kinds = (profile: Profile, name: string) =>
  profile.findings.filter(({ columns }) => columns.includes(name)).map(({ kind }) => kind);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-profile-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a table with everything wrong in it', () => {
  let found: Profile;
  beforeAll(async () => {
    const path = file('orders.csv', `${orders(4000).join('\n')}\nbroken,row\n`);
    found = await profileTable(path, { target: 'returned' });
  });

  it('is told column by column what it holds', () => {
    const types = Object.fromEntries(found.columns.map(({ name, type }) => [name, type]));
    expect(types).toMatchObject({
      order_id: 'identifier',
      created_at: 'date',
      city: 'category',
      amount: 'number',
      discount: 'number',
      comment: 'text',
      returned: 'boolean',
    });
    expect(column(found, 'created_at').dates?.earliest).toBe('2024-01-01T00:00:00.000Z');
    expect(column(found, 'age').numbers).toMatchObject({ min: 18, max: 999, integers: true });
  });

  it('shows each thing that was planted, and what to do about it, in both languages', () => {
    expect(kinds(found, 'refund_reason')).toEqual(expect.arrayContaining(['leak', 'missing']));
    expect(kinds(found, 'channel')).toContain('drift');
    expect(kinds(found, 'amount')).toContain('drift');
    expect(kinds(found, 'customer')).toContain('personal');
    expect(kinds(found, '手机号')).toContain('personal');
    expect(kinds(found, 'comment')).toContain('personal');
    expect(kinds(found, 'discount')).toEqual(expect.arrayContaining(['disguised', 'missing']));
    expect(kinds(found, 'age')).toContain('sentinel');
    expect(kinds(found, 'country')).toContain('constant');
    expect(kinds(found, 'weight_lb')).toContain('alike');
    expect(kinds(found, 'order_id')).toEqual(['identifiers']);
    expect(found.duplicates).toMatchObject({ rows: 40, exact: true });
    expect(found.rows.setAside).toMatchObject({ count: 1, rows: [{ line: 4042 }] });
    for (const { what, todo } of found.findings) {
      for (const { en, zh } of [what, todo]) {
        expect(en).toMatch(/[a-z]/);
        expect(zh).toMatch(/\p{Script=Han}/u);
      }
    }
  });

  it('is not told of leaks and drift that are not there', () => {
    const leaks = found.findings.filter(({ kind }) => kind === 'leak');
    expect(leaks.map(({ columns }) => columns)).toEqual([['refund_reason']]);
    const drifts = found.findings.filter(({ kind }) => kind === 'drift');
    expect(drifts.map(({ columns: [name] }) => name).sort()).toEqual(['amount', 'channel']);
    const honest = found.target!.predictors.find(({ column }) => column === 'city')!;
    expect(honest.low).toBeLessThan(0.55);
    expect(honest.high).toBeGreaterThan(0.45);
  });

  it('puts the worst first', () => {
    const order = found.findings.map(({ severity }) => ['critical', 'warning', 'notice'].indexOf(severity));
    expect(order).toEqual([...order].sort());
    expect(found.findings[0]?.severity).toBe('critical');
  });

  it('holds nobody’s name or number', async () => {
    const text = JSON.stringify(found);
    for (const line of orders(4000).slice(1, 500)) {
      const [, , name, phone] = line.split(',');
      expect(text).not.toContain(phone);
      expect(text).not.toContain(`"${name}"`);
    }
  });

  it('is the same each time', async () => {
    expect(await profileTable(join(folder, 'orders.csv'), { target: 'returned' })).toEqual(found);
  });
});

describe('a leak of numbers', () => {
  it('is found where the target is a number too, and chance is not taken for one', async () => {
    const rows = Array.from({ length: 600 }, (_, i) => {
      const price = (i * 7919) % 997;
      return `${price},${(price * 1.19).toFixed(2)},${(i * 104_729) % 991}`;
    });
    const found = await profileTable(file('leak.csv', `price,gross,other\n${rows.join('\n')}\n`), {
      target: 'price',
    });
    const [gross, other] = found.target!.predictors;
    expect(gross).toMatchObject({ column: 'gross', measure: 'r2' });
    expect(gross!.value).toBeGreaterThan(0.98);
    expect(other!.value).toBeLessThan(0.05);
  });
});

describe('a file larger than is held', () => {
  it('is counted whole, to the same figures as rows that are held, and the same each time', {
    timeout: 60_000,
  }, async () => {
    // 10 MB: above the size from which files are sampled.
    const some = orders(10_000);
    const rows = Array.from({ length: 8 }, (_, k) =>
      some.slice(1).map((line, i) => line.replace(/^\d+/, String(k * 20_000 + i))),
    ).flat();
    const path = file('large.csv', `${some[0]}\r\n${rows.join('\r\n')}\r\nbroken,row\r\n`);
    const found = await profileTable(path, { maxRows: 5000 });
    expect(found.rows).toMatchObject({ isSample: true, wholePass: true, count: rows.length + 1 });
    expect(found.rows.setAside).toMatchObject({ count: 1, rows: [{ line: rows.length + 2 }] });
    const cells = (name: string) => rows.map((line) => line.split(',')[some[0]!.split(',').indexOf(name)]!);
    const amounts = cells('amount').map(Number);
    const mean = amounts.reduce((a, b) => a + b, 0) / amounts.length;
    const { numbers, missing } = column(found, 'amount');
    expect(numbers!.min).toBe(amounts.reduce((a, b) => Math.min(a, b)));
    expect(numbers!.max).toBe(amounts.reduce((a, b) => Math.max(a, b)));
    expect(numbers!.mean).toBeCloseTo(mean, 6);
    const variance = amounts.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (amounts.length - 1);
    expect(numbers!.deviation).toBeCloseTo(Math.sqrt(variance), 6);
    expect(missing.count).toBe(0);
    const discounts = cells('discount');
    const gone = discounts.filter((cell) => ['', 'N/A', '-', '未知'].includes(cell)).length;
    expect(column(found, 'discount').missing.count).toBe(gone);
    const apps = cells('channel').filter((cell) => cell === 'app').length;
    expect(column(found, 'channel').values?.find(({ value }) => value === 'app')?.count).toBe(apps);
    expect(column(found, 'channel').distinct).toEqual({ count: 2, exact: true });
    expect(column(found, 'order_id')).toMatchObject({ type: 'identifier', unique: true });
    expect(await profileTable(path, { maxRows: 5000 })).toEqual(found);
  });
});

describe('hostile and odd files', () => {
  it('has 100,000 columns: the first are looked at, and it says so', { timeout: 60_000 }, async () => {
    const line = (cell: (i: number) => string) =>
      Array.from({ length: 100_000 }, (_, i) => cell(i)).join(',');
    const path = file(
      'wide.csv',
      [line((i) => `c${i}`), line((i) => String(i % 7)), line((i) => String(i % 5))].join('\n'),
    );
    const found = await profileTable(path);
    expect(found.columns).toHaveLength(2000);
    expect(found.columnsLeftOut).toBe(98_000);
    expect(found.findings.map(({ kind }) => kind)).toContain('width');
    expect(found.findings.length).toBeLessThan(200);
  });

  it('has one cell larger than the rest of the file: it is set aside alone', {
    timeout: 60_000,
  }, async () => {
    const rows = Array.from({ length: 300 }, (_, i) => `${i},text ${i}\n`).join('');
    const found = await profileTable(
      file('cell.csv', `id,text\n${rows}7,"${'x'.repeat(40 << 20)}"\n${rows}`),
    );
    expect(found.rows).toMatchObject({ count: 601, isSample: false, setAside: { count: 1 } });
    expect(found.duplicates.rows).toBe(300);
  });

  it('holds zero characters, formulas and markup: they are set aside or stay text', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `=cmd|' /C calc'!A${i % 3},<b>x${i % 2}</b>,${i}`);
    const found = await profileTable(
      file('odd.csv', `a,b,n\n${rows.join('\n')}\n${','.repeat(2)}${'y'.repeat(70_000)}\nx,\0,1\n`),
    );
    expect(column(found, 'b').values?.map(({ value }) => value)).toEqual(['<b>x0</b>', '<b>x1</b>']);
    expect(column(found, 'a').type).toBe('category');
    expect(found.rows.setAside).toMatchObject({
      count: 1,
      rows: [
        { reason: { en: expect.stringContaining('zero character'), zh: expect.stringContaining('零字符') } },
      ],
    });
  });

  it('asks for a column that there is', async () => {
    const path = file('few.csv', 'a,b\n1,2\n3,4\n');
    await expect(profileTable(path, { target: 'c' })).rejects.toThrow(
      'There is no column "c". The columns are "a", "b".',
    );
  });

  it('has few rows, and is profiled all the same', async () => {
    const found = await profileTable(file('two.csv', 'a,b,c\n1,x,\n2,y,\n'));
    expect(found.columns.map(({ type }) => type)).toEqual(['number', 'category', 'empty']);
  });
});

describe('numbers and dates of all forms', () => {
  it('are read as what they are', async () => {
    const rows = Array.from(
      { length: 40 },
      (_, i) =>
        `"￥1,${100 + i}.50",${i + 1}.5万,2024年3月${(i % 28) + 1}日,"${i + 1}%",${i % 2 ? '是' : '否'},"Mar ${(i % 28) + 1}, 2024"`,
    );
    const found = await profileTable(
      file('forms.csv', `价格,销量,日期,占比,会员,when\n${rows.join('\n')}\n`),
    );
    expect(found.columns.map(({ type }) => type)).toEqual([
      'number',
      'number',
      'date',
      'number',
      'boolean',
      'date',
    ]);
    expect(column(found, '价格').numbers).toMatchObject({ min: 1100.5, max: 1139.5 });
    expect(column(found, '销量').numbers?.min).toBe(15_000);
  });
});

const ADULT = new URL('../../../../../shared/data/adult-income/adult-train.csv', import.meta.url).pathname;
describe.skipIf(!existsSync(ADULT))('adult income (needs ../shared/data)', () => {
  it('gives the figures that are known of it', async () => {
    const found = await profileTable(ADULT, { target: 'column 15' });
    expect(found.rows).toMatchObject({ count: 32_561, isSample: false });
    // UCI: 2399 of 32561 rows hold a "?"; 24 rows come twice; 24.08 % earn more than 50K.
    expect(column(found, 'column 2').missing).toMatchObject({ count: 1836, empty: 0 });
    expect(column(found, 'column 7').missing.count).toBe(1843);
    expect(column(found, 'column 14').missing.count).toBe(583);
    expect(found.duplicates.rows).toBe(24);
    expect(found.target!.classes?.map(({ count }) => count)).toEqual([24_720, 7841]);
    expect(column(found, 'column 1').numbers?.mean).toBeCloseTo(38.58164675532078, 10);
    expect(column(found, 'column 11').numbers?.sentinel).toEqual({ value: 99_999, count: 159 });
    // Nothing in it gives the income away.
    expect(found.target!.predictors[0]!.value).toBeLessThan(0.85);
    expect(found.findings.filter(({ kind }) => kind === 'leak' || kind === 'personal')).toEqual([]);
  });
});
