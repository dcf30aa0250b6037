/** A database whose lock another program holds: whoever asks waits, and nobody else with them. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addCorrections, correctionsOf } from '../iteration/feedback.ts';
import { newPredictionId } from '../monitoring/log/prediction-id.ts';
import { PredictionLog } from '../monitoring/log/prediction-log.ts';
import { Metrics } from '../monitoring/metrics.ts';
import { MonitoringOptions } from '../monitoring/options.ts';
import { openDatabase } from './open.ts';
import { DatabaseBusy, whenFree } from './sqlite-driver.ts';
import type { Database } from './tables.ts';

let directory: string;
let database: Database;
let other: Sqlite.Database;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'gradus-locked-'));
  database = await openDatabase(directory, '');
  await addCorrections(database, 'a', ['before'], 'http');
  other = new Sqlite(join(directory, 'gradus.db'));
});
afterEach(async () => {
  other.close();
  await database.destroy();
  rmSync(directory, { recursive: true, force: true });
});

describe('while another program holds the lock', () => {
  it('reads go on, writes wait for it, and the thread does other things', async () => {
    other.exec('begin immediate');
    const writing = addCorrections(database, 'a', ['during'], 'http');
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    }, 10);
    for (let i = 0; i < 10; i++) {
      expect(await correctionsOf(database, 'a')).toHaveLength(1);
      await after(20);
    }
    expect(turns).toBeGreaterThan(3);
    other.exec('rollback');
    await writing;
    clearInterval(counting);
    expect((await correctionsOf(database, 'a')).map(({ correction }) => correction)).toEqual([
      'before',
      'during',
    ]);
  });

  it('a statement gives up at its deadline, and says who is in the way', async () => {
    other.exec('begin immediate');
    const second = new Sqlite(join(directory, 'gradus.db'), { timeout: 0 });
    const waiting = whenFree(() => second.exec('begin immediate'), performance.now() + 100);
    await expect(waiting).rejects.toBeInstanceOf(DatabaseBusy);
    await expect(waiting).rejects.toThrow(/locked by another program/);
    second.close();
    other.exec('rollback');
  });

  it('predictions are answered at once, and are in the log when it has let go', async () => {
    const log = new PredictionLog({
      database,
      model: 'm',
      options: MonitoringOptions.parse({}),
      redact: (text) => text,
      secret: 's',
      metrics: new Metrics(() => 0),
    });
    const add = () =>
      log.add({
        id: newPredictionId(),
        role: 'answer',
        version: { number: '1', run: { id: 'r' } },
        ms: 1,
        caller: 'owner',
        user: undefined,
        described: [],
      });
    expect(await add()).toBe(true);
    other.exec('begin immediate');
    expect(await add()).toBe(false);
    const started = performance.now();
    for (let i = 0; i < 20; i++) expect(await add()).toBe(false);
    expect(performance.now() - started).toBeLessThan(300);
    other.exec('rollback');
    await log.close();
    const { count } = await database
      .selectFrom('predictions')
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    expect(Number(count)).toBe(22);
  });
});

describe('transactions of one process', () => {
  it('come one after the other, and others see them whole', async () => {
    const insert = (name: string, fails = false) =>
      database.transaction().execute(async (transaction) => {
        for (let i = 0; i < 3; i++) {
          await sql`insert into corrections (lineage, correction, source, at) values (${name}, '1', 's', 't')`.execute(
            transaction,
          );
          await after(5);
        }
        if (fails) throw new Error('on purpose');
      });
    const work = Promise.allSettled([insert('x'), insert('y', true), insert('z')]);
    const seen = new Set<number>();
    for (let i = 0; i < 20; i++) {
      for (const name of ['x', 'y', 'z']) seen.add((await correctionsOf(database, name)).length);
      await after(3);
    }
    await work;
    expect([...seen].every((count) => count === 0 || count === 3)).toBe(true);
    expect(await correctionsOf(database, 'y')).toEqual([]);
    expect(await correctionsOf(database, 'z')).toHaveLength(3);
  });
});
