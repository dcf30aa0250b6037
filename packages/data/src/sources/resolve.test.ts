import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readTable, resolveSource } from '../index.ts';
import { writeRows } from './rows-file.ts';
import { postgresIsHere, startPostgres, type TestPostgres } from './testing/postgres.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-resolve-'));
  return () => rmSync(folder, { recursive: true });
});

describe('resolveSource', () => {
  it('fingerprints a file, a folder and a glob as sha256sum lists them', async () => {
    const images = join(folder, 'images');
    mkdirSync(join(images, 'cat'), { recursive: true });
    mkdirSync(join(images, 'dog'));
    writeFileSync(join(images, 'cat', '2.jpg'), 'two');
    writeFileSync(join(images, 'cat', '10.jpg'), 'ten');
    writeFileSync(join(images, 'dog', '1.wav'), 'one');
    writeFileSync(join(images, '.DS_Store'), 'hidden');
    writeFileSync(join(folder, 'secret'), 'secret');
    symlinkSync(join(folder, 'secret'), join(images, 'dog', 'out.jpg'));
    symlinkSync(join(images, 'gone'), join(images, 'dog', 'nothing.jpg'));
    const sums = (names: readonly string[]) =>
      execFileSync('sh', ['-c', `sha256sum ${names.join(' ')} | sha256sum | cut -c1-64`], {
        cwd: images,
        encoding: 'utf8',
      }).trim();

    const whole = await resolveSource(images);
    expect(whole).toMatchObject({ kind: 'folder', address: images, local: images, bytes: 9 });
    expect(whole.files.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['cat/10.jpg', 3],
      ['cat/2.jpg', 3],
      ['dog/1.wav', 3],
    ]);
    expect(whole.sha256).toBe(sums(['cat/10.jpg', 'cat/2.jpg', 'dog/1.wav']));
    expect(whole.leftOut.map(({ name, reason }) => [name, reason.en])).toEqual([
      ['dog/nothing.jpg', 'it is a link to nothing'],
      ['dog/out.jpg', 'it is a link to outside of the folder, which is not followed'],
    ]);
    const globbed = await resolveSource(join(images, 'c?t', '*.jpg'));
    expect(globbed).toMatchObject({ kind: 'glob', sha256: sums(['cat/10.jpg', 'cat/2.jpg']) });
    expect(await resolveSource(`${join(images, 'cat', '2.jpg')}#x`)).toMatchObject({
      kind: 'file',
      local: `${join(images, 'cat', '2.jpg')}#x`,
      files: [{ name: '2.jpg' }],
    });
  });

  it('notices files that change, come or go afterwards', async () => {
    const file = (name: string) => join(folder, name);
    for (const name of ['a.csv', 'b.csv']) writeFileSync(file(name), 'x,y\n1,2\n');
    const resolved = await resolveSource(folder);
    const one = await resolveSource(file('b.csv'));
    await resolved.checkUnchanged();
    writeFileSync(file('c.csv'), 'x,y\n1,2\n');
    await expect(resolved.checkUnchanged()).rejects.toThrow(/files have come or gone/);
    rmSync(file('c.csv'));
    await resolved.checkUnchanged();
    await one.checkUnchanged();
    appendFileSync(file('b.csv'), '3,4\n');
    await expect(resolved.checkUnchanged()).rejects.toThrow(/b\.csv changed while it was in use/);
    rmSync(file('b.csv'));
    await expect(one.checkUnchanged()).rejects.toThrow(/b\.csv changed while it was in use/);
  });

  it('shows progress, and stops at once', async () => {
    for (const name of ['a', 'b', 'c']) writeFileSync(join(folder, name), Buffer.alloc(3 << 20));
    const seen: number[] = [];
    await resolveSource(folder, { onProgress: (done, total) => void seen.push(done / total) });
    expect(seen.at(-1)).toBe(1);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    const abort = new AbortController();
    const stopped = resolveSource(folder, {
      signal: abort.signal,
      onProgress: () => abort.abort(new Error('Ctrl-C')),
    });
    await expect(stopped).rejects.toThrow('Ctrl-C');
  });

  it('takes ten thousand files', async () => {
    for (let i = 0; i < 10_000; i++) writeFileSync(join(folder, `${i}`), String(i));
    const resolved = await resolveSource(folder);
    expect(resolved.files).toHaveLength(10_000);
  });

  it.each([
    ['nowhere.csv', /There is no file/],
    ['https://example.com/a.csv', /not read from https:\/\//],
    ['nowhere/*.csv', /There is no folder/],
  ])('names what %s lacks, in both languages', async (address, message) => {
    const error = await resolveSource(address).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toMatch(message);
    expect((error as UserError).localized.zh).toMatch(/\p{Script=Han}/u);
  });
});

