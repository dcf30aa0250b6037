/**
 * The server's database: only what files cannot hold, because several processes write it at once. Runs are files;
 * corrections and decisions about which run serves are here, in `<runs>/gradus.db`.
 *
 * SQLite in WAL mode: readers and one writer work at the same time, from several processes.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '@gradus/engine';
import Sqlite from 'better-sqlite3';
import { type Generated, Kysely, SqliteDialect } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';

export interface Tables {
  corrections: {
    id: Generated<number>;
    lineage: string;
    /** JSON, as the recipe's correction schema has it. */
    correction: string;
    /** Where it came from: a file's name, or `http`. */
    source: string;
    at: string;
  };
  /** Every comparison of a challenger with the champion. */
  comparisons: {
    id: Generated<number>;
    lineage: string;
    champion: string;
    challenger: string;
    promoted: 0 | 1;
    /** The highest id among the corrections that the challenger learnt from. */
    lastCorrection: number;
    /** JSON of the recipe's verdict. */
    verdict: string;
    at: string;
  };
}

export type Database = Kysely<Tables>;

const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '001-corrections-and-comparisons': {
    up: async (db: Kysely<unknown>) => {
      await db.schema
        .createTable('corrections')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('lineage', 'text', (column) => column.notNull())
        .addColumn('correction', 'text', (column) => column.notNull())
        .addColumn('source', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('comparisons')
        .addColumn('id', 'integer', (column) => column.primaryKey().autoIncrement())
        .addColumn('lineage', 'text', (column) => column.notNull())
        .addColumn('champion', 'text', (column) => column.notNull())
        .addColumn('challenger', 'text', (column) => column.notNull())
        .addColumn('promoted', 'integer', (column) => column.notNull())
        .addColumn('lastCorrection', 'integer', (column) => column.notNull())
        .addColumn('verdict', 'text', (column) => column.notNull())
        .addColumn('at', 'text', (column) => column.notNull())
        .execute();
      await db.schema.createIndex('corrections_lineage').on('corrections').column('lineage').execute();
      await db.schema.createIndex('comparisons_lineage').on('comparisons').column('lineage').execute();
    },
  },
};

/** How long a writer waits for another before it gives up. */
const BUSY_MS = 10_000;

/** Opens, and if need be makes, the database of a directory of runs. The caller destroys it. */
export async function openDatabase(runs: string): Promise<Database> {
  let sqlite: Sqlite.Database;
  try {
    mkdirSync(runs, { recursive: true });
    sqlite = new Sqlite(join(runs, 'gradus.db'), { timeout: BUSY_MS });
    sqlite.pragma('journal_mode = WAL');
  } catch (error) {
    throw new UserError(`${join(runs, 'gradus.db')} cannot be opened: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  const database = new Kysely<Tables>({ dialect: new SqliteDialect({ database: sqlite }) });
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    await database.destroy();
    throw error;
  }
  return database;
}
