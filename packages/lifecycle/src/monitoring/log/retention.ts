/**
 * Forgets what is older than the log is kept, or more than it holds. In small steps, each a transaction of its own: whoever
 * writes meanwhile waits for one step at most.
 */
import { setTimeout as after } from 'node:timers/promises';
import type { Database } from '../../database/tables.ts';
import type { MonitoringOptions } from '../options.ts';
import { idAt } from './prediction-id.ts';

const DAY = 24 * 3600 * 1000;
const STEP = 500;
/** Milliseconds for others, between two steps. */
const PAUSE = 20;

/** @returns how many predictions were forgotten */
export async function forget(
  database: Database,
  { days, rows }: Pick<MonitoringOptions, 'days' | 'rows'>,
  now = Date.now(),
): Promise<number> {
  const before = now - days * DAY;
  const overflow = await database
    .selectFrom('predictions')
    .select('id')
    .orderBy('id', 'desc')
    .offset(rows)
    .limit(1)
    .executeTakeFirst();
  // All up to the first that is too many; no id is equal to a time alone.
  const last = overflow && overflow.id > idAt(before) ? overflow.id : idAt(before);
  let forgotten = 0;
  for (;;) {
    const ids = await database
      .selectFrom('predictions')
      .select('id')
      .where('id', '<=', last)
      .orderBy('id')
      .limit(STEP)
      .execute();
    if (ids.length === 0) break;
    const end = ids.at(-1)!.id;
    await database.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('predictions').where('id', '<=', end).execute();
      await transaction.deleteFrom('outcomes').where('prediction', '<=', end).execute();
    });
    forgotten += ids.length;
    await after(PAUSE);
  }
  const time = new Date(before).toISOString();
  await database.deleteFrom('trafficIntervals').where('at', '<', time).execute();
  await database.deleteFrom('watchWindows').where('endedAt', '<', time).execute();
  await database.deleteFrom('deliveries').where('finishedAt', '<', time).execute();
  return forgotten;
}
