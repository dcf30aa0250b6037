/** Pages and XML that are named .xls are read as the tables that they hold. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTable } from '../index.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-markup-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: string | Uint8Array, suffix = 'xls'): string {
  const path = join(folder, `${files++}.${suffix}`);
  writeFileSync(path, content);
  return path;
}
const gbk = (text: string): Buffer =>
  execFileSync('iconv', ['-f', 'utf-8', '-t', 'gb18030'], { input: text });

const reviews = {
  format: 'html',
  columns: ['编号', '评价'],
  rows: [
    ['1', '很好'],
    ['2', '太慢'],
  ],
};

describe('a page of HTML', () => {
  const table =
    '<table border=1><tr><th>编号</th><th>评价</th></tr><tr><td>1</td><td>很好</td></tr><tr><td>2</td><td>太慢</td></tr></table>';
  it.each([
    ['in GBK', gbk(`<html><head><meta charset="gbk"></head><body>${table}</body></html>`), 'xls'],
    [
      'in UTF-8',
      `<!DOCTYPE html><html><head><title>a <b></title><style>td > p {}</style></head><body>${table}</body></html>`,
      'xls',
    ],
    ['as .csv', `<html><body>${table}</body></html>`, 'csv'],
    ['as .html', `\uFEFF<html><body>${table}</body></html>`, 'html'],
    ['a table alone', `\n<TABLE>${table.slice(18)}`, 'xls'],
    ['in UTF-16', Buffer.from(`\uFEFF<html>${table}</html>`, 'utf16le'), 'xls'],
    [
      'of Excel',
      `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><!--[if gte mso 9]><xml><table></table></xml><![endif]--><body>${table}</body></html>`,
      'xls',
    ],
    [
      'in a table of the layout',
      `<html><table><tr><td>Menu</td><td>${table}</td></tr></table></html>`,
      'xls',
    ],
    [
      'without end tags',
      '<html><table><tr><th>编号<th>评价<tr><td>1<td>很好<tr><td>2<td>太慢</table>',
      'xls',
    ],
  ])('%s is read', async (_, content, suffix) => {
    expect(await readTable(file(content, suffix))).toMatchObject(reviews);
  });

  it('may have a title over its columns, entities and cells of several lines', async () => {
    const page =
      '<html><table><tr><td colspan="3">Orders of March</td></tr><tr><td>id</td><td>text</td><td>n</td></tr><tr><td>1</td><td>a &amp; b&nbsp;&lt;c&gt; &#8364;<br>two <b>bold</b></td><td>5</td></tr><tr><td>2</td><td></td><td>&#x34;</td></tr></table></html>';
    expect(await readTable(file(page))).toMatchObject({
      columns: ['id', 'text', 'n'],
      linesAbove: 1,
      rows: [
        ['1', 'a & b <c> €\ntwo bold', '5'],
        ['2', '', '4'],
      ],
    });
  });

  it('says what is wrong where it has no table, and what to do with a web archive', async () => {
    await expect(readTable(file('<html><body>Please sign in</body></html>'))).rejects.toThrow(
      /without a table.*CSV/,
    );
    await expect(
      readTable(
        file('MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n\r\n--x\r\n<html>'),
      ),
    ).rejects.toThrow(/web archive.*save it as \.xlsx/);
  });

  it('that is hostile takes no more time than its bytes', async () => {
    for (const part of ['<a "', '<table', '<!-- ', '<td ', '&#x', '<td colspan="9999999">'])
      await readTable(file(`<table><tr><td>x</td></tr><tr><td>y</td></tr>${part.repeat(100_000)}`)).catch(
        () => {},
      );
  }, 20_000);

  it('is none where a text begins with a tag', async () => {
    expect(await readTable(file('text,n\n<b>good</b>,1\n<p>bad</p>,2\n', 'csv'))).toMatchObject({
      format: 'csv',
      rowsRead: 2,
    });
    expect(await readTable(file('<b>good</b>\n<p>bad</p>\n', 'txt'))).toMatchObject({ format: 'csv' });
  });
});

describe('SpreadsheetML 2003', () => {
  const book = (rows: string) =>
    `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet ss:Name="S"><Table>${rows}</Table></Worksheet></Workbook>`;
  const cell = (value: string | number, type = 'String', rest = '') =>
    `<Cell${rest}><Data ss:Type="${type}">${value}</Data></Cell>`;
  it('is read, with cells that are left out', async () => {
    const xml = book(
      `<Row>${cell('编号')}${cell('评价')}${cell('n')}</Row><Row>${cell(1, 'Number')}${cell('很好 &amp; so')}${cell(2, 'Number')}</Row><Row>${cell(2, 'Number')}${cell(7, 'Number', ' ss:Index="3"')}</Row>`,
    );
    for (const name of ['xls', 'xml', 'csv'])
      expect(await readTable(file(xml, name))).toMatchObject({
        format: 'html',
        columns: ['编号', '评价', 'n'],
        rows: [
          ['1', '很好 & so', '2'],
          ['2', '', '7'],
        ],
      });
  });

  it('that is damaged is refused', async () => {
    await expect(readTable(file(book('<Row><Cell>')))).rejects.toThrow(/damaged/);
  });
});
