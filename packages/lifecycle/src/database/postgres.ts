/** Postgres, for several servers that share one state. The address may hold a password: no message repeats it. */
import { UserError } from '@gradus/base';
import { type Dialect, PostgresDialect } from 'kysely';
import pg from 'pg';

const MOST_CONNECTIONS = 10;
const CONNECT_WITHIN_MS = 10_000;

/** @throws UserError where the address is none, or nobody answers there. */
export async function postgresDialect(url: string): Promise<Dialect> {
  if (!/^postgres(?:ql)?:\/\//i.test(url)) {
    throw new UserError(
      'DATABASE_URL is no address of a Postgres database. Expected postgres://USER:PASSWORD@HOST/DATABASE; without DATABASE_URL, SQLite is used.',
    );
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
    // A connection that breaks is replaced, and whoever asks something over it is told; unheard, the event would end the process.
    // The pool hears of those that rest, and not of one lent to a transaction that asks nothing at that moment.
    pool.on('error', () => {});
    pool.on('connect', (client) => void client.on('error', () => {}));
    (await pool.connect()).release();
  } catch (error) {
    await pool?.end();
    const { code, message } = error as { code?: string; message: string };
    throw new UserError(
      `The Postgres database in DATABASE_URL cannot be reached (${code ?? message.split(url).join('…')}). Check that it runs, and its address, user and password.`,
      { cause: error },
    );
  }
  return new PostgresDialect({ pool });
}
