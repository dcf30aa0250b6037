/**
 * Two handles on one SQLite file: one writes, one statement or transaction at a time; the other reads, which in WAL mode waits for
 * no writer. Where another program holds the lock (a backup, a database browser, another server), a statement is tried again
 * now and then, and nobody's thread stands still meanwhile: SQLite's own waiting (`busy_timeout`) sleeps in the thread that asks.
 */
import { setTimeout as after } from 'node:timers/promises';
import { UserError } from '@gradus/base';
import type Sqlite from 'better-sqlite3';
import type { CompiledQuery, DatabaseConnection, Driver, QueryResult } from 'kysely';

/** Another program has held the database's lock for too long. */
export class DatabaseBusy extends UserError {
  constructor(options?: ErrorOptions) {
    super(
      {
        en: 'The database is locked by another program: a backup or a database browser, say. Try again when it has let go.',
        zh: '数据库被其他程序锁定（例如备份程序或数据库浏览器）。请在其释放后重试。',
      },
      options,
    );
  }
}

/** Milliseconds: how long a statement waits for others before it gives up, and between two tries, at first and at most. */
export const PATIENCE = 10_000;
const [FIRST_PAUSE, LONGEST_PAUSE] = [1, 50];

const isBusy = (error: unknown): boolean =>
  /^SQLITE_(?:BUSY|LOCKED)/.test((error as { code?: string } | undefined)?.code ?? '');

/** @throws DatabaseBusy where the lock is held beyond the deadline (`performance.now()`) */
export async function whenFree<T>(work: () => T, deadline = performance.now() + PATIENCE): Promise<T> {
  for (let pause = FIRST_PAUSE; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error)) throw error;
      if (performance.now() >= deadline) throw new DatabaseBusy({ cause: error });
    }
    await after(pause);
  }
}

/** Statements that are kept ready. The log's differ by the number of rows they insert. */
const MOST_STATEMENTS = 200;

/** A handle with its statements kept: to make one takes about as long as to run it. */
class Handle {
  readonly #database: Sqlite.Database;
  readonly #statements = new Map<string, Sqlite.Statement>();

  constructor(database: Sqlite.Database) {
    this.#database = database;
  }

  prepare(text: string): Sqlite.Statement {
    const known = this.#statements.get(text);
    // One whose rows are being read cannot be run again before they are.
    if (known && !known.busy) return known;
    const statement = this.#database.prepare(text);
    if (this.#statements.size >= MOST_STATEMENTS) this.#statements.clear();
    this.#statements.set(text, statement);
    return statement;
  }

  run<R>({ sql, parameters }: CompiledQuery): QueryResult<R> {
    const statement = this.prepare(sql);
    if (statement.reader) return { rows: statement.all(parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(parameters);
    return { insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes), rows: [] };
  }

  exec(text: string): void {
    this.#database.exec(text);
  }

  close(): void {
    this.#database.close();
  }
}

export class SqliteFileDriver implements Driver {
  readonly #open: () => Promise<{ readonly writer: Sqlite.Database; readonly reader: Sqlite.Database }>;
  #writer!: Handle;
  #reader!: Handle;
  /** Ends when the last of those who write or wait to write is done. */
  #turn: Promise<void> = Promise.resolve();

  constructor(open: () => Promise<{ readonly writer: Sqlite.Database; readonly reader: Sqlite.Database }>) {
    this.#open = open;
  }

  async init(): Promise<void> {
    const { writer, reader } = await this.#open();
    this.#writer = new Handle(writer);
    this.#reader = new Handle(reader);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new Connection(this);
  }

  /**
   * Takes the write lock when the transaction begins, and waits for it there. One that began by reading could not wait: where
   * another process wrote in between, SQLite refuses it at once, for what it read is old.
   */
  async beginTransaction(connection: DatabaseConnection): Promise<void> {
    const deadline = performance.now() + PATIENCE;
    const release = await this.#writersTurn();
    try {
      await whenFree(() => this.#writer.exec('begin immediate'), deadline);
    } catch (error) {
      release();
      throw error;
    }
    (connection as Connection).release = release;
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    await whenFree(() => this.#writer.exec('commit'));
    this.#ended(connection);
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    try {
      this.#writer.exec('rollback');
    } finally {
      this.#ended(connection);
    }
  }

  #ended(connection: DatabaseConnection): void {
    const mine = connection as Connection;
    mine.release?.();
    mine.release = undefined;
  }

  async releaseConnection(): Promise<void> {}

  async destroy(): Promise<void> {
    this.#reader?.close();
    this.#writer?.close();
  }

  async execute<R>(query: CompiledQuery, isInTransaction: boolean): Promise<QueryResult<R>> {
    if (isInTransaction) return this.#writer.run<R>(query);
    const deadline = performance.now() + PATIENCE;
    if (await whenFree(() => isRead(this.#reader.prepare(query.sql)), deadline)) {
      return whenFree(() => this.#reader.run<R>(query), deadline);
    }
    const release = await this.#writersTurn();
    try {
      return await whenFree(() => this.#writer.run<R>(query), deadline);
    } finally {
      release();
    }
  }

  /** In the order in which they come. @returns what ends the turn */
  async #writersTurn(): Promise<() => void> {
    const before = this.#turn;
    let release!: () => void;
    this.#turn = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  }
}

/** A pragma may do anything, whatever it returns. */
const isRead = ({ readonly, source }: Sqlite.Statement & { readonly readonly?: boolean }): boolean =>
  readonly === true && !/^\s*pragma\b/i.test(source);

class Connection implements DatabaseConnection {
  readonly #driver: SqliteFileDriver;
  /** Ends the transaction's turn; undefined where there is none. */
  release: (() => void) | undefined;

  constructor(driver: SqliteFileDriver) {
    this.#driver = driver;
  }

  executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
    return this.#driver.execute<R>(query, this.release !== undefined);
  }

  // biome-ignore lint/correctness/useYield: SQLite's rows are all there at once
  async *streamQuery(): AsyncIterableIterator<never> {
    throw new Error('rows of SQLite are not streamed');
  }
}
