import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { addCorrections, correctionsOf } from '../iteration/feedback.ts';
import { onBothDatabases } from '../testing/databases.ts';
import { openDatabase } from './open.ts';

const program = join(import.meta.dirname, '..', 'testing', 'open-once.ts');

onBothDatabases((place) => {
  it('keeps what is written, in order, through closing and opening', async () => {
    const where = await place();
    const before = await openDatabase(...where);
    await addCorrections(before, 'a', [{ text: '很好 👍 \u0000' }, 2], 'file.csv');
    await addCorrections(before, 'b', ['other'], 'http');
    await before.destroy();
    const after = await openDatabase(...where);
    expect(await correctionsOf(after, 'a')).toEqual([
      { id: 1, correction: { text: '很好 👍 \u0000' } },
      { id: 2, correction: 2 },
    ]);
    await after.destroy();
  });

  it('undoes all of a transaction that fails', async () => {
    const database = await openDatabase(...(await place()));
    const failing = database.transaction().execute(async (transaction) => {
      await sql`insert into corrections (lineage, correction, source, at) values ('a', '1', 's', 't')`.execute(
        transaction,
      );
      throw new Error('on purpose');
    });
    await expect(failing).rejects.toThrow('on purpose');
    expect(await correctionsOf(database, 'a')).toEqual([]);
    await database.destroy();
  });

  it('outlives a connection that breaks in the midst of a transaction', async () => {
    const where = await place();
    // SQLite has no connections.
    if (where[1] === '') return;
    const database = await openDatabase(...where);
    const breaking = database.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
      await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(database);
      // Nobody is asking anything when the connection ends.
      await new Promise((resolve) => setTimeout(resolve, 200));
      await sql`select 1`.execute(transaction);
    });
    await expect(breaking).rejects.toThrow();
    expect(await correctionsOf(database, 'a')).toEqual([]);
    await database.destroy();
  });

  it('comes up for several processes that make it at the same time', async () => {
    const where = await place();
    const started = Array.from({ length: 4 }, () =>
      promisify(execFile)(process.execPath, [program, ...where]),
    );
    await Promise.all(started);
    const database = await openDatabase(...where);
    expect(await correctionsOf(database, 'first')).toHaveLength(4);
    await database.destroy();
  });
});

describe('a database of a newer version', () => {
  it('is refused, and left as it is', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'gradus-newer-'));
    const database = await openDatabase(directory, '');
    await sql`insert into kysely_migration (name, timestamp) values ('999-of-tomorrow', '2100-01-01')`.execute(
      database,
    );
    await database.destroy();
    await expect(openDatabase(directory, '')).rejects.toThrow(/newer version of Gradus/);
    rmSync(directory, { recursive: true });
  });
});

describe('a database that cannot be opened', () => {
  it('is refused with the reason, and without the password', async () => {
    await expect(openDatabase('.', 'mysql://root@localhost/x')).rejects.toThrow(/postgres:\/\/USER/);
    const directory = mkdtempSync(join(tmpdir(), 'gradus-none-'));
    const error = await openDatabase('.', `postgres://me:secret@localhost/x?host=${directory}`).catch(
      (reason: Error) => reason,
    );
    expect(error).toMatchObject({ message: expect.stringMatching(/cannot be reached \(ENOENT\)/) });
    expect((error as Error).message).not.toContain('secret');
    await expect(openDatabase('/dev/null/runs', '')).rejects.toThrow(/gradus.db cannot be opened/);
    rmSync(directory, { recursive: true });
  });
});
