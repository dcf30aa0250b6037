import { appendFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { UserError } from '@gradus/base';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDb, parseTimes, readTable } from '../index.ts';

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

describe('JSON', () => {
  const rows = [
    { id: 12345678901234567890n, text: '很好 "quoted" \\ [x]', score: 4.5, tags: ['a', { b: 1 }] },
    { id: 2, text: 'brackets ]}{[', extra: null, good: true },
    { id: 3, extra: 'late' },
  ];
  const texts = rows.map((row) =>
    JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? `@${value}@` : value)).replace(
      /"@(\d+)@"/,
      '$1',
    ),
  );
  const expected = {
    columns: ['id', 'text', 'score', 'tags', 'extra', 'good'],
    rows: [
      ['12345678901234567890', '很好 "quoted" \\ [x]', '4.5', '["a",{"b":1}]', '', ''],
      ['2', 'brackets ]}{[', '', '', '', 'true'],
      ['3', '', '', '', 'late', ''],
    ],
    setAside: { count: 0 },
  };

  it.each([
    ['array.json', `[${texts.join(',\n ')}]`],
    ['marked.json', `\uFEFF [ ${texts.join(',')} ] `],
    [
      'field.json',
      `{"total": 3, "names": ["x", []], "page": {"deep": [{"no": 1}]}, "rows": [${texts}], "more": [{"id": 9}]}`,
    ],
    ['lines.jsonl', texts.join('\n')],
    ['windows.ndjson', `${texts.join('\r\n\r\n')}\r\n`],
    ['unnamed-array', `[${texts}]`],
    ['unnamed-lines', texts.join('\n')],
  ])('reads %s', async (name, text) => {
    expect(await readTable(file(name, text))).toMatchObject(expected);
    expect(await readTable(file(`${name}.gz`, gzipSync(text)))).toMatchObject(expected);
    expect(
      await readTable(file(`utf16-${name}`, Buffer.from(`\uFEFF${text.replace('\uFEFF', '')}`, 'utf16le'))),
    ).toMatchObject(expected);
  });

  it('reads back whatever JSON.stringify wrote', async () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }).map((s) => s.replace(/[\0\uFFFD]|\p{Cs}/gu, '')),
      fc.integer(),
      fc.boolean(),
    );
    const records = fc.array(fc.record({ a: value, 'b"]': value }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(records, fc.constantFrom(undefined, 2), async (records, indent) => {
        const { rows } = await readTable(file('any.json', JSON.stringify({ data: records }, null, indent)));
        expect(rows).toEqual(records.map((record) => [String(record.a), String(record['b"]'])]));
      }),
      { numRuns: 50 },
    );
  });

  it('sets aside what is no object, is broken, too deep or too wide, and goes on', async () => {
    const wide = JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, i])));
    const deep = `{"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
    const list = ['{"a":1}', '7', '{"a":}', '[1]', deep, wide, '{"a":"\\u0000"}', '{"__proto__":"p","a":2}'];
    const reasons = [
      /not an object/,
      /not JSON/,
      /not an object/,
      /nested/,
      /100000 fields make more than 2000/,
      /zero character/,
    ];
    for (const path of [file('bad.json', `[${list.join(',\n')}]`), file('bad.jsonl', list.join('\n'))]) {
      const table = await readTable(path);
      expect(table.columns).toEqual(['a', '__proto__']);
      expect(table.rows).toEqual([
        ['1', ''],
        ['2', 'p'],
      ]);
      expect(table.setAside.rows.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7]);
      for (const [i, reason] of reasons.entries())
        expect(table.setAside.rows[i]!.reason).toEqual(because(expect.stringMatching(reason)));
    }
    const cut = await readTable(file('cut.json', '[{"a":1},{"a":2},\n{"a":'));
    expect(cut.rows).toEqual([['1'], ['2']]);
    expect(cut.setAside.rows).toEqual([
      { row: 3, line: 2, reason: because(expect.stringContaining('ends in the middle')) },
    ]);
    await expect(readTable(file('none.json', '{"a": [1, 2], "b": {"c": 3}}'))).rejects.toThrow(
      /no list of objects/,
    );
    await expect(readTable(file('text.json', 'hello'))).rejects.toThrow(/no list of objects/);
  });

  it('never holds a text without end', async () => {
    const long = `{"a":"${'x'.repeat(40e6)}"}`;
    for (const path of [
      file('long.json', `[{"a":1},${long},{"a":3}]`),
      file('long.jsonl', `{"a":1}\n${long}\n{"a":3}`),
    ]) {
      const table = await readTable(path);
      expect(table.rows).toEqual([['1'], ['3']]);
      expect(table.setAside.rows).toMatchObject([
        { row: 2, reason: because(expect.stringMatching(/longer than 16 million/)) },
      ]);
    }
    const csv = await readTable(file('long.csv', `a,b\n1,x\n2,${'y'.repeat(40e6)}\n3,z\n`));
    expect(csv.numbers).toEqual([1, 3]);
    expect(csv.setAside.count).toBe(1);
  });
});

describe('gzip', () => {
  const csv = `n,text\n${Array.from({ length: 5000 }, (_, i) => `${i},row ${i}\n`).join('')}`;

  it('reads packed CSV, and says what is wrong with a damaged one', async () => {
    const packed = gzipSync(csv);
    expect(await readTable(file('a.csv.gz', packed))).toMatchObject({
      rowsRead: 5000,
      delimiter: ',',
      bytes: packed.length,
    });
    await expect(readTable(file('cut.csv.gz', packed.subarray(0, packed.length - 2000)))).rejects.toThrow(
      /cut short/,
    );
    const broken = Buffer.from(packed);
    broken[2000]! ^= 0xff;
    await expect(readTable(file('broken.csv.gz', broken))).rejects.toThrow(UserError);
    await expect(readTable(file('x.parquet.gz', gzipSync('PAR1…')))).rejects.toThrow(/Unpack it first/);
  });

  it('refuses a bomb', async () => {
    // 1 GB of one line again and again in 1 MB.
    const part = gzipSync(Buffer.alloc(50e6, `${'a'.repeat(5000)},b\n`), { level: 9 });
    const bomb = file('bomb.csv.gz', Buffer.concat(Array.from({ length: 20 }, () => part)));
    await expect(readTable(bomb, { maxRows: 10 })).rejects.toThrow(/unpacks to over/);
  });
});

describe('Parquet', () => {
  it('reads every type as text of the one form', async () => {
    const path = join(folder, "it's.parquet");
    {
      await using duckdb = await openDuckDb({ outputs: [path] });
      await duckdb.query(`COPY (SELECT i, 'é' || i AS text, 0.1::FLOAT AS f, 1e-7 AS tiny, 9007199254740993 AS big, 1234.50::DECIMAL(12,2) AS money,
        DATE '2024-03-05' + i::INT AS "day", TIMESTAMP '2024-03-05 06:07:08.25' AS at, TIMESTAMPTZ '2024-03-05 06:07:08+08' AS zoned,
        [i, NULL] AS list, {'a': 9007199254740993, 'b': [DATE '2024-01-01']} AS struct, MAP {'k': 1} AS map, 'ab'::BLOB AS bytes, NULL::INT AS none, true AS yes
        FROM range(3000) r(i)) TO '${path.replaceAll("'", "''")}'`);
    }
    const progress: number[] = [];
    const table = await readTable(path, { onProgress: (done) => progress.push(done) });
    expect(table).toMatchObject({ format: 'parquet', rowsRead: 3000, sampled: false });
    expect(Object.fromEntries(table.columns.map((column, i) => [column, table.rows[1]![i]]))).toEqual({
      i: '1',
      text: 'é1',
      f: '0.1',
      tiny: '1e-7',
      big: '9007199254740993',
      money: '1234.5',
      day: '2024-03-06',
      at: '2024-03-05T06:07:08.25',
      zoned: '2024-03-04T22:07:08Z',
      list: '[1,null]',
      struct: '{"a":9007199254740993,"b":["2024-01-01"]}',
      map: '{"k":1}',
      bytes: '(2 bytes)',
      none: '',
      yes: 'true',
    });
    const at = (column: string) => table.rows.map((row) => row[table.columns.indexOf(column)]!);
    for (const column of ['day', 'at', 'zoned'])
      expect(parseTimes(at(column)).times).not.toContain(undefined);
    expect(progress.at(-1)).toBe(table.bytes);
    const sampled = await readTable(path, { maxRows: 500 });
    expect(sampled.rows.length).toBeGreaterThan(250);
    expect(sampled).toMatchObject({ sampled: true, rowsRead: 3000 });
    const stop = AbortSignal.timeout(1);
    await expect(readTable(path, { signal: stop })).rejects.toThrow();
  });

  it('says what is wrong with a damaged file', async () => {
    await expect(readTable(file('cut.parquet', 'PAR1 and nothing more'))).rejects.toThrow(
      /cut\.parquet cannot be read as Parquet/,
    );
    await expect(readTable(file('image.parquet', Buffer.of(0x89, 0x50, 0x4e, 0x47, 0, 0)))).rejects.toThrow(
      /an image/,
    );
  });
});

