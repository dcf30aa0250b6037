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

/** Milliseconds: a statement that takes longer has met a database that is frozen or cut off. */
const PATIENCE = 600_000;

/**
 * Opens the database of a directory of runs, makes it if need be, and brings its schema up to date. The caller
 * destroys it.
 *
 * @param url Address of a Postgres database; by default the environment's DATABASE_URL.
 * @param patience Milliseconds that a statement may take in Postgres; SQLite has limits of its own.
 * @throws UserError where it cannot be opened. Queries throw DatabaseUnavailable or DatabaseBusy where it does not answer.
 */
export async function openDatabase(
  runs: string,
  url = process.env.DATABASE_URL,
  patience = PATIENCE,
): Promise<Database> {
  // What a database needs is a sixth of all modules; most commands open none.
  const { Kysely } = await import('kysely');
  if (!url) {
    const { sqliteDialect } = await import('./sqlite.ts');
    const database = new Kysely<Tables>({ dialect: await sqliteDialect(runs) });
    await migrated(database, () => migrate(database));
    return database;
  }
  const { lockMigrations, openPostgres, refusedByPooler } = await import('./postgres.ts');
  const { dialect, connections } = await openPostgres(url);
  const database = new Kysely<Tables>({ dialect });
  await migrated(database, async () => {
    try {
      await database.transaction().execute(async (transaction) => {
        await lockMigrations(transaction);
        await migrate(transaction);
      });
    } catch (error) {
      throw refusedByPooler(error) ?? error;
    }
  });
  connections.patience = patience;
  return database;
}

async function migrated(database: Database, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    await database.destroy();
    throw isNewer(error) ? new UserError(NEWER, { cause: error }) : error;
  }
}

async function migrate(database: Database): Promise<void> {
  const [{ Migrator }, { MIGRATIONS }] = await Promise.all([
    import('kysely/migration'),
    import('./migrations/index.ts'),
  ]);
  const migrator = new Migrator({
    db: database,
    provider: { getMigrations: async () => ({ ...MIGRATIONS }) },
  });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}
