/** Postgres, for several servers that share one state. The address may hold a password: no message repeats it. */
import { UserError } from '@gradus/base';
import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';

const MOST_CONNECTIONS = 10;
const CONNECT_WITHIN_MS = 10_000;

/** @throws UserError where the address is none, or nobody answers there. */
export async function postgresDialect(url: string): Promise<Dialect> {
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
      // A program that has nothing else to do ends; it need not wait for connections that rest.
      allowExitOnIdle: true,
    });
    // A connection that breaks is replaced, and a query over it fails; without a listener the event would end the process.
    // The pool hears of those that rest, and not of one lent to a transaction that asks nothing at that moment.
    pool.on('error', () => {});
    pool.on('connect', (client) => void client.on('error', () => {}));
    (await pool.connect()).release();
  } catch (error) {
    await pool?.end();
    const { code, message } = error as { code?: string; message: string };
    const reason = code ?? message.split(url).join('…');
    throw new UserError(
      {
        en: `The Postgres database in DATABASE_URL cannot be reached (${reason}). Check that it runs, and its address, user and password.`,
        zh: `无法连接 DATABASE_URL 中的 Postgres 数据库（${reason}）。请检查其是否运行，以及地址、用户与密码。`,
      },
      { cause: error },
    );
  }
  return new PostgresDialect({ pool });
}
