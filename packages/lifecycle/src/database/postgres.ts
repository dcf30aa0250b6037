/**
 * Postgres, for several servers that share one state; PgBouncer may stand in front of it, and lend its connections by session or by
 * transaction. The address may hold a password: no message repeats it.
 */
import { setTimeout as after } from 'node:timers/promises';
import { UserError } from '@gradus/base';
import { PostgresAdapter, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { PostgresConnections, reasonOf } from './postgres-connections.ts';
import type { Database } from './tables.ts';

const MOST_CONNECTIONS = 10;
const CONNECT_WITHIN_MS = 10_000;

export interface OpenedPostgres {
  readonly dialect: PostgresDialect;
  readonly connections: PostgresConnections;
}

/** @throws UserError where the address is none, or nobody answers there. */
export async function openPostgres(url: string): Promise<OpenedPostgres> {
  if (!/^postgres(?:ql)?:\/\//i.test(url)) {
    throw new UserError({
      en: 'DATABASE_URL is no address of a Postgres database. Expected postgres://USER:PASSWORD@HOST/DATABASE; without DATABASE_URL, SQLite is used.',
      zh: 'DATABASE_URL 不是 Postgres 数据库地址。应为 postgres://USER:PASSWORD@HOST/DATABASE；不设置 DATABASE_URL 时使用 SQLite。',
    });
  }
  let pool: pg.Pool | undefined;
  try {
    pool = new pg.Pool({
      connectionString: url,
      max: MOST_CONNECTIONS,
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      keepAlive: true,
      // A program that has nothing else to do ends; it need not wait for connections that rest.
      allowExitOnIdle: true,
    });
    // A connection that breaks is replaced, and a query over it fails; without a listener the event would end the process.
    // The pool hears of those that rest, and not of one lent to a transaction that asks nothing at that moment.
    pool.on('error', () => {});
    pool.on('connect', (client) => void client.on('error', () => {}));
    const connections = new PostgresConnections(pool);
    await requireAnswer(connections);
    return { dialect: new Dialect({ pool: connections }), connections };
  } catch (error) {
    void pool?.end();
    const reason = reasonOf((error as Error).cause ?? error)
      .split(url)
      .join('…');
    throw new UserError(
      {
        en: `The Postgres database in DATABASE_URL cannot be reached (${reason}). Check that it runs, its address, user and password${atPooler(reason).en}.`,
        zh: `无法连接 DATABASE_URL 中的 Postgres 数据库（${reason}）。请检查其是否运行，以及地址、用户与密码${atPooler(reason).zh}。`,
      },
      { cause: error },
    );
  }
}

/** PgBouncer takes a connection though it has none to lend, and only then waits. */
async function requireAnswer(connections: PostgresConnections): Promise<void> {
  connections.patience = CONNECT_WITHIN_MS;
  const client = await connections.connect();
  try {
    await client.query('select 1', []);
  } finally {
    client.release();
  }
  connections.patience = Number.POSITIVE_INFINITY;
}

function atPooler(reason: string): { readonly en: string; readonly zh: string } {
  if (/unsupported startup parameter/i.test(reason)) {
    return {
      en: '; PgBouncer takes no such parameter: leave it out of the address, or name it in ignore_startup_parameters',
      zh: '；PgBouncer 不接受此参数：请从地址中删去，或加入 ignore_startup_parameters',
    };
  }
  if (!/no answer within|query_wait_timeout/.test(reason)) return { en: '', zh: '' };
  return {
    en: '; where PgBouncer with pool_mode=session is in front, all its connections may be lent: raise default_pool_size (20 a server and 10 for each open model are enough), or set pool_mode=transaction',
    zh: '；若前置 PgBouncer 使用 pool_mode=session，其连接可能已全部借出：请调大 default_pool_size（每台服务器 20、每个打开的模型 10 即足够），或改用 pool_mode=transaction',
  };
}

/** Drawn at random once: it is ours as long as no other program in this database draws the same. */
const MIGRATION_LOCK = 4_871_203_665_917n;
/** Milliseconds between two looks. */
const LOOK_AGAIN = 100;

/**
 * Waits until no other process migrates. The lock is the transaction's and goes with it: one of the session would stay with a
 * connection of PgBouncer that serves others next, and nobody could release it.
 */
export async function lockMigrations(transaction: Database): Promise<void> {
  for (;;) {
    const { rows } = await sql<{ free: boolean }>`
      select pg_try_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)}) as free`.execute(transaction);
    if (rows[0]!.free) return;
    await after(LOOK_AGAIN);
  }
}

class Dialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new Adapter();
  }
}

/** Kysely would lock the session; `lockMigrations` has locked already. */
class Adapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

/** @returns how to mend it where PgBouncer's mode takes no transactions, and undefined where that is not the reason */
export const refusedByPooler = (error: unknown): UserError | undefined =>
  /statement pooling/i.test(String(error))
    ? new UserError(
        {
          en: 'PgBouncer in front of the database in DATABASE_URL has pool_mode=statement, which takes no transactions. Set pool_mode=transaction or session for this database.',
          zh: 'DATABASE_URL 中数据库前的 PgBouncer 使用 pool_mode=statement，不支持事务。请为此数据库设置 pool_mode=transaction 或 session。',
        },
        { cause: error },
      )
    : undefined;
