/** Workbooks are read as Excel shows them, and those of strangers do no harm. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readTable } from '../index.ts';
import { workbookParts, zipOf } from './testing/zip.ts';

/** A reason in English, which is there in Chinese too. */
const because = (en: unknown) => ({ en, zh: expect.stringMatching(/\p{Script=Han}/u) });

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-formats-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('Excel', () => {
  const cell = (r: string, value: string | number, rest = '') => `<c r="${r}"${rest}><v>${value}</v></c>`;
  const text = (r: string, value: string) => `<c r="${r}" t="inlineStr"><is><t>${value}</t></is></c>`;
  const row = (r: number, ...cells: string[]) => `<row r="${r}">${cells.join('')}</row>`;
  const header = row(1, text('A1', 'id'), text('B1', 'note'));
  const styles =
    '<numFmts><numFmt numFmtId="164" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="165" formatCode="[Red]#,##0.00&quot; days&quot;"/></numFmts><cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="22"/></cellXfs>';
  const book = (name: string, rows: string, options = {}) =>
    file(name, zipOf(workbookParts({ Data: rows }, { styles, ...options })));

  it('reads numbers, dates, texts, truth and saved results', async () => {
    const path = book(
      'kinds.xlsx',
      row(
        3,
        ...['id', 'short', 'chinese', 'at', 'money', 'sum', 'rich', 'yes', 'error', 'huge'].map((name, i) =>
          text(`${'ABCDEFGHIJ'[i]}3`, name),
        ),
      ) +
        row(
          5,
          cell('A5', 1),
          cell('B5', 45356, ' s="1"'),
          cell('C5', 45356, ' s="2"'),
          cell('D5', 45356.25, ' s="4"'),
          cell('E5', 0.30000000000000004, ' s="3"'),
          '<c r="F5"><f>WEBSERVICE("http://example.com")</f><v>42</v></c>',
          cell('G5', 0, ' t="s"'),
          cell('H5', 1, ' t="b"'),
          cell('I5', '#N/A', ' t="e"'),
          cell('J5', '1.2345678901234568E+16'),
        ),
      {
        strings:
          '<si><r><t>很</t></r><r><t xml:space="preserve"> 好_x000A_</t></r><rPh sb="0" eb="1"><t>hen</t></rPh></si>',
      },
    );
    const table = await readTable(path);
    expect(table).toMatchObject({
      format: 'xlsx',
      part: { name: 'Data', others: [] },
      columns: ['id', 'short', 'chinese', 'at', 'money', 'sum', 'rich', 'yes', 'error', 'huge'],
      rows: [
        [
          '1',
          '2024-03-05',
          '2024-03-05',
          '2024-03-05T06:00:00',
          '0.3',
          '42',
          '很 好\n',
          'true',
          '#N/A',
          '12345678901234568',
        ],
      ],
      setAside: { count: 0 },
    });
    // The same days, counted from 1904, and either side of the 29 February 1900 that never was.
    const old = await readTable(
      book('1904.xlsx', header + row(2, cell('A2', 43894, ' s="1"'), text('B2', 'x')), { date1904: true }),
    );
    expect(old.rows).toEqual([['2024-03-05', 'x']]);
    const early = await readTable(
      book('1900.xlsx', header + row(2, cell('A2', 59, ' s="1"'), cell('B2', 61, ' s="1"'))),
    );
    expect(early.rows).toEqual([['1900-02-28', '1900-03-01']]);
  });

  it('takes the sheet that is named, else the first, and lists them where it is not there', async () => {
    const path = file(
      'sheets.xlsx',
      zipOf(
        workbookParts({
          One: header + row(2, text('A2', 'a')),
          'Two &amp; 2': header + row(2, text('B2', 'b')),
        }),
      ),
    );
    expect(await readTable(path)).toMatchObject({
      rows: [['a', '']],
      part: { name: 'One', others: ['Two & 2'] },
    });
    expect(await readTable(`${path}#Two & 2`)).toMatchObject({
      rows: [['', 'b']],
      part: { name: 'Two & 2' },
    });
    await expect(readTable(`${path}#Three`)).rejects.toThrow(/no sheet "Three".*"One", "Two & 2"/);
    await expect(readTable(`${file('s.csv', 'a,b\n1,2\n')}#One`)).rejects.toThrow(/no sheets or tables/);
  });

  it('sets aside formulas without a result and rows wider than the header; nothing is evaluated', async () => {
    const table = await readTable(
      book(
        'formulas.xlsx',
        header +
          row(2, cell('A2', 1), '<c r="B2"><f>1+1</f></c>') +
          row(6, cell('A6', 6), '<c r="B6"><f>1+1</f><v/></c>') +
          row(7, cell('A7', 7), '<c r="B7" t="str"><f>""</f><v></v></c>') +
          row(3, cell('A3', 2), text('B3', '=1+1')) +
          row(4, cell('A4', 3), text('XFD4', 'far')) +
          row(5, cell('A5', 4), cell('B5', 99, ' t="s"')) +
          row(1048576, cell('A1048576', 5)),
      ),
    );
    expect(table.rows).toEqual([
      ['7', ''],
      ['2', '=1+1'],
      ['5', ''],
    ]);
    expect(table.setAside.rows).toMatchObject([
      { line: 2, reason: because(expect.stringMatching(/column 2 is a formula without a saved result/)) },
      { line: 6, reason: because(expect.stringMatching(/column 2 is a formula without a saved result/)) },
      { line: 4, reason: because('it has 16384 columns; expected 2') },
      { line: 5, reason: because(expect.stringMatching(/text that the workbook lacks/)) },
    ]);
  });

  it('says what is wrong with a file that is no whole workbook', async () => {
    const good = zipOf(workbookParts({ Data: header + row(2, text('A2', 'a')) }));
    const cases: [string, string | Uint8Array, RegExp][] = [
      ['image.xlsx', Buffer.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a), /an image/],
      ['cut.xlsx', good.subarray(0, good.length - 100), /cut short/],
      ['zip.xlsx', zipOf([{ name: 'a.txt', data: 'hello' }]), /zip archive, not an Excel workbook/],
      ['old.xlsx', Buffer.from('d0cf11e0a1b11ae1'.padEnd(1024, '0'), 'hex'), /\.xls/],
      ['calc.ods', zipOf([{ name: 'content.xml', data: '<a/>' }]), /OpenDocument.*save it as \.xlsx/],
      [
        'binary.xlsb',
        zipOf([
          {
            name: '_rels/.rels',
            data: '<Relationships><Relationship Id="a" Type="x/officeDocument" Target="xl/workbook.bin"/></Relationships>',
          },
          { name: 'xl/workbook.bin', data: 'x' },
        ]),
        /\.xlsb/,
      ],
      ['letter.xlsx', zipOf([{ name: 'word/document.xml', data: '<a/>' }]), /a Word document/],
      ['lacks.xlsx', zipOf(workbookParts({ Data: header }).slice(0, -1)), /lacks its part/],
      ['xml.xlsx', zipOf(workbookParts({ Data: '<row><c></row>' })), /is damaged/],
      [
        'lying.xlsx',
        zipOf(workbookParts({ Data: header }).map((part) => ({ ...part, claimedSize: 5 }))),
        /cannot be unpacked/,
      ],
      [
        'entities.xlsx',
        zipOf(
          workbookParts(
            { Data: row(1, text('A1', '&a;')) },
            { prolog: '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' },
          ),
        ),
        /damaged.*undefined entity/,
      ],
    ];
    for (const [name, content, message] of cases) {
      await expect(readTable(file(name, content)), name).rejects.toThrow(UserError);
      await expect(readTable(file(name, content)), name).rejects.toThrow(message);
    }
    // Text that somebody named .xlsx is what it is.
    expect((await readTable(file('really-csv.xlsx', 'a,b\n1,2\n3,4\n'))).rows.length).toBe(2);
  });

  it.each([
    'xl/worksheets/sheet1.xml',
    'xl/sharedStrings.xml',
    'xl/styles.xml',
    'xl/workbook.xml',
    'xl/_rels/workbook.xml.rels',
    '_rels/.rels',
  ])('refuses tags without end inside each other, in %s', async (part) => {
    const deep = '<a>'.repeat(5e6);
    const parts = workbookParts({ Data: header + row(2, text('A2', 'x')) }).map(({ name, data }) =>
      name === part ? { name, data: `${(data as string).replace(/<\/\w+>$/, '')}${deep}` } : { name, data },
    );
    const path = file('deep.xlsx', zipOf(parts));
    const started = performance.now();
    await expect(readTable(path)).rejects.toThrow(/nested deeper than 100/);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('refuses a zip bomb, and a text without end', async () => {
    const zeros = Buffer.alloc(300e6, ' ');
    for (const at of ['xl/sharedStrings.xml', 'xl/worksheets/sheet1.xml']) {
      const parts = workbookParts({ Data: header }).map((part) =>
        part.name === at ? { ...part, data: zeros } : part,
      );
      await expect(readTable(file('bomb.xlsx', zipOf(parts)))).rejects.toThrow(/unpacks to over \d+ MiB/);
    }
    const long = book('long.xlsx', header + row(2, text('A2', 'x'.repeat(40e6))));
    await expect(readTable(long)).rejects.toThrow(/over 16 million characters/);
  });
});
