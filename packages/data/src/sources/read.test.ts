import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTable } from '../index.ts';

/** A reason in English, which is there in Chinese too. */
const because = (en: unknown) => ({ en, zh: expect.stringMatching(/\p{Script=Han}/u) });

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-table-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

let files = 0;
function file(content: string | Uint8Array): string {
  const path = join(directory, `${files++}.csv`);
  writeFileSync(path, content);
  return path;
}
/** GB18030 bytes, by an independent encoder. */
const gbk = (text: string): Buffer =>
  execFileSync('iconv', ['-f', 'utf-8', '-t', 'gb18030'], { input: text });

describe('readTable', () => {
  it('reads back what was written, whatever the cells hold', async () => {
    const cell = fc
      .oneof(
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.constantFrom('a,b', 'he said "hi"', 'two\nlines', ' x ', 'α;β|γ\tδ', '=1+1', ''),
      )
      .map((text) => text.replaceAll('\r', '').replaceAll('\uFFFD', ''));
    const rows = fc.array(
      fc.tuple(
        cell,
        cell,
        cell.map((text) => `z${text}`),
      ),
      { minLength: 6, maxLength: 20 },
    );
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom(',', '\t', ';', '|'),
        fc.constantFrom('\n', '\r\n'),
        async (rows, delimiter, end) => {
          const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
          const lines = [['first', 'second', 'third'], ...rows].map(
            (row) => row.map(quoted).join(delimiter) + end,
          );
          const table = await readTable(file(lines.join('')));
          expect(table.delimiter).toBe(delimiter);
          expect(table.columns).toEqual(['first', 'second', 'third']);
          expect(table.rows).toEqual(rows);
          expect(table.setAside.count).toBe(0);
        },
      ),
      { numRuns: 60 },
    );
  });

  const chinese = 'label,review\n1,"很好吃,\n下次再来"\n0,送餐太慢了\n1,味道不错\n';
  const rows = [
    ['1', '很好吃,\n下次再来'],
    ['0', '送餐太慢了'],
    ['1', '味道不错'],
  ];
  it.each([
    ['utf-8', Buffer.from(chinese)],
    ['utf-8', Buffer.from(`\uFEFF${chinese}`)],
    ['gb18030', gbk(chinese)],
    ['utf-16le', Buffer.from(`\uFEFF${chinese}`, 'utf16le')],
    ['utf-16be', Buffer.from(`\uFEFF${chinese}`, 'utf16le').swap16()],
  ])('finds the encoding: %s', async (encoding, bytes) => {
    const table = await readTable(file(bytes));
    expect(table).toMatchObject({ encoding, columns: ['label', 'review'], rows, foreignLines: 0 });
  });

  it('reads lines of another encoding by that encoding, and sets aside what is in none', async () => {
    const bytes = Buffer.concat([
      Buffer.from('label,review\n1,很好吃很好吃\n0,太慢了太慢了\n'),
      gbk('1,味道不错\n'),
      Buffer.from('0,'),
      Buffer.of(0xff, 0xfe, 0xfd, 0x0a),
      Buffer.from('1,好\n'),
    ]);
    const table = await readTable(file(bytes));
    expect(table.rows.map((row) => row[1])).toEqual(['很好吃很好吃', '太慢了太慢了', '味道不错', '好']);
    expect(table.numbers).toEqual([1, 2, 3, 5]);
    expect(table.foreignLines).toBe(1);
    expect(table.setAside.rows).toEqual([
      { row: 4, line: 5, reason: because(expect.stringContaining('neither in the encoding of the file')) },
    ]);
  });

  it('sets aside rows that do not fit, with line and reason, and goes on', async () => {
    const table = await readTable(
      file(
        'id,review\n1,good\n2\n3,bad,extra\n4,"never closed\n5,fine\n6,"closed, and\nlong"\n7,5" screen\n',
      ),
    );
    expect(table.rows).toEqual([
      ['1', 'good'],
      ['2', ''],
      ['5', 'fine'],
      ['6', 'closed, and\nlong'],
      ['7', '5" screen'],
    ]);
    expect(table.setAside.rows).toEqual([
      { row: 3, line: 4, reason: because('it has 3 columns; expected 2') },
      { row: 4, line: 5, reason: because('a quote is opened and never closed') },
    ]);
    expect(table.rowsRead).toBe(7);
  });

  it('takes a file of one text a line, and a file without a header', async () => {
    expect(await readTable(file('review\nGood, but slow.\nBad, and late, and cold\nFine\n'))).toMatchObject({
      delimiter: '',
      columns: ['review'],
      rows: [['Good, but slow.'], ['Bad, and late, and cold'], ['Fine']],
    });
    expect(await readTable(file('5,2024-01-02\n4,2024-01-03\n'))).toMatchObject({
      columns: ['column 1', 'column 2'],
      rowsRead: 2,
    });
    expect((await readTable(file('name,,name\na,b,c\n'))).columns).toEqual(['name', 'column 2', 'name (2)']);
  });

  it('samples evenly, and the same rows every time, what is too large to hold', async () => {
    const path = file(`n,text\n${Array.from({ length: 20_000 }, (_, i) => `${i},row ${i}\n`).join('')}`);
    const table = await readTable(path, { maxRows: 4000 });
    expect(table.sampled).toBe(true);
    expect(table.rowsRead).toBe(20_000);
    expect(table.rows.length).toBeGreaterThan(2000);
    expect(table.rows.length).toBeLessThanOrEqual(4000);
    const mean = table.numbers.reduce((a, b) => a + b) / table.numbers.length;
    expect(Math.abs(mean - 10_000)).toBeLessThan(500);
    expect((await readTable(path, { maxRows: 4000 })).numbers).toEqual(table.numbers);
  });

  it.each([
    ['an empty file', '', /is empty/],
    ['blank lines', '\n\n \n', /is empty/],
    ['a header alone', 'a,b\n', /no rows/],
    [
      'rows that are all broken',
      `a,b\n1,${'x'.repeat(100_001)}\n`,
      /None of the 1 rows.*line 2: a cell is longer/,
    ],
    ['a broken Excel workbook', Buffer.from('PK\u0003\u0004rest of it'), /cannot be unpacked.*cut short/],
    ['an old Excel file', Buffer.of(0xd0, 0xcf, 0x11, 0xe0, 1, 2), /old Excel.*save the sheet as \.xlsx/],
    ['a binary file', Buffer.from([1, 2, 3, 0, 0, 7, 9, 200, 1]), /binary/],
    ['a strange delimiter', 'a^b\n1^good\n2^bad\n3^fine\n', /separated by "\^"/],
  ])('says what is wrong with %s', async (_, content, message) => {
    const reading = readTable(file(content));
    await expect(reading).rejects.toThrow(UserError);
    await expect(reading).rejects.toThrow(message);
  });

  it('says what is wrong with a path', async () => {
    await expect(readTable(join(directory, 'none.csv'))).rejects.toThrow(/no file/);
    await expect(readTable(mkdtempSync(join(directory, 'empty-')))).rejects.toThrow(/holds no table/);
  });

  it('can be stopped', async () => {
    await expect(
      readTable(file('a,b\n1,2\n'), { signal: AbortSignal.abort(new Error('stop')) }),
    ).rejects.toThrow();
  });

  const waimai = '../shared/data/waimai_10k/waimai_10k.csv';
  it.skipIf(!existsSync(waimai))('reads real reviews whole (needs ../shared/data)', async () => {
    const table = await readTable(waimai);
    expect(table).toMatchObject({ columns: ['label', 'review'], rowsRead: 11_987, sampled: false });
    expect(table.setAside.count).toBe(0);
  });
});
