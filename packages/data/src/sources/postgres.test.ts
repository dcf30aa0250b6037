import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { profileTable, readTable, redactFile, streamTable } from '../index.ts';
import { openSource } from './formats.ts';
import { pgbouncerIsHere, postgresIsHere, startPostgres, type TestPostgres } from './testing/postgres.ts';

describe.skipIf(!postgresIsHere)('Postgres (needs /usr/lib/postgresql: apt-get install postgresql)', () => {
  let server: TestPostgres;
  beforeAll(() => {
    server = startPostgres();
    server.sql(`
      CREATE ROLE reader LOGIN PASSWORD 's3cret@#';
      CREATE TABLE orders (id bigint, total numeric(12,2), at timestamptz, "day" date, ok boolean, tags text[], info jsonb, raw bytea, f float4, note text, gone int);
      ALTER TABLE orders DROP COLUMN gone;
      INSERT INTO orders VALUES
        (9007199254740993, 12.50, '2024-03-05 06:07:08.5+08', '2024-03-05', true, '{a,"b c"}', '{"k": [1]}', '\\x0102', 0.1, '很好'),
        (2, NULL, NULL, NULL, false, NULL, NULL, NULL, 'NaN', repeat('x', 500000));
      CREATE SCHEMA other;
      CREATE TABLE other."we""ird" (n int, n2 int);
      INSERT INTO other."we""ird" SELECT i, i * 2 FROM generate_series(1, 30000) i;
      CREATE TABLE hidden (x int);
      CREATE FUNCTION sneaky() RETURNS int LANGUAGE plpgsql AS 'BEGIN INSERT INTO orders (id) VALUES (1); RETURN 1; END';
      GRANT SELECT ON orders TO reader; GRANT USAGE ON SCHEMA other TO reader; GRANT SELECT ON ALL TABLES IN SCHEMA other TO reader;
      ANALYZE;`);
  });
  afterAll(() => server?.stop());
  const url = (password = 's3cret%40%23') => server.url('reader', password);

  it('reads a table with every type as text of the one form, and sets aside cells too long', async () => {
    const table = await readTable(`${url()}&table=orders`);
    expect(table).toMatchObject({
      format: 'postgres',
      part: { name: 'orders', others: ['other.we"ird'] },
      columns: ['id', 'total', 'at', 'day', 'ok', 'tags', 'info', 'raw', 'f', 'note'],
      rows: [
        [
          '9007199254740993',
          '12.50',
          '2024-03-04T22:07:08.5Z',
          '2024-03-05',
          'true',
          '["a","b c"]',
          '{"k": [1]}',
          '(2 bytes)',
          '0.1',
          '很好',
        ],
      ],
      setAside: {
        count: 1,
        rows: [
          {
            row: 2,
            line: 2,
            reason: { en: expect.stringContaining('longer than 100,000'), zh: expect.any(String) },
          },
        ],
      },
    });
  });

  it('streams a table of another schema, samples it evenly, and shows how far it is', async () => {
    const progress: [number, number][] = [];
    const table = await readTable(`${url()}#other.we"ird`, {
      maxRows: 3000,
      onProgress: (done, total) => progress.push([done, total]),
    });
    expect(table).toMatchObject({ rowsRead: 30_000, sampled: true, columns: ['n', 'n2'] });
    expect(table.rows.length).toBeGreaterThan(1500);
    for (const [n, n2] of table.rows) expect(Number(n2)).toBe(2 * Number(n));
    expect(progress.at(-1)).toEqual([30_000, 30_000]);
    expect(progress.length).toBeGreaterThan(5);
  });

  it('reads the rows of a query, and only reads', async () => {
    const query = 'SELECT day AS "the day", count(*) FROM orders GROUP BY 1 ORDER BY 1 -- by day';
    expect(await readTable(url(), { query })).toMatchObject({
      columns: ['the day', 'count'],
      rows: [
        ['2024-03-05', '1'],
        ['', '1'],
      ],
    });
    const admin = server.url('gradus', 'none');
    for (const [bad, message] of [
      ['DELETE FROM orders RETURNING *', /syntax error/],
      ['SELECT sneaky()', /read-only transaction.*Only queries that read/],
      ['SELECT 1) AS query LIMIT 0; COMMIT; DROP TABLE orders; SELECT (1', /multiple commands/],
      ['WITH gone AS (DELETE FROM orders RETURNING *) SELECT * FROM gone', /data-modifying|read-only/],
      ['SELECT nothing FROM orders', /does not exist/],
    ] as const) {
      await expect(readTable(admin, { query: bad }), bad).rejects.toThrow(message);
    }
    expect((await readTable(`${admin}#orders`)).rowsRead).toBe(2);
  });

  it('says what is wrong, and never shows the password', async () => {
    await expect(readTable(url())).rejects.toThrow(/2 tables: say which.*"other.we"ird", "orders"/);
    await expect(readTable(`${url()}#hidden`)).rejects.toThrow(/no table "hidden"/);
    for (const address of [
      server.url('nobody', 'p4ssw0rd'),
      server.url('reader', 'p4ssw0rd'),
      'postgres://nobody:p4ssw0rd@localhost:1/db#t',
      'postgres://nobody:p4ssw0rd@no such host/db',
      'postgres://nobody:p4ssw0rd@localhost:port/db',
      `${server.url('nobody', '')}&password=p4ssw0rd`,
    ]) {
      const error = await readTable(address).then(
        () => undefined,
        (error: unknown) => error as Error,
      );
      expect(error?.name).toBe('UserError');
      expect(`${error!.message} ${error!.stack} ${JSON.stringify(error)}`).not.toContain('p4ssw0rd');
    }
  });

  it('is stopped by a signal', async () => {
    const started = performance.now();
    const query = 'SELECT pg_sleep(30)';
    await expect(readTable(url(), { query, signal: AbortSignal.timeout(500) })).rejects.toThrow(/timeout/);
    expect(performance.now() - started).toBeLessThan(5000);
    // Nor does the server go on.
    const running =
      "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND application_name = 'gradus' AND pid <> pg_backend_pid()";
    await expect
      .poll(async () => (await readTable(server.url('gradus', ''), { query: running })).rows[0], {
        timeout: 10_000,
      })
      .toEqual(['0']);
  });

  const sessions = () =>
    server.ask(
      "SELECT state FROM pg_stat_activity WHERE application_name = 'gradus' AND pid <> pg_backend_pid()",
    );
  const table = () => `${server.url('gradus', '')}#other.we"ird`;

  it.each<[string, () => Promise<unknown>]>([
    ['read', () => readTable(table())],
    ['profiled', () => profileTable(table())],
    [
      'left in the middle',
      async () => {
        for await (const { rows } of streamTable(table())) if (rows.length > 0) break;
      },
    ],
    [
      'opened only',
      async () => {
        await using _ = await openSource(table(), {});
      },
    ],
    [
      'given a report that cannot be written',
      () => readTable(table(), { exportSetAside: '/no/such/folder/x' }),
    ],
    ['redacted to a place that is not there', () => redactFile(table(), '/no/such/folder/x.csv')],
    ['asked for a table that is not there', () => readTable(`${server.url('gradus', '')}#nothing`)],
    ['asked for a column that is not there', () => profileTable(table(), { target: 'nothing' })],
  ])('leaves no session open where it is %s', async (_, read) => {
    await read().catch((error: unknown) => expect((error as Error).name).toBe('UserError'));
    await expect.poll(sessions, { timeout: 5000 }).toBe('');
  });

  it.skipIf(!pgbouncerIsHere).each(['session', 'transaction'] as const)(
    'reads through PgBouncer in %s mode, and leaves the connection free (needs apt-get install pgbouncer)',
    async (mode) => {
      const pool = await server.pool(mode);
      try {
        const address = `${pool.url}#other.we"ird`;
        // The pool has one connection: a second reading waits for ever where the first keeps it.
        for (let i = 0; i < 3; i++) expect(await readTable(address)).toMatchObject({ rowsRead: 30_000 });
        expect((await profileTable(address)).rows.count).toBe(30_000);
        for await (const { rows } of streamTable(address)) if (rows.length > 0) break;
        expect(await readTable(pool.url, { query: 'SELECT 1 AS one' })).toMatchObject({ rows: [['1']] });
        expect(
          server.ask("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"),
        ).toBe('0');
      } finally {
        pool.stop();
      }
    },
  );

  it.skipIf(!pgbouncerIsHere)('says what to do where PgBouncer takes no transactions', async () => {
    const pool = await server.pool('statement');
    try {
      await expect(readTable(`${pool.url}#orders`)).rejects.toThrow(/pool_mode/);
    } finally {
      pool.stop();
    }
  });
});
