/**
 * SQLite in WAL mode: readers and one writer work at the same time, from several processes.
 *
 * A transaction takes the write lock when it begins (`begin immediate`), and waits for it there. One that began by
 * reading could not wait: where another process wrote in between, SQLite refuses it at once, for what it read is old.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/engine';
import Sqlite from 'better-sqlite3';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
} from 'kysely';

/** How long a writer waits for another before it gives up. */
const BUSY_MS = 10_000;

/** @throws UserError where the directory or the file cannot be opened or made. */
export function sqliteDialect(runs: string): Dialect {
  const path = join(runs, 'gradus.db');
  try {
    mkdirSync(runs, { recursive: true });
    return new WaitingSqliteDialect(openFile(path));
  } catch (error) {
    throw new UserError(`${path} cannot be opened: ${(error as Error).message}.`, { cause: error });
  }
}

function openFile(path: string): Sqlite.Database {
  const database = new Sqlite(path, { timeout: BUSY_MS });
  // The change to WAL is refused at once where another process is making it: that is no failure, but a reason to look again.
  for (const deadline = Date.now() + BUSY_MS; ; ) {
    try {
      database.pragma('journal_mode = WAL');
      return database;
    } catch (error) {
      if ((error as { code?: string }).code?.startsWith('SQLITE_BUSY') && Date.now() < deadline) continue;
      database.close();
      throw error;
    }
  }
}

class WaitingSqliteDialect extends SqliteDialect {
  readonly #database: Sqlite.Database;

  constructor(database: Sqlite.Database) {
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
