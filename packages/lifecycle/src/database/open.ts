/**
 * The server's database: only what files cannot hold, because several processes write it at once. Runs are files;
 * corrections, the registry of models and decisions about what serves are here.
 *
 * SQLite, in `<runs>/gradus.db`, unless DATABASE_URL names a Postgres database. Queries and schema are the same.
 */
import { UserError } from '@gradus/base';
import type { Database, Tables } from './tables.ts';

const NEWER = {
  en: 'The database was made by a newer version of Gradus, and this one would not understand it. Nothing was changed; update Gradus.',
  zh: '该数据库由更新版本的 Gradus 创建，当前版本无法识别。未作任何更改；请更新 Gradus。',
};

/** A migration that was done is not among those of this version. */
const isNewer = (error: unknown): boolean =>
  /previously executed migration .* is missing/.test(String(error));

/**
 * Opens the database of a directory of runs, makes it if need be, and brings its schema up to date. The caller
 * destroys it.
 *
 * @param url Address of a Postgres database; by default the environment's DATABASE_URL.
 * @throws UserError where it cannot be opened.
 */
export async function openDatabase(runs: string, url = process.env.DATABASE_URL): Promise<Database> {
  // What a database needs is a sixth of all modules; most commands open none.
  const [{ Kysely }, { Migrator }, { MIGRATIONS }] = await Promise.all([
    import('kysely'),
    import('kysely/migration'),
    import('./migrations/index.ts'),
  ]);
  const dialect = url
    ? await (await import('./postgres.ts')).postgresDialect(url)
    : await (await import('./sqlite.ts')).sqliteDialect(runs);
  const database = new Kysely<Tables>({ dialect });
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) {
    await database.destroy();
    throw isNewer(error) ? new UserError(NEWER, { cause: error }) : error;
  }
  return database;
}
