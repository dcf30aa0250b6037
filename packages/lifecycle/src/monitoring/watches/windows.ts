/**
 * Windows in the database. A window is recorded once, whichever server watches, and in the same transaction as the alert
 * that it raises; so a crash leaves both or neither.
 */

import type { Transaction } from 'kysely';

import type { Database, Tables } from '../../database/tables.ts';
import { alert } from '../alerts/webhooks.ts';
import type { WatchWindow, WindowKind } from '../window.ts';

type Row = Tables['watchWindows'];

/** Milliseconds after which an alarm that lasts is notified again. */
const REMIND_AFTER = 3600_000;

export async function lastWindow(
  database: Database,
  { kind, model, version }: Pick<WatchWindow, 'kind' | 'model' | 'version'>,
): Promise<Row | undefined> {
  return database
    .selectFrom('watchWindows')
    .selectAll()
    .where('kind', '=', kind)
    .where('model', '=', model)
    .where('version', '=', version)
    .orderBy('window', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/**
 * @param alarmed Runs in the same transaction when an alarm is notified
 * @returns false where another server has recorded this window already
 */
export async function recordWindow(
  database: Database,
  window: WatchWindow,
  alarmed?: (transaction: Transaction<Tables>) => Promise<void>,
): Promise<boolean> {
  const before = await lastWindow(database, window);
  if (before && before.window >= window.window) return false;
  const now = new Date();
  const since = before?.alarm ? before.alertedAt : null;
  const ago = since === null ? Number.POSITIVE_INFINITY : now.getTime() - Date.parse(since);
  // An alarm of the future was notified by a clock that has been set back since.
  const known = ago >= 0 && ago < REMIND_AFTER;
  const notify = window.alarm && !known;
  return database.transaction().execute(async (transaction) => {
    const made = await transaction
      .insertInto('watchWindows')
      .values({
        ...window,
        alarm: window.alarm ? 1 : 0,
        alertedAt: !window.alarm ? null : known ? since : now.toISOString(),
        report: JSON.stringify(window.report),
      })
      .onConflict((conflict) => conflict.columns(['kind', 'model', 'version', 'window']).doNothing())
      .returning('window')
      .executeTakeFirst();
    if (!made) return false;
    if (notify) {
      await alert(transaction, window);
      await alarmed?.(transaction);
    }
    return true;
  });
}

/** The latest first. */
export async function windowsOf<K extends WindowKind>(
  database: Database,
  { kind, model, limit = 200 }: { kind: K; model: string; limit?: number },
): Promise<WatchWindow<K>[]> {
  const rows = await database
    .selectFrom('watchWindows')
    .selectAll()
    .where('kind', '=', kind)
    .where('model', '=', model)
    .orderBy('endedAt', 'desc')
    .limit(limit)
    .execute();
  return rows.map((row) => windowOf<K>(row));
}

/** A window's kind determines the type of its report. */
function windowOf<K extends WindowKind>({ alarm, report, ...row }: Row): WatchWindow<K> {
  const window: unknown = { ...row, alarm: alarm === 1, report: JSON.parse(report) };
  return window as WatchWindow<K>;
}
