import type { Database } from '@gradus/lifecycle';

/** Opens the database of a directory of runs for a command, and closes it after. */
export async function withDatabase<T>(
  out: string,
  work: (database: Database, server: typeof import('@gradus/lifecycle')) => Promise<T>,
): Promise<T> {
  const server = await import('@gradus/lifecycle');
  const database = await server.openDatabase(out);
  try {
    return await work(database, server);
  } finally {
    await database.destroy();
  }
}
