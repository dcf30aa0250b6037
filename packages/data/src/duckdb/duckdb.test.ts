import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDuckDb, sqlName } from '../index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gradus-duckdb-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const ENDLESS = 'SELECT count(*) AS n FROM range(10000000) a, range(10000000) b WHERE a.range + b.range = 1';
const scratchFolders = () => readdirSync(tmpdir()).filter((name) => /^gradus-duckdb-\w{6}$/.test(name));

describe('openDuckDb', () => {
  it('returns each type as a plain value', async () => {
    await using duckdb = await openDuckDb();
    const [row] = await duckdb.query(`SELECT
      7::BIGINT AS small, 9007199254740993 AS large, 170141183460469231731687303715884105727 AS huge,
      0.1::FLOAT AS f, 12.50::DECIMAL(10,2) AS d, 12345678901234567890.12::DECIMAL(30,2) AS wide,
      DATE '2024-02-29' AS date, TIMESTAMP '2024-02-29 23:59:59.5' AS time,
      TIMESTAMPTZ '2024-02-29 23:59:59+02' AS zoned, TIME '08:30:00' AS clock, TIMESTAMP_NS '2024-01-02 03:04:05.123456789' AS ns,
      true AS yes, NULL AS none, 'é中' AS text, 'ab'::BLOB AS bytes,
      [1, NULL, 3] AS list, {'a': DATE '2024-01-01', 'b': 2::HUGEINT} AS struct, MAP {'k': 1.5::DOUBLE} AS map,
      'b'::ENUM ('a', 'b') AS enum, UUID '00000000-0000-0000-0000-000000000001' AS uuid`);
    expect(row).toEqual({
      small: 7,
      large: 9007199254740993n,
      huge: 170141183460469231731687303715884105727n,
      f: 0.1,
      d: 12.5,
      wide: '12345678901234567890.12',
      date: '2024-02-29',
      time: '2024-02-29T23:59:59.5',
      zoned: '2024-02-29T21:59:59Z',
      clock: '08:30:00',
      ns: '2024-01-02T03:04:05.123456789',
      yes: true,
      none: null,
      text: 'é中',
      bytes: Buffer.from('ab'),
      list: [1, null, 3],
      struct: { a: '2024-01-01', b: 2 },
      map: [{ key: 'k', value: 1.5 }],
      enum: 'b',
      uuid: '00000000-0000-0000-0000-000000000001',
    });
  });

  it('streams in batches, several statements beside each other, and keeps tables between them', async () => {
    await using duckdb = await openDuckDb({ threads: 1 });
    await duckdb.query('CREATE TABLE n AS SELECT i, i % 7 AS "day of ""week""" FROM range(100000) r(i)');
    let sum = 0;
    let batches = 0;
    for await (const { columns, rows } of duckdb.stream('SELECT i FROM n WHERE i >= $1', [10])) {
      expect(columns).toEqual([{ name: 'i', type: 'BIGINT' }]);
      sum += rows.reduce((total, [i]) => total + (i as number), 0);
      batches += 1;
      if (batches === 2) {
        const name = sqlName('day of "week"');
        expect(await duckdb.query(`SELECT max(${name}) AS last FROM n`)).toEqual([{ last: 6 }]);
      }
    }
    expect(sum).toBe((99_999 * 100_000) / 2 - 45);
    expect(batches).toBeGreaterThan(40);
    for await (const { columns, rows } of duckdb.stream('SELECT i FROM n WHERE i < 0')) {
      expect([columns.length, rows.length]).toEqual([1, 0]);
    }
    for await (const { rows } of duckdb.stream('FROM n')) if (rows.length > 0) break;
    expect(await duckdb.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('reaches its own files and no others, and cannot be unlocked', async () => {
    const input = join(folder, 'in.csv');
    const output = join(folder, "o'ut.parquet");
    const secret = join(folder, 'secret.csv');
    writeFileSync(input, 'a,b\n1,x\n2,y\n');
    writeFileSync(secret, 'a\n1\n');
    {
      await using writer = await openDuckDb({ files: [input], outputs: [output] });
      await writer.query(`COPY (FROM read_csv('${input}')) TO '${output.replaceAll("'", "''")}'`);
    }
    await using duckdb = await openDuckDb({ files: [output] });
    expect(await duckdb.query('SELECT sum(a)::INT AS s FROM read_parquet(?)', [output])).toEqual([{ s: 3 }]);
    for (const sql of [
      `FROM read_csv('${secret}')`,
      `FROM read_text('/etc/passwd')`,
      `FROM glob('${folder}/*')`,
      `COPY (SELECT 1) TO '${join(folder, 'new.csv')}'`,
      `COPY (SELECT 1) TO '${output.replaceAll("'", "''")}'`,
      `ATTACH '${join(folder, 'new.db')}'`,
      `SET memory_limit = '64GiB'`,
      'SET enable_external_access = true',
      `SET allowed_paths = ['${secret}']`,
      'LOAD httpfs',
      'INSTALL httpfs',
      `FROM read_csv('https://example.com/x.csv')`,
    ]) {
      await expect(duckdb.query(sql), sql).rejects.toThrow(/^DuckDB: /);
    }
    expect(readdirSync(folder).sort()).toEqual(['in.csv', "o'ut.parquet", 'secret.csv']);
  });

  it('goes to disk beyond its memory, and removes what it wrote there', async () => {
    const before = scratchFolders();
    const duckdb = await openDuckDb({ memoryLimit: 100 * 2 ** 20, threads: 1 });
    const [row] = await duckdb.query(
      `SELECT count(*)::INT AS n FROM (SELECT hash(i) AS h, repeat('x', 20) || i AS t FROM range(4000000) r(i) ORDER BY h OFFSET 1)`,
    );
    expect(row).toEqual({ n: 3_999_999 });
    const made = scratchFolders().filter((name) => !before.includes(name));
    expect(made.length).toBeGreaterThan(0);
    await duckdb.close();
    await duckdb.close();
    expect(made.some((name) => existsSync(join(tmpdir(), name)))).toBe(false);
    await expect(duckdb.query('SELECT 1')).rejects.toThrow(/closed/);
  });

  it('runs out of memory without us, and says what to do', async () => {
    await using duckdb = await openDuckDb({ memoryLimit: 64 * 2 ** 20 });
    const tooMuch = duckdb.query('SELECT list(i) AS l FROM range(1000000000) r(i)');
    await expect(tooMuch).rejects.toThrow(UserError);
    await expect(tooMuch).rejects.toThrow(/ran out of memory.*fewer rows/s);
    expect(await duckdb.query('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  it('reports a killed process, as the system kills it where memory runs out', async () => {
    await using duckdb = await openDuckDb({ threads: 1 });
    const running = duckdb.query(ENDLESS);
    const [child] = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'duckdb/worker.ts'], {
      encoding: 'utf8',
    }).split('\n');
    setTimeout(() => process.kill(Number(child), 'SIGKILL'), 100);
    await expect(running).rejects.toThrow(UserError);
    await expect(running).rejects.toThrow(/process ended \(SIGKILL\).*fewer rows/);
    await expect(duckdb.query('SELECT 1')).rejects.toThrow(/process ended/);
  });

  it.each([
    ['/bin/false', /could not start \(code 1\)/],
    ['/no/such/node', /could not start \(.*ENOENT/],
  ])('does not blame memory where its process never started: %s', async (program, message) => {
    const { execPath } = process;
    process.execPath = program;
    try {
      const before = scratchFolders();
      const error = await openDuckDb().catch((error: unknown) => error);
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toMatch(message);
      expect((error as UserError).message).not.toMatch(/ran out/);
      expect(scratchFolders()).toEqual(before);
    } finally {
      process.execPath = execPath;
    }
  });

  it('says why its process could not start', async () => {
    const preload = join(folder, 'broken.cjs');
    writeFileSync(preload, `throw new Error("Cannot find module '@duckdb/node-bindings'")`);
    const program = join(folder, 'node.sh');
    writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' --require '${preload}' "$@"\n`, {
      mode: 0o755,
    });
    const { execPath } = process;
    process.execPath = program;
    try {
      await expect(openDuckDb()).rejects.toThrow(
        /could not start \(code 1: Error: Cannot find module '@duckdb\/node-bindings'\)/,
      );
    } finally {
      process.execPath = execPath;
    }
  });

  it('is ended by a signal', async () => {
    const abort = new AbortController();
    await using duckdb = await openDuckDb({ signal: abort.signal });
    const running = duckdb.query(ENDLESS);
    setTimeout(() => abort.abort(new Error('no longer wanted')), 200);
    await expect(running).rejects.toThrow('no longer wanted');
    await expect(openDuckDb({ signal: abort.signal })).rejects.toThrow('no longer wanted');
  });

  it('tells wrong SQL from wrong data', async () => {
    const path = join(folder, 'not.parquet');
    writeFileSync(path, 'PAR1 and nothing more');
    await using duckdb = await openDuckDb({ files: [path] });
    await expect(duckdb.query('SELEC 1')).rejects.not.toThrow(UserError);
    await expect(duckdb.query('FROM read_parquet(?)', [path])).rejects.toThrow(UserError);
  });
});
