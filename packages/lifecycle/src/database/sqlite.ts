/**
 * SQLite in WAL mode: readers and one writer work at the same time, from several processes.
 *
 * A transaction takes the write lock when it begins (`begin immediate`), and waits for it there. One that began by
 * reading could not wait: where another process wrote in between, SQLite refuses it at once, for what it read is old.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/base';
import Sqlite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDialect,
  SqliteDriver,
  sql,
} from 'kysely';
import type { Database } from './tables.ts';

/** How long a writer waits for another before it gives up. */
const BUSY_MS = 10_000;

/**
 * Pages of the write-ahead log before whoever commits must move them into the file itself, and wait for the disk: 32 MB. A
 * server's watch moves them long before, beside the writers (`checkpoint`).
 */
const LARGEST_LOG = 8000;

/** Moves what can be moved from the write-ahead log into the file, without holding anybody up. Postgres does so by itself. */
export async function checkpoint(database: Database): Promise<void> {
  if (database.getExecutor().adapter instanceof SqliteAdapter) {
    await sql`pragma wal_checkpoint(passive)`.execute(database);
  }
}

/** @throws UserError where the directory or the file cannot be opened or made. */
export function sqliteDialect(runs: string): Dialect {
  const path = join(runs, 'gradus.db');
  try {
    mkdirSync(runs, { recursive: true });
    return new WaitingSqliteDialect(remembering(openFile(path)));
  } catch (error) {
    const { message } = error as Error;
    throw new UserError(
      { en: `${path} cannot be opened: ${message}.`, zh: `无法打开 ${path}：${message}。` },
      { cause: error },
    );
  }
}

function openFile(path: string): Sqlite.Database {
  const database = new Sqlite(path, { timeout: BUSY_MS });
  // The change to WAL is refused at once where another process is making it: that is no failure, but a reason to look again.
  for (const deadline = Date.now() + BUSY_MS; ; ) {
    try {
      database.pragma('journal_mode = WAL');
      database.pragma(`wal_autocheckpoint = ${LARGEST_LOG}`);
      return database;
    } catch (error) {
      if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY') && Date.now() < deadline) continue;
      database.close();
      throw error;
    }
  }
}

/** Statements that are kept ready. The log's differ by the number of rows they insert. */
const MOST_STATEMENTS = 200;

/** The database with its statements kept: to make one takes about as long as to run it. */
function remembering(database: Sqlite.Database): SqliteDatabase {
  const statements = new Map<string, Sqlite.Statement>();
  return {
    close: () => void database.close(),
    prepare: (text) => {
      const known = statements.get(text);
      // One whose rows are being read cannot be run again before they are.
      if (known && !known.busy) return known;
      const statement = database.prepare(text);
      if (statements.size >= MOST_STATEMENTS) statements.clear();
      statements.set(text, statement);
      return statement;
    },
  };
}

class WaitingSqliteDialect extends SqliteDialect {
  readonly #database: SqliteDatabase;

  constructor(database: SqliteDatabase) {
    super({ database });
    this.#database = database;
  }

  override createDriver(): SqliteDriver {
    return new WaitingSqliteDriver({ database: this.#database });
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalSqliteAdapter();
  }
}

class WaitingSqliteDriver extends SqliteDriver {
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/** Migrations run in one transaction, which the second of two processes waits for. */
class TransactionalSqliteAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
