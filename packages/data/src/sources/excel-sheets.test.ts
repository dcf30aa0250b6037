/** Sheets as people make them: under titles, with merged cells, behind covers, off the corner; and what their number formats show. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { findRoles, profileTable, readTable } from '../index.ts';
import { numberFormat, timeText } from './excel-formats.ts';
import { workbookParts, zipOf } from './testing/zip.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-sheets-'));
afterAll(() => rmSync(folder, { recursive: true }));

type Cell = string | number | null;
type Sheet = readonly (readonly Cell[])[];
const letter = (i: number): string =>
  (i < 26 ? '' : letter(Math.floor(i / 26) - 1)) + 'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[i % 26];

const rowsOf = (sheet: Sheet): string =>
  sheet
    .map((cells, r) => {
      const written = cells.map((cell, c) => {
        const at = `${letter(c)}${r + 1}`;
        if (cell === null) return '';
        return typeof cell === 'number'
          ? `<c r="${at}"><v>${cell}</v></c>`
          : `<c r="${at}" t="inlineStr"><is><t>${cell}</t></is></c>`;
      });
      return written.some(Boolean) ? `<row r="${r + 1}">${written.join('')}</row>` : '';
    })
    .join('');

let made = 0;
function book(
  sheets: Readonly<Record<string, Sheet>>,
  options: Parameters<typeof workbookParts>[1] = {},
): string {
  const path = join(folder, `${made++}.xlsx`);
  const inside = Object.fromEntries(Object.entries(sheets).map(([name, sheet]) => [name, rowsOf(sheet)]));
  writeFileSync(path, zipOf(workbookParts(inside, options)));
  return path;
}
const read = (sheet: Sheet, merged: readonly string[] = []) => readTable(book({ Data: sheet }, { merged }));

describe('a title', () => {
  const body: Sheet = [
    [1, '很好用', 5],
    [2, '太慢了，失望', 1],
    [3, '一般', 3],
  ];
  const table = { columns: ['编号', '评价', '星级'], rows: body.map((row) => row.map(String)) };

  it.each<[string, Sheet, string[]]>([
    ['of one merged row', [['2024年客户评价汇总表']], ['A1:C1']],
    ['of several merged rows', [['2024年客户评价汇总表'], [], ['制表：运营部']], ['A1:C2', 'A3:C3']],
    ['merged beyond the table', [['2024年客户评价汇总表']], ['A1:F1']],
    ['that is not merged', [['2024年客户评价汇总表']], []],
    ['with a blank row below', [['2024年客户评价汇总表'], []], ['A1:C1']],
  ])('%s is passed over', async (_, titles, merged) => {
    expect(await read([...titles, ['编号', '评价', '星级'], ...body], merged)).toMatchObject(table);
  });

  it('is told, and the lines of rows are those of the sheet', async () => {
    const found = await read([['汇总'], ['编号', '评价', '星级'], ...body, [4, 'x', 1, 'beyond']], ['A1:C1']);
    expect(found).toMatchObject({ linesAbove: 1, setAside: { rows: [{ line: 6 }] } });
  });
});

describe('a header of merged cells', () => {
  const body: Sheet = [
    ['North', 10, 5, 20, 7],
    ['South', 11, 6, 21, 8],
    ['West', 12, 7, 22, 9],
  ];
  it.each<[string, Sheet, string[], string[]]>([
    [
      'over names',
      [
        [null, 'Q1', null, 'Q2', null],
        ['Region', 'sales', 'cost', 'sales', 'cost'],
      ],
      ['B1:C1', 'D1:E1'],
      ['Region', 'Q1 sales', 'Q1 cost', 'Q2 sales', 'Q2 cost'],
    ],
    [
      'over names and over rows',
      [
        ['Region', 'Q1', null, 'Q2', null],
        [null, 'sales', 'cost', 'sales', 'cost'],
      ],
      ['A1:A2', 'B1:C1', 'D1:E1'],
      ['Region', 'Q1 sales', 'Q1 cost', 'Q2 sales', 'Q2 cost'],
    ],
    [
      'of three rows, under a title',
      [
        ['Sales by quarter'],
        ['Region', 2024, null, null, null],
        [null, 'Q1', null, 'Q2', null],
        [null, 'sales', 'cost', 'sales', 'cost'],
      ],
      ['A1:E1', 'A2:A4', 'B2:E2', 'B3:C3', 'D3:E3'],
      ['Region', '2024 Q1 sales', '2024 Q1 cost', '2024 Q2 sales', '2024 Q2 cost'],
    ],
    [
      'over rows alone',
      [['Region', 'a', 'b', 'c', 'd'], []],
      ['A1:A2', 'B1:B2', 'C1:C2', 'D1:D2', 'E1:E2'],
      ['Region', 'a', 'b', 'c', 'd'],
    ],
  ])('%s gives each column its name', async (_, header, merged, columns) => {
    expect(await read([...header, ...body], merged)).toMatchObject({
      columns,
      rows: body.map((row) => row.map(String)),
    });
  });

  it('is read where it is that of Qualtrics', async () => {
    const found = await read([
      ['StartDate', 'Q1', 'Q2'],
      ['Start Date', 'How satisfied are you?', 'Why?'],
      ['{"ImportId":"startDate"}', '{"ImportId":"QID1"}', '{"ImportId":"QID2_TEXT"}'],
      ['2024-03-01 10:00:00', 5, 'quick'],
      ['2024-03-02 10:00:00', 1, 'slow'],
    ]);
    expect(found).toMatchObject({ columns: ['StartDate', 'Q1', 'Q2'], rowsRead: 2 });
  });
});

describe('merged cells in the body', () => {
  const header: Sheet = [['Region', 'Store', 'Sales']];
  it('belong to all their rows, and it is told how many were filled', async () => {
    const path = book(
      {
        Data: [
          ...header,
          ['North', 'A', 1],
          [null, 'B', 2],
          [null, 'C', 3],
          ['South', 'D', 4],
          [null, 'E', 5],
        ],
      },
      { merged: ['A5:A6', 'A2:A4'] },
    );
    const { rows, mergedFilled } = await readTable(path);
    expect(rows.map(([region]) => region)).toEqual(['North', 'North', 'North', 'South', 'South']);
    expect(mergedFilled).toBe(3);
    const { findings } = await profileTable(path);
    expect(findings).toEqual([expect.objectContaining({ code: 'merged-cells', data: { cells: 3 } })]);
  });

  it('fill nothing but what they are merged over', async () => {
    const sheet = [...header, ['North', 'A', 1], [null, 'B', 2], [null, 'C', 3]];
    const { rows } = await read(sheet, ['A2:A3']);
    expect(rows.map(([region]) => region)).toEqual(['North', 'North', '']);
    expect((await read(sheet)).rows.map(([region]) => region)).toEqual(['North', '', '']);
  });

  it('over all columns are headings and notes: set aside with the reason', async () => {
    const { rows, setAside } = await read(
      [...header, ['Shops of the north'], ['North', 'A', 1], ['North', 'B', 2], ['Source: our own count']],
      ['A2:C2', 'A5:C5'],
    );
    expect(rows).toHaveLength(2);
    expect(setAside.rows.map(({ line, reason }) => [line, reason.en])).toEqual([
      [2, expect.stringContaining('merged over all columns')],
      [5, expect.stringContaining('merged over all columns')],
    ]);
  });

  it('without number are refused; thousands are not', async () => {
    const some = Array.from({ length: 3000 }, (_, i) => `A${2 * i + 2}:A${2 * i + 3}`);
    expect((await read([...header, ['North', 'A', 1]], some)).rowsRead).toBe(1);
    const many = new Array<string>(500_001).fill('A1:XFD1048576');
    await expect(read([...header, ['North', 'A', 1]], many)).rejects.toThrow(/over 500000 merged cells/);
  });
});

describe('where the table is', () => {
  it('is found off the corner of the sheet', async () => {
    const body: Sheet = Array.from({ length: 120 }, (_, i) => [null, null, i, 'a']);
    const found = await read([['A title'], [null, null, 'id', 'note'], ...body, ['x', null, 3, 'c']]);
    expect(found).toMatchObject({ columns: ['id', 'note'], rowsRead: 121, linesAbove: 1 });
    expect(found.rows[0]).toEqual(['0', 'a']);
    expect(found.setAside.rows).toMatchObject([
      { line: 123, reason: { en: expect.stringContaining('column 1 of the sheet, left of the table') } },
    ]);
  });

  it('ends above the notes below it; a row behind a gap is one as long as rows follow', async () => {
    const body: Sheet = [['a', 'b', 'c'], ['x', 1, 2], [], ['y'], ['z', 5, 6]];
    const found = await read([...body, [], ['Source: our own count'], ['As of March 2024']]);
    expect(found.rows).toEqual([
      ['x', '1', '2'],
      ['y', '', ''],
      ['z', '5', '6'],
    ]);
    expect(found.setAside.rows.map(({ line }) => line)).toEqual([7, 8]);
  });

  it('keeps a last column that the header does not name', async () => {
    expect(
      await read([
        ['a', 'b'],
        [1, 2, 'x'],
        [3, 4, 'y'],
        [5, 6],
      ]),
    ).toMatchObject({
      columns: ['a', 'b', 'column 3'],
      rowsRead: 3,
      setAside: { count: 0 },
    });
  });
});

describe('the sheet that is read', () => {
  const data: Sheet = [['id', 'v'], ...Array.from({ length: 20 }, (_, i) => [i, i * i])];
  const cover: Sheet = [['Quarterly report'], [], ['Prepared by ops']];

  it('is the first table behind a cover, and which were not is told', async () => {
    const path = book(
      { _meta: [['k'], ['x']], Cover: cover, Data: data, Codes: data },
      { hidden: ['_meta'] },
    );
    expect(await readTable(path)).toMatchObject({
      rowsRead: 20,
      part: { name: 'Data', others: ['Cover', 'Codes', '_meta'] },
    });
    const { source, findings } = await profileTable(path);
    expect(source.part).toEqual({ name: 'Data', others: ['Cover', 'Codes', '_meta'], isNamed: false });
    expect(findings[0]).toMatchObject({
      code: 'other-sheets',
      what: { en: expect.stringContaining('Only the sheet "Data" was read; not read: "Cover"') },
      todo: { en: expect.stringContaining('#Cover') },
    });
    const named = await profileTable(`${path}#data`);
    expect(named.source.part?.name).toBe('Data');
    expect(named.findings.map(({ code }) => code)).not.toContain('other-sheets');
    expect(await readTable(`${path}#Cover`)).toMatchObject({ part: { name: 'Cover' } });
    expect(await readTable(`${path}#_meta`)).toMatchObject({ part: { name: '_meta' } });
  });

  it.each<[string, Sheet]>([
    ['empty', []],
    [
      'of labels',
      [
        ['Report:', 'Sales'],
        ['Author:', 'Jane'],
        ['日期：', '2024-03-01'],
      ],
    ],
  ])('is not a first one that is %s', async (_, first) => {
    expect((await readTable(book({ First: first, Data: data }))).part?.name).toBe('Data');
  });

  it.each<[string, Sheet]>([
    [
      'small',
      [
        ['a', 'b'],
        [1, 2],
      ],
    ],
    ['one column of texts', [['review'], ...Array.from({ length: 30 }, (_, i) => [`good ${i}`])]],
  ])('is the first where that is a table, be it %s', async (_, first) => {
    expect((await readTable(book({ First: first, Data: data }))).part?.name).toBe('First');
  });

  it('is the cover where nothing else is a table', async () => {
    expect((await readTable(book({ Cover: cover, Notes: [['a']] }))).part?.name).toBe('Cover');
  });
});

describe('number formats', () => {
  // What Excel shows for these codes (ECMA-376, part 1, 18.8.31).
  it.each([
    ['General', 'number'],
    ['0.00%', 'number'],
    ['#,##0.00 "USD"', 'number'],
    ['[$€-2] #,##0.00;[Red]-[$€-2] #,##0.00', 'number'],
    ['0.00E+00', 'number'],
    ['0 "days"', 'number'],
    ['[h]:mm:ss', 'duration'],
    ['[hh]:mm', 'duration'],
    ['[m]', 'duration'],
    ['[ss].00', 'duration'],
    ['mm:ss.0;@', 'duration'],
    ['[$-F400]h:mm:ss AM/PM', 'time'],
    ['上午/下午h"时"mm"分"', 'time'],
    ['yyyy-mm-dd', 'date'],
    ['m/d/yy h:mm', 'date'],
    ['[$-804]yyyy"年"m"月"d"日";@', 'date'],
    ['mmm-yy', 'date'],
    ['mmmm', 'date'],
    ['dddd', 'date'],
  ])('%s shows a %s', (code, shows) => expect(numberFormat(code).shows).toBe(shows));

  it.each([
    // Days, code, as of 1900, as of 1904: from LibreOffice Calc and Excel.
    [1.25, '[h]:mm:ss', '30:00:00', '30:00:00'],
    [0.5, '[h]:mm', '12:00:00', '12:00:00'],
    [-0.0625, '[h]:mm', '-01:30:00', '-01:30:00'],
    [100, '[h]:mm:ss', '2400:00:00', '2400:00:00'],
    [0.00390625, 'mm:ss.0', '00:05:37.5', '00:05:37.5'],
    [0.3958333333333333, 'h:mm', '09:30:00', '09:30:00'],
    [0, 'h:mm', '00:00:00', '00:00:00'],
    [45356.25, 'h:mm', '2024-03-05T06:00:00', '2028-03-06T06:00:00'],
    [45356, 'yyyy-mm-dd', '2024-03-05', '2028-03-06'],
    [0, 'yyyy-mm-dd', '00:00:00', '1904-01-01'],
    [59, 'yyyy-mm-dd', '1900-02-28', '1904-02-29'],
    [61, 'yyyy-mm-dd', '1900-03-01', '1904-03-02'],
  ])('of %d as %s', (days, code, in1900, in1904) => {
    expect(timeText(days, numberFormat(code), false)).toBe(in1900);
    expect(timeText(days, numberFormat(code), true)).toBe(in1904);
  });

  it('give back the seconds that durations and times were made from', () => {
    const format = { shows: 'duration', fractions: false } as const;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e8 }), fc.boolean(), (seconds, from1904) => {
        const [h, m, s] = timeText(seconds / 86_400, format, from1904)!
          .split(':')
          .map(Number);
        expect(3600 * h! + 60 * m! + s!).toBe(seconds);
        const clock = timeText((seconds % 86_400) / 86_400, { ...format, shows: 'time' }, from1904)!;
        expect(clock).toBe(new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19));
      }),
    );
  });

  it('are used where a sheet has them, and times are no dates', async () => {
    const styles =
      '<numFmts><numFmt numFmtId="164" formatCode="[h]:mm:ss"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="20"/><xf numFmtId="46"/></cellXfs>';
    const cell = (at: string, value: number, style: number) =>
      `<c r="${at}" s="${style}"><v>${value}</v></c>`;
    const header = rowsOf([['dur', 'time', 'built']]);
    const rows = [2, 3, 4].map(
      (r) =>
        `<row r="${r}">${cell(`A${r}`, 1 + r / 24, 1)}${cell(`B${r}`, 0.375, 2)}${cell(`C${r}`, 2, 3)}</row>`,
    );
    for (const date1904 of [false, true]) {
      const path = join(folder, `styled-${date1904}.xlsx`);
      writeFileSync(path, zipOf(workbookParts({ Data: header + rows.join('') }, { styles, date1904 })));
      expect((await readTable(path)).rows).toEqual([
        ['26:00:00', '09:00:00', '48:00:00'],
        ['27:00:00', '09:00:00', '48:00:00'],
        ['28:00:00', '09:00:00', '48:00:00'],
      ]);
      const { columns } = await profileTable(path);
      expect(columns.map(({ type }) => type)).not.toContain('date');
    }
  });
});

it('roles are found under a title', async () => {
  const body = Array.from({ length: 12 }, (_, i) => [i, `第${i}条评价，味道很好，下次还来`, (i % 5) + 1]);
  const table = await read([['客户评价汇总表'], ['编号', '评价', '星级'], ...body], ['A1:C1']);
  expect(findRoles(table).text.column).toBe('评价');
  expect(findRoles(table).rating.column).toBe('星级');
});
