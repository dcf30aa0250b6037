/** SQLite in WAL mode: readers and one writer work at the same time, from several processes. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { UserError } from '@gradus/base';
import Sqlite from 'better-sqlite3';
import { type Dialect, SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler, sql } from 'kysely';
import { SqliteFileDriver, whenFree } from './sqlite-driver.ts';
import type { Database } from './tables.ts';

/**
 * Pages of the write-ahead log before whoever commits must move them into the file itself, and wait for the disk: 256 MB. A server's
 * watch moves them long before, beside the writers (`checkpoint`).
 */
const LARGEST_LOG = 64_000;
/** Pages from which on the log begins anew: 128 MB. */
const LONG_LOG = 32_000;
/** How often that is tried, and milliseconds between. */
const [TRIES, PAUSE] = [10, 1];

/**
 * Moves what can be moved from the write-ahead log into the file, without holding anybody up. Where somebody writes all the time, more
 * has come by then, and the log goes on growing: so a long one is begun anew, for which writers wait until the little that is left is
 * moved. Postgres does so by itself.
 */
export async function checkpoint(database: Database): Promise<void> {
  if (!(database.getExecutor().adapter instanceof SqliteAdapter)) return;
  const moved = async (how: 'passive' | 'restart') =>
    (await sql<{ busy: number; log: number }>`${sql.raw(`pragma wal_checkpoint(${how})`)}`.execute(database))
      .rows[0]!;
  if ((await moved('passive')).log < LONG_LOG) return;
  for (let tries = 0; tries < TRIES && (await moved('restart')).busy === 1; tries++) await after(PAUSE);
}

/** @throws UserError where the directory or the file cannot be opened or made. */
export async function sqliteDialect(runs: string): Promise<Dialect> {
  const handles = await openFile(runs);
  return {
    createDriver: () => new SqliteFileDriver(async () => handles),
    createAdapter: () => new FileAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (database) => new SqliteIntrospector(database),
  };
}

async function openFile(
  runs: string,
): Promise<{ readonly writer: Sqlite.Database; readonly reader: Sqlite.Database }> {
  const path = join(runs, 'gradus.db');
  let writer: Sqlite.Database | undefined;
  try {
    mkdirSync(runs, { recursive: true });
    // The driver waits by itself, and no thread with it.
    const opened = new Sqlite(path, { timeout: 0 });
    writer = opened;
    // The change to WAL is refused at once where another process is making it.
    await whenFree(() => opened.pragma('journal_mode = WAL'));
    opened.pragma(`wal_autocheckpoint = ${LARGEST_LOG}`);
    const reader = new Sqlite(path, { timeout: 0 });
    reader.pragma('query_only = on');
    return { writer: opened, reader };
  } catch (error) {
    writer?.close();
    if (error instanceof UserError) throw error;
    const { message } = error as Error;
    throw new UserError(
      { en: `${path} cannot be opened: ${message}.`, zh: `无法打开 ${path}：${message}。` },
      { cause: error },
    );
  }
}

/** The driver sees to it that one writes at a time. Migrations run in one transaction, which the second of two processes waits for. */
class FileAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }

  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}
