import type { Database } from '@gradus/server';

/** Opens the database of a directory of runs for a command, and closes it after. */
export async function withDatabase<T>(
  out: string,
  work: (database: Database, server: typeof import('@gradus/server')) => Promise<T>,
): Promise<T> {
  const server = await import('@gradus/server');
  const database = await server.openDatabase(out);
  try {
    return await work(database, server);
  } finally {
    await database.destroy();
  }
}
