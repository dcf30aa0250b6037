/** PgBouncer in front of the database: a server's state works through it, whether it lends its connections by session or by transaction. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addCorrections, correctionsOf } from '../iteration/feedback.ts';
import { claim, enqueue, finish } from '../jobs/queue.ts';
import { type PostgresServer, pgbouncerIsHere, startPostgres } from '../testing/databases.ts';
import { openDatabase } from './open.ts';

const program = join(import.meta.dirname, '..', 'testing', 'open-once.ts');

describe.skipIf(!pgbouncerIsHere)('PgBouncer (needs apt-get install postgresql pgbouncer)', () => {
  let server: PostgresServer;
  let runs: string;
  beforeAll(() => {
    server = startPostgres();
    runs = mkdtempSync(join(tmpdir(), 'gradus-pgbouncer-'));
  });
  afterAll(() => {
    server?.stop();
    rmSync(runs, { recursive: true, force: true });
  });
  const ask = async (database: string, text: string): Promise<Record<string, unknown>[]> => {
    const client = new pg.Client(server.url(database));
    await client.connect();
    const { rows } = await client.query(text);
    await client.end();
    return rows;
  };

  it.each([
    // In transaction mode even a single connection does for all.
    ['transaction', 1],
    ['transaction', 3],
    ['session', 50],
  ] as const)(
    'in %s mode with %i connections: several processes make the database, correct, and take jobs',
    async (mode, size) => {
      const name = `${mode}${size}`;
      await ask('postgres', `create database ${name}`);
      const pooler = await server.pooled(mode, size);
      try {
        const url = pooler.url(name);
        await Promise.all(
          Array.from({ length: 3 }, () => promisify(execFile)(process.execPath, [program, runs, url])),
        );
        const [one, two] = await Promise.all([openDatabase(runs, url), openDatabase(runs, url)]);
        expect(await correctionsOf(one, 'first')).toHaveLength(3);
        // No lock stays with a connection that others get.
        expect(await ask(name, "select pid from pg_locks where locktype = 'advisory'")).toEqual([]);

        const writers = Array.from({ length: 20 }, (_, i) =>
          addCorrections(i % 2 === 0 ? one : two, 'many', [{ i }], 'http'),
        );
        await Promise.all(writers);
        expect(await correctionsOf(two, 'many')).toHaveLength(20);

        const ids = await Promise.all(
          Array.from({ length: 10 }, (_, i) => enqueue(one, { kind: 'k', payload: i, by: 'b' })),
        );
        const claimed = await Promise.all(ids.map((_, i) => claim(i % 2 === 0 ? one : two, `w${i}`)));
        const taken = claimed.flatMap((job) => job?.id ?? []);
        expect(new Set(taken).size).toBe(taken.length);
        await Promise.all(
          claimed.map((job, i) => job && finish(one, job.id, `w${i}`, { state: 'done', result: i })),
        );
        expect(
          await ask(name, "select pid from pg_stat_activity where state like 'idle in transaction%'"),
        ).toEqual([]);
        await Promise.all([one.destroy(), two.destroy()]);
      } finally {
        pooler.stop();
      }
    },
    60_000,
  );

  it('refuses a mode without transactions at the start, and says which to set', async () => {
    const pooler = await server.pooled('statement', 5);
    try {
      await expect(openDatabase(runs, pooler.url('postgres'))).rejects.toThrow(
        /pool_mode=transaction or session/,
      );
    } finally {
      pooler.stop();
    }
  });

  it('refuses a pool whose sessions are all lent, and says how many it takes', async () => {
    const pooler = await server.pooled('session', 1);
    const other = new pg.Client(pooler.url('postgres'));
    try {
      await other.connect();
      await other.query('select 1');
      await expect(openDatabase(runs, pooler.url('postgres'))).rejects.toThrow(
        /no answer within 10 s.*default_pool_size.*pool_mode=transaction/,
      );
    } finally {
      await other.end();
      pooler.stop();
    }
  }, 30_000);

  it('refuses parameters that PgBouncer does not take, and says where to allow them', async () => {
    const pooler = await server.pooled('transaction', 2);
    try {
      await expect(openDatabase(runs, `${pooler.url('postgres')}&statement_timeout=5000`)).rejects.toThrow(
        /unsupported startup parameter.*ignore_startup_parameters/,
      );
    } finally {
      pooler.stop();
    }
  });
});