describe('rows of a database as a file', () => {
  it('are read back to the same columns and cells, whatever they hold', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('\0', '').toWellFormed()),
      fc.constantFrom(
        '',
        ' x ',
        'a,"b"\n',
        '[[[[',
        '{'.repeat(300),
        '\uFFFD',
        '9007199254740993',
        '__proto__',
      ),
    );
    const table = fc
      .uniqueArray(
        fc.oneof(
          cell.map((text) => text.trim() || 'c'),
          fc.constantFrom('1', '0', '__proto__'),
        ),
        {
          minLength: 1,
          maxLength: 5,
        },
      )
      .chain((columns) =>
        fc.record({
          columns: fc.constant(columns),
          rows: fc.array(fc.array(cell, { minLength: columns.length, maxLength: columns.length }), {
            minLength: 1,
            maxLength: 8,
          }),
        }),
      );
    let count = 0;
    await fc.assert(
      fc.asyncProperty(table, async ({ columns, rows }) => {
        const path = join(folder, `${count++}.jsonl`);
        async function* batches() {
          yield { rows: rows.map((fields, i) => ({ fields, line: i + 1 })), done: rows.length };
        }
        await writeRows({ format: 'postgres', name: 'p', columns, total: 0, batches: batches() }, path);
        const read = await readTable(path);
        expect(read.columns).toEqual(columns);
        expect(read.rows).toEqual(rows);
      }),
      { numRuns: 200 },
    );
  });

  it('may be JSON Lines of arrays by anybody', async () => {
    const path = join(folder, 'lists.jsonl');
    writeFileSync(
      path,
      '["id","text","id"]\n[1,"good"]\n\n[2,"a",true,4]\n{"id":3}\n"too long"\n[3,null,{"a":1}]\n',
    );
    const table = await readTable(path);
    expect(table.columns).toEqual(['id', 'text', 'id (2)']);
    expect(table.rows).toEqual([
      ['1', 'good', ''],
      ['3', '', '{"a":1}'],
    ]);
    expect(table.setAside.rows.map(({ line, reason }) => [line, reason.en])).toEqual([
      [4, 'it has 4 columns; expected 3'],
      [5, 'it is not an array; expected ["cell", …]'],
      [6, 'a cell is longer than 100,000 characters'],
    ]);
  });
});

describe.skipIf(!postgresIsHere)('a Postgres source', () => {
  let postgres: TestPostgres;
  beforeAll(() => {
    postgres = startPostgres();
    postgres.sql(`
      CREATE TABLE reviews (id int8, "2" text, "1" text);
      INSERT INTO reviews SELECT i, 'text [' || i || '] {', NULLIF(i, 3)::text FROM generate_series(1, 5000) AS i;
      UPDATE reviews SET "2" = repeat('很', 200000) WHERE id = 7;
      CREATE ROLE reader LOGIN PASSWORD 'p-secret'; GRANT SELECT ON reviews TO reader;`);
  });
  afterAll(() => postgres.stop());

  it('is copied once, to rows that read back as the table does', async () => {
    const url = `${postgres.url('reader', 'p-secret')}#reviews`;
    const direct = await readTable(url);
    const directory = join(folder, 'copy');
    const resolved = await resolveSource(url, { directory });
    expect(resolved).toMatchObject({
      kind: 'postgres',
      address: 'postgres://localhost/postgres#reviews',
      files: [{ name: 'rows.jsonl' }],
    });
    const copy = await readTable(resolved.local);
    for (const key of ['columns', 'rows', 'numbers', 'rowsRead'] as const)
      expect(copy[key]).toEqual(direct[key]);
    expect(copy.setAside.rows.map(({ row, reason }) => ({ row, reason }))).toEqual(
      direct.setAside.rows.map(({ row, reason }) => ({ row, reason })),
    );
    for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
      if (name.endsWith('json'))
        expect(readFileSync(join(directory, name), 'utf8')).not.toContain('p-secret');
    postgres.sql('UPDATE reviews SET "2" = \'later\'');
    const again = await resolveSource(url, { directory });
    expect(again.sha256).toBe(resolved.sha256);
    await expect(
      resolveSource(postgres.url('reader', 'p-secret'), { directory, query: 'SELECT 1' }),
    ).rejects.toThrow(/holds a copy of postgres:\/\/localhost\/postgres#reviews/);
    const queried = await resolveSource(postgres.url('reader', 'p-secret'), {
      directory: join(folder, 'query'),
      query: 'SELECT id FROM reviews ORDER BY id LIMIT 2',
    });
    expect((await readTable(queried.local)).rows).toEqual([['1'], ['2']]);
  });

  it('that cannot be read leaves no copy that looks whole', async () => {
    const directory = join(folder, 'failed');
    await expect(
      resolveSource(postgres.url('reader', 'p-secret'), {
        directory,
        query: 'SELECT 1 / (id - 4000) FROM reviews',
      }),
    ).rejects.toThrow(/division by zero/);
    expect(readdirSync(directory)).toEqual([]);
    const abort = new AbortController();
    await expect(
      resolveSource(`${postgres.url('reader', 'p-secret')}#reviews`, {
        directory,
        signal: abort.signal,
        onProgress: () => abort.abort(new Error('Ctrl-C')),
      }),
    ).rejects.toThrow('Ctrl-C');
    expect(readdirSync(directory)).toEqual([]);
  });
});