describe('SQLite', () => {
  function database(name: string, sql: string): string {
    const path = join(folder, name);
    const db = new Database(path);
    db.exec(sql);
    db.close();
    return path;
  }

  it('reads the table that is named, or the only one', async () => {
    const path = database(
      'shop.db',
      `CREATE TABLE "or""ders" (id INTEGER PRIMARY KEY, total REAL, note TEXT, at TEXT, data BLOB, twice AS (total * 2) VIRTUAL);
       INSERT INTO "or""ders" (id, total, note, at, data) VALUES (9007199254740993, 12.5, '很好', '2024-03-05', x'0102'), (9007199254740994, NULL, '', NULL, NULL);
       CREATE VIEW evil AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n;
       CREATE VIRTUAL TABLE search USING fts5(body);`,
    );
    const expected = {
      format: 'sqlite',
      columns: ['id', 'total', 'note', 'at', 'data'],
      rows: [
        ['9007199254740993', '12.5', '很好', '2024-03-05', '(2 bytes)'],
        ['9007199254740994', '', '', '', ''],
      ],
    };
    expect(await readTable(path)).toMatchObject(expected);
    expect(await readTable(`${path}#or"ders`)).toMatchObject(expected);
    await expect(readTable(`${path}#evil`)).rejects.toThrow(/no table "evil".*or"ders/);
    const two = database('two.sqlite', 'CREATE TABLE a (x); CREATE TABLE b (x); INSERT INTO b VALUES (1)');
    await expect(readTable(two)).rejects.toThrow(/2 tables: say which, as in two\.sqlite#a.*"a", "b"/);
    expect((await readTable(`${two}#b`)).part).toEqual({ name: 'b', others: ['a'] });
    await expect(readTable(`${two}#a`)).rejects.toThrow(/no rows/);
  });

  it('sets aside cells too long or with zero characters, and says what is wrong with a damaged file', async () => {
    const path = database(
      'hostile.db',
      `CREATE TABLE t (n, x); INSERT INTO t VALUES (1, 'fine'), (2, 'a' || char(0) || 'b'), (3, replace(hex(zeroblob(5000000)), '0', 'y')), (4, char(0) || 'long');`,
    );
    const table = await readTable(path);
    expect(table.rows).toEqual([['1', 'fine']]);
    expect(table.setAside.rows).toMatchObject([
      { line: 2, reason: because(expect.stringContaining('zero character')) },
      { line: 3, reason: because(expect.stringContaining('longer than 100,000')) },
      { line: 4, reason: because(expect.any(String)) },
    ]);
    await expect(readTable(file('cut.db', `SQLite format 3\0${'x'.repeat(5000)}`))).rejects.toThrow(
      /cannot be read as SQLite/,
    );
  });
});

describe('folders and globs', () => {
  it('reads the rows of all files under the union of their columns', async () => {
    const exports = join(folder, 'exports');
    mkdirSync(join(exports, 'deeper'), { recursive: true });
    writeFileSync(join(exports, 'b.csv'), 'id,text\n1,one\n2\n3,a,b\n');
    writeFileSync(join(exports, 'deeper', 'c.jsonl'), '{"id":3,"file":"own","stars":5}\n');
    writeFileSync(join(exports, 'a.tsv'), 'text\tid\nzwei\t4\ndrei\t5\n');
    writeFileSync(join(exports, 'image.csv'), Buffer.of(0x89, 0x50, 0x4e, 0x47, 1, 2));
    writeFileSync(join(exports, 'README.md'), 'about');
    writeFileSync(join(exports, '.hidden.csv'), 'id\n9\n10\n');
    const secret = file('secret.csv', 'id,text\n666,secret\n667,secret\n');
    symlinkSync(secret, join(exports, 'link.csv'));
    symlinkSync(folder, join(exports, 'up'));
    symlinkSync(join(exports, 'b.csv'), join(exports, 'z-inside.csv'));
    const expected = {
      format: 'folder',
      columns: ['file', 'text', 'id', 'file (2)', 'stars'],
      rows: [
        ['a.tsv', 'zwei', '4', '', ''],
        ['a.tsv', 'drei', '5', '', ''],
        ['b.csv', 'one', '1', '', ''],
        ['b.csv', '', '2', '', ''],
        ['deeper/c.jsonl', '', '3', 'own', '5'],
        ['z-inside.csv', 'one', '1', '', ''],
        ['z-inside.csv', '', '2', '', ''],
      ],
      numbers: [1, 2, 3, 4, 6, 7, 8],
    };
    const table = await readTable(exports);
    expect(table).toMatchObject(expected);
    expect(table.setAside.rows).toEqual([
      { row: 5, line: 4, reason: because('it has 3 columns; expected 2'), file: 'b.csv' },
      { row: 9, line: 4, reason: because('it has 3 columns; expected 2'), file: 'z-inside.csv' },
    ]);
    expect(Object.fromEntries(table.setAside.files!.map(({ file, reason }) => [file, reason.en]))).toEqual({
      'README.md': expect.stringContaining('does not end as one of a table'),
      'link.csv': expect.stringContaining('link to outside'),
      up: expect.stringContaining('link to outside'),
      'image.csv': expect.stringContaining('an image'),
    });
    const globbed = await readTable(join(exports, '*.{csv,tsv}'));
    expect(globbed.columns).toEqual(['file', 'text', 'id']);
    expect(globbed.rows.length).toBe(6);
    await expect(readTable(join(exports, '*.parquet'))).rejects.toThrow(/holds no table/);
    await expect(readTable(join(exports, 'up', '*', 'none.csv'))).rejects.toThrow(/holds no table/);
  });

  it('samples evenly over all files', async () => {
    const many = mkdtempSync(join(folder, 'many-'));
    for (let i = 0; i < 10; i++)
      writeFileSync(
        join(many, `${i}.csv`),
        `n,m\n${Array.from({ length: 1000 }, (_, j) => `${i},${j}\n`).join('')}`,
      );
    const table = await readTable(many, { maxRows: 2000 });
    const perFile = Object.groupBy(table.rows, ([file]) => file!);
    expect(Object.keys(perFile).length).toBe(10);
    for (const rows of Object.values(perFile))
      expect(Math.abs(rows!.length - table.rows.length / 10)).toBeLessThan(50);
  });
});

describe('readTable, whatever the format', () => {
  it('exports every row that is set aside, with its place, the reason and what it holds', async () => {
    const bad = Array.from({ length: 1500 }, (_, i) => `${i},a,b\n`).join('');
    const path = file('bad.csv', `id,text\n${'1,fine\n'.repeat(10_000)}${bad}=1+1,"a","b"\n`);
    const out = join(folder, 'set-aside.csv');
    const table = await readTable(path, { exportSetAside: out });
    expect(table.setAside).toMatchObject({ count: 1501 });
    expect(table.setAside.rows.length).toBe(1000);
    const exported = await readTable(out);
    expect(exported.columns).toEqual(['file', 'row', 'line', 'reason', 'content', 'reason_zh']);
    expect(exported.rowsRead).toBe(1501);
    expect(exported.rows[0]).toEqual([
      '',
      '10001',
      '10002',
      'it has 3 columns; expected 2',
      '0,a,b',
      '有 3 列；应为 2 列',
    ]);
    // A spreadsheet would run it.
    expect(exported.rows.at(-1)![4]).toBe(`'=1+1,"a","b"`);
    await expect(readTable(path, { exportSetAside: path })).rejects.toThrow(/is the file that is read/);
    await expect(readTable(path, { exportSetAside: join(folder, 'no', 'where.csv') })).rejects.toThrow(
      /cannot be written/,
    );
  });

  it('reports a file that changes while it is read', async () => {
    const path = file('growing.csv', `a,b\n${'1,2\n'.repeat(1_000_000)}`);
    let grown = false;
    const reading = readTable(path, {
      onProgress() {
        if (!grown) appendFileSync(path, '3,4\n');
        grown = true;
      },
    });
    await expect(reading).rejects.toThrow(/changed while it was being read/);
  });

  it('refuses 100,000 columns, and rows with zero characters', async () => {
    const header = Array.from({ length: 100_000 }, (_, i) => `c${i}`).join(',');
    await expect(readTable(file('wide.csv', `${header}\n1\n`))).rejects.toThrow(
      /100000 columns; expected at most 2000/,
    );
    const table = await readTable(file('zero.csv', `a,b\n${'x,y\n'.repeat(20_000)}z,\0\n`));
    expect(table.setAside.rows).toMatchObject([
      { row: 20_001, reason: because(expect.stringContaining('zero character')) },
    ]);
  });

  it('names what it cannot read from', async () => {
    await expect(readTable('https://example.com/a.csv')).rejects.toThrow(/not read from https:\/\//);
    await expect(readTable(file('q.csv', 'a,b\n1,2\n'), { query: 'SELECT 1' })).rejects.toThrow(
      /needs a database/,
    );
  });
});
