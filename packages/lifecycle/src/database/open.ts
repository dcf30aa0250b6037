/**
 * The server's database: only what files cannot hold, because several processes write it at once. Runs are files;
 * corrections, the registry of models and decisions about what serves are here.
 *
 * SQLite, in `<runs>/gradus.db`, unless DATABASE_URL names a Postgres database. Queries and schema are the same.
 */
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { MIGRATIONS } from './migrations/index.ts';
import { postgresDialect } from './postgres.ts';
import { sqliteDialect } from './sqlite.ts';
import type { Database, Tables } from './tables.ts';

/**
 * Opens the database of a directory of runs, makes it if need be, and brings its schema up to date. The caller
 * destroys it.
 *
 * @param url Address of a Postgres database; by default the environment's DATABASE_URL.
 * @throws UserError where it cannot be opened.
 */
export async function openDatabase(runs: string, url = process.env.DATABASE_URL): Promise<Database> {
  const database = new Kysely<Tables>({ dialect: url ? await postgresDialect(url) : sqliteDialect(runs) });
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
