/** CSV as programs write it: the same table, whatever its line ends, escapes, title and missing delimiters. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { readTable } from '../index.ts';
import { type Dialect, fieldsOf } from './fields.ts';
import { RecordSplitter } from './records.ts';

const folder = mkdtempSync(join(tmpdir(), 'gradus-csv-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function file(content: string | Uint8Array): string {
  const path = join(folder, `${files++}.csv`);
  writeFileSync(path, content);
  return path;
}
const read = (content: string) => readTable(file(content));

describe('line ends', () => {
  const rows = [
    ['1', 'Great phone, fast', '5'],
    ['2', 'Bad\nbattery', '1'],
    ['3', 'So so', '3'],
  ];
  const text = 'id,review,stars\n1,"Great phone, fast",5\n2,"Bad\nbattery",1\n3,So so,3\n';
  it.each([
    ['LF', (line: number) => '\n'.repeat(Number(line > 0))],
    ['CRLF', () => '\r\n'],
    ['CR (CSV Macintosh)', () => '\r'],
    ['all of them', (line: number) => ['\r', '\n', '\r\n'][line % 3]!],
  ])('are %s', async (_, end) => {
    let line = 0;
    const written = text.replace(/\n(?!battery)/g, () => end(++line));
    const expected = { columns: ['id', 'review', 'stars'], rows, setAside: { count: 0 } };
    expect(await read(written)).toMatchObject(expected);
    expect(await read(written.replace(/[\r\n]+$/, ''))).toMatchObject(expected);
    expect(await readTable(file(Buffer.from(`\uFEFF${written}`, 'utf16le')))).toMatchObject(expected);
  });

  it('are CR alone in a large file too, and CR within a quoted text stays', async () => {
    const many = Array.from({ length: 200_000 }, (_, i) => `${i},"one\rtwo",x`).join('\r');
    const table = await read(`id,text,v\r${many}`);
    expect(table).toMatchObject({ rowsRead: 200_000, setAside: { count: 0 } });
    expect(table.rows[7]).toEqual(['7', 'one\rtwo', 'x']);
  });

  it('are none where a CR stands in a text', async () => {
    expect((await read('id,text\n1,a\rb\n2,c\n3,d\n')).rows).toEqual([
      ['1', 'a\rb'],
      ['2', 'c'],
      ['3', 'd'],
    ]);
  });
});

describe('rows shorter or longer than the header', () => {
  it('lack empty cells at their end, as Excel leaves them out', async () => {
    const full = Array.from({ length: 16 }, (_, i) => `${i},n${i},ok\n`);
    const short = Array.from({ length: 20 }, (_, i) => `${i + 16},n${i + 16}\n`);
    const table = await read(`id,name,note\n${[...full, ...short].join('')}`);
    expect(table).toMatchObject({ rowsRead: 36, setAside: { count: 0 } });
    expect(table.rows[20]).toEqual(['20', 'n20', '']);
  });

  it('end with delimiters too many', async () => {
    for (const header of ['id,name,v', 'id,name,v,'])
      expect((await read(`${header}\n1,a,2,\n3,b,4,\n`)).rows.map((row) => row.slice(0, 3))).toEqual([
        ['1', 'a', '2'],
        ['3', 'b', '4'],
      ]);
  });

  it('are set aside where they are pieces of one row, or have more in them', async () => {
    const table = await read('id,text,stars\n1,good,5\n2,one line\nand another,4\n3,bad,1\n4,so,so,3\n');
    expect(table.rows.map(([id]) => id)).toEqual(['1', '3']);
    expect(table.setAside.rows.map(({ line, reason }) => [line, reason.en])).toEqual([
      [3, 'it has 2 columns; expected 3'],
      [4, 'it has 2 columns; expected 3'],
      [6, 'it has 4 columns; expected 3'],
    ]);
  });
});

describe('what stands above and below the table', () => {
  it.each([
    [
      'a report with its period, and totals',
      'Per Transaction Report\nReporting Period:   2024-01-01 to 2024-01-31\nCurrency:  USD\nCountry,Transaction,Date,Name of App\nUS,a24,1/1/24,"App Name"\nGB,a25,1/2/24,"App Name"\nUS,a26,1/13/24,"App Two"\nTotals:,,,\n',
      {
        columns: ['Country', 'Transaction', 'Date', 'Name of App'],
        linesAbove: 3,
        rowsRead: 4,
        setAside: { count: 1 },
      },
    ],
    [
      'a padded title, and a blank row',
      'Customer Survey Export,,,\nGenerated 2024-05-01,,,\n,,,\nid,comment,score,date\n1,"Late, again",2,2024-04-01\n2,Nice,5,2024-04-02\n',
      { columns: ['id', 'comment', 'score', 'date'], linesAbove: 2, rowsRead: 2, setAside: { count: 0 } },
    ],
    [
      'lines of two cells, and a delimiter at the end of each row (World Bank)',
      '"Data Source","World Development Indicators",\n\n"Last Updated Date","2024-06-28",\n\n"Country Name","Country Code","Indicator Name","Indicator Code","2021","2022",\n"Aruba","ABW","GDP","NY.GDP","4.5","5",\n"Chad","TCD","GDP","NY.GDP","3.1","3.5",\n',
      {
        columns: [
          'Country Name',
          'Country Code',
          'Indicator Name',
          'Indicator Code',
          '2021',
          '2022',
          'column 7',
        ],
        linesAbove: 2,
        rowsRead: 2,
      },
    ],
    [
      'more lines than the table has, some with commas',
      'Sales report\n\nRegion: North\nCurrency: EUR, net\nGenerated by: me\n\n# filter\nNotes\n\nLine\nx y z\nLast\n\nOrder,Date,Amount,Comment\n1,2024-01-01,2.5,ok\n2,2024-01-02,3.5,"late, again"\n\nTotal,,6.0,\n',
      { columns: ['Order', 'Date', 'Amount', 'Comment'], linesAbove: 9, rowsRead: 3, setAside: { count: 1 } },
    ],
    [
      'comments',
      '# exported by tool v3\n# 2024-01-01\nid,a\n1,2\n3,4\n',
      { columns: ['id', 'a'], linesAbove: 2, rowsRead: 2 },
    ],
    ['blank lines', '\n\n  \n,\nid,v\n1,2\n3,4\n', { columns: ['id', 'v'], rowsRead: 2, delimiter: ',' }],
    [
      'a title with blanks below it, in semicolons',
      `Umsätze 2024\n\nid;Betrag;Datum\n${'1;2,5;01.02.2024\n'.repeat(5)}`,
      { columns: ['id', 'Betrag', 'Datum'], linesAbove: 1, delimiter: ';', rowsRead: 5 },
    ],
    [
      'source and date of an export (World Bank)',
      'Country Name,Country Code,2021,2022\nAruba,ABW,1.5,2\nChad,TCD,3,\n\n\nData from database: World Development Indicators\nLast Updated: 07/28/2024\n',
      { columns: ['Country Name', 'Country Code', '2021', '2022'], rowsRead: 4, setAside: { count: 2 } },
    ],
    [
      'totals with sums, in Chinese',
      '城市,订单,金额\n北京,3,10.5\n上海,4,20\n合计,7,30.5\n',
      { rowsRead: 3, setAside: { count: 1 } },
    ],
  ])('%s', async (_, text, expected) => {
    expect(await read(text)).toMatchObject(expected);
  });

  it('are rows where totals stand among them', async () => {
    expect(await read('sex,n,m\nTotal,7,1\nmale,3,1\nTotal,9,1\n')).toMatchObject({ setAside: { count: 0 } });
  });

  it.each([
    ['sep=;\r\nid;review;stars\r\n1;Great phone, fast;5\r\n2;Bad;1\r\n', ';'],
    ['"sep=,"\r\nid,review,stars\r\n1,"Great phone, fast",5\r\n2,Bad,1\r\n', ','],
    ['sep=\t\nid\treview\tstars\n1\tGreat phone, fast\t5\n2\tBad\t1\n', '\t'],
    ['SEP=^\nid^review^stars\n1^Great phone, fast^5\n2^Bad^1\n', '^'],
  ])('is the delimiter that Excel is told: %j', async (text, delimiter) => {
    expect(await read(text)).toMatchObject({
      delimiter,
      columns: ['id', 'review', 'stars'],
      rows: [
        ['1', 'Great phone, fast', '5'],
        ['2', 'Bad', '1'],
      ],
    });
  });

  it('are nothing in texts, one a line, that have commas', async () => {
    for (const text of [
      'Great\nBad\nI like it, but\nok, fine\n',
      'review\nGood\nSlow\nBad, and late\nI am, well, content\n',
      'Notes\nRoses, red\nViolets, blue\n',
      'Great product, love it\nBad\nNot good, not bad\nFine, thanks, bye\nWow\n',
    ])
      expect(await read(text)).toMatchObject({ delimiter: '' });
  });
});

describe('headers', () => {
  it('lack the name of row names (R)', async () => {
    expect(await read('a,b\n1,2,x\n3,4,y\n5,6,z\n')).toMatchObject({
      columns: ['column 1', 'a', 'b'],
      rowsRead: 3,
    });
    expect(await read('"mpg"\t"cyl"\n"Mazda RX4"\t21\t6\n"Fiat"\t32.4\t4\n')).toMatchObject({
      columns: ['column 1', 'mpg', 'cyl'],
      rows: [
        ['Mazda RX4', '21', '6'],
        ['Fiat', '32.4', '4'],
      ],
    });
  });

  it('may be names of properties that every object has', async () => {
    expect(await read('constructor,__proto__,toString\n1,2,x\n3,4,y\n')).toMatchObject({
      columns: ['constructor', '__proto__', 'toString'],
      rowsRead: 2,
    });
  });

  it('are questions (Google Forms)', async () => {
    expect(
      await read(
        'Timestamp,"How likely are you to recommend us? (0-10)","What could we do better?"\n2024/01/05 10:00:00,9,"Faster delivery, please"\n2024/01/06 11:00:00,3,App crashes\n',
      ),
    ).toMatchObject({
      columns: ['Timestamp', 'How likely are you to recommend us? (0-10)', 'What could we do better?'],
      rowsRead: 2,
    });
  });
});

describe('backslashes', () => {
  it.each([
    [
      'in quotes (MySQL)',
      '"id","note"\n"332","Surname\\, Firstname"\n"123","foo (\\"foo\\") bar"\n"124","He said \\"never again\\", and left"\n"125","C:\\\\dir"\n',
    ],
    [
      'without quotes (Hive)',
      'id,note\n332,Surname\\, Firstname\n123,foo ("foo") bar\n124,He said "never again"\\, and left\n125,C:\\\\dir\n',
    ],
  ])('escape %s', async (_, text) => {
    expect(await read(text)).toMatchObject({
      columns: ['id', 'note'],
      rows: [
        ['332', 'Surname, Firstname'],
        ['123', 'foo ("foo") bar'],
        ['124', 'He said "never again", and left'],
        ['125', 'C:\\dir'],
      ],
      setAside: { count: 0 },
    });
  });

  it('stand for a line end and for no value in tabs (MySQL)', async () => {
    expect((await read('id\tnote\tv\n1\tone\\\ntwo\\\tthree\t5\n2\t\\N\t6\n')).rows).toEqual([
      ['1', 'one\ntwo\tthree', '5'],
      ['2', '', '6'],
    ]);
  });

  it.each([
    [
      'quoted',
      '"id","path","n"\n"1","C:\\dir\\","2"\n"3","D:\\a, b\\","4"\n',
      [
        ['1', 'C:\\dir\\', '2'],
        ['3', 'D:\\a, b\\', '4'],
      ],
    ],
    [
      'plain',
      'id,path,n\n1,C:\\dir\\,2\n3,C:\\new\\,4\n',
      [
        ['1', 'C:\\dir\\', '2'],
        ['3', 'C:\\new\\', '4'],
      ],
    ],
    [
      'doubled quotes beside them',
      'id,text\n1,"a \\""b"" c"\n2,"\\d+, \\w"\n',
      [
        ['1', 'a \\"b" c'],
        ['2', '\\d+, \\w'],
      ],
    ],
  ])('are characters in paths: %s', async (_, text, rows) => {
    expect((await read(text)).rows).toEqual(rows);
  });
});

describe('quotes', () => {
  const dialect: Dialect = { delimiter: ',', escapedBy: '"', ends: 'lf' };

  it('are read as csv-parse reads them', () => {
    const text = fc.array(fc.constantFrom('a', 'b', ',', '"', '""', '\r', 'é', '5" x', ' '), {
      maxLength: 14,
    });
    fc.assert(
      fc.property(text, (parts) => {
        const line = parts.join('');
        // Blanks around quotes are left out here, and a quote that does not close is set aside before.
        fc.pre(!/(?:^|,) +"|" +(?:,|$)|\r$/.test(line) && line !== '');
        let theirs: string[][];
        try {
          theirs = parse(`${line}\n`, {
            relax_quotes: true,
            relax_column_count: true,
            record_delimiter: ['\r\n', '\n'],
          });
        } catch {
          return;
        }
        fc.pre(theirs.length === 1);
        expect(fieldsOf(`${line}\n`, dialect)).toEqual(theirs[0]);
      }),
      { numRuns: 500 },
    );
  });

  it('may have blanks around them', async () => {
    expect((await read('"id", "text", "v"\n1, "a, b" ,2\n3, "c", 4\n')).rows).toEqual([
      ['1', 'a, b', '2'],
      ['3', 'c', ' 4'],
    ]);
  });

  it('that never close cost their own line, in time that grows with the lines', () => {
    for (const line of ['x,""y\n', '1,"x\n', '12,"55 inch screen is great\n', `1,"${'y'.repeat(3000)}\n`]) {
      const splitter = new RecordSplitter(dialect);
      const count = Math.ceil(1e6 / line.length);
      const started = performance.now();
      let rejected = 0;
      for (const { unclosed } of splitter.take(line.repeat(count))) if (unclosed) rejected += 1;
      for (const { unclosed } of splitter.end()) if (unclosed) rejected += 1;
      expect(rejected).toBe(count);
      // A square of the lines would take minutes.
      expect(performance.now() - started).toBeLessThan(5000);
    }
  });

  it('of many lines are joined, and every line is in one row', () => {
    const lines = fc.array(fc.constantFrom('a,b\n', 'a,"b\n', 'b",c\n', '"\n', 'a,"b ""c"" \n', 'x"y\n'), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(lines, fc.integer({ min: 1, max: 20 }), (all, size) => {
        const splitter = new RecordSplitter(dialect);
        const records = [];
        for (let i = 0; i < all.length; i += size)
          records.push(...splitter.take(all.slice(i, i + size).join('')));
        records.push(...splitter.end());
        expect(records.map(({ text }) => text).join('')).toBe(all.join(''));
        let line = 1;
        for (const record of records) {
          expect(record.line).toBe(line);
          line += record.text.split('\n').length - 1;
        }
      }),
    );
  });
});

describe('columns with a space between', () => {
  it('are those of numbers, with and without a header', async () => {
    const numbers = Array.from({ length: 30 }, (_, i) => `${i} ${-9 + i} ${i / 4} 7`).join('\n');
    expect(await read(`${numbers}\n`)).toMatchObject({
      columns: ['column 1', 'column 2', 'column 3', 'column 4'],
    });
    const named = await read(`a b c d\n${numbers}\n`);
    expect(named.columns).toEqual(['a', 'b', 'c', 'd']);
    expect(named.rows[2]).toEqual(['2', '-7', '0.5', '7']);
  });

  it('are none in texts, though each has as many words', async () => {
    const texts = Array.from({ length: 30 }, (_, i) => `room ${i} was very ${i % 2 ? 'clean' : 'dirty'}`);
    expect((await read(`${texts.join('\n')}\n`)).columns).toHaveLength(1);
  });
});
