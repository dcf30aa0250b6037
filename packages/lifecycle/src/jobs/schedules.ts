/** Schedules: every so many seconds a new job. */
import { UserError } from '@gradus/base';
import type { Database } from '../database/tables.ts';
import { NotFound } from '../errors.ts';
import { after, enqueue } from './queue.ts';

export interface Schedule {
  readonly name: string;
  readonly kind: string;
  readonly payload: unknown;
  /** As `NewJob.about`: jobs do not pile up where one takes longer than the interval. */
  readonly about?: string | null;
  readonly everySeconds: number;
}

/** Seconds. */
export const SHORTEST = 60;

/** @throws UserError where the name would not fit into an address */
export function requireScheduleName(name: string): string {
  if (/^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,199}$/u.test(name)) return name;
  const shown = name.slice(0, 200);
  throw new UserError({
    en: `"${shown}" cannot be a schedule's name. Expected at most 200 letters, digits, ".", "_" or "-", beginning with a letter or digit.`,
    zh: `“${shown}”不能用作计划名称。应为最多 200 个字母、数字、“.”、“_”或“-”，且以字母或数字开头。`,
  });
}

/** Replaces the schedule of this name, if there is one. @throws UserError where the interval is too short */
export async function setSchedule(
  database: Database,
  { name, kind, payload, about = null, everySeconds }: Schedule,
): Promise<void> {
  if (!Number.isInteger(everySeconds) || everySeconds < SHORTEST) {
    throw new UserError({
      en: `The schedule "${name}" would run every ${everySeconds} s. Expected at least ${SHORTEST}.`,
      zh: `计划“${name}”每 ${everySeconds} 秒一次。至少应为 ${SHORTEST} 秒。`,
    });
  }
  const row = { kind, payload: JSON.stringify(payload), about, everySeconds, nextAt: after(everySeconds) };
  await database
    .insertInto('schedules')
    .values({ name, ...row })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

export async function removeSchedule(database: Database, name: string): Promise<void> {
  const { numDeletedRows } = await database
    .deleteFrom('schedules')
    .where('name', '=', name)
    .executeTakeFirst();
  if (numDeletedRows === 0n) throw noSchedule(name);
}

const noSchedule = (name: string): NotFound =>
  new NotFound({ en: `There is no schedule "${name}".`, zh: `没有名为“${name}”的计划。` });

/** @throws NotFound where there is none of this name */
export async function findSchedule(
  database: Database,
  name: string,
): Promise<Schedule & { readonly nextAt: string }> {
  const found = (await listSchedules(database)).find((schedule) => schedule.name === name);
  if (!found) throw noSchedule(name);
  return found;
}

export async function listSchedules(database: Database): Promise<(Schedule & { readonly nextAt: string })[]> {
  const rows = await database.selectFrom('schedules').selectAll().orderBy('name').execute();
  return rows.map((row) => ({ ...row, payload: JSON.parse(row.payload) as unknown }));
}

/** Makes jobs of the schedules that are due; of several workers one does. */
export async function enqueueDue(database: Database): Promise<void> {
  const all = await database.selectFrom('schedules').selectAll().execute();
  // One whose next time is further away than its interval was set by a clock that has been set back since.
  const due = all.filter(
    ({ nextAt, everySeconds }) => nextAt <= after(0) || nextAt > after(everySeconds + SHORTEST),
  );
  for (const { name, kind, payload, about, everySeconds, nextAt } of due) {
    await database.transaction().execute(async (transaction) => {
      const { numUpdatedRows } = await transaction
        .updateTable('schedules')
        .set({ nextAt: after(everySeconds) })
        .where('name', '=', name)
        .where('nextAt', '=', nextAt)
        .executeTakeFirst();
      if (numUpdatedRows > 0n) {
        await enqueue(transaction, {
          kind,
          payload: JSON.parse(payload) as unknown,
          ...(about !== null && { about }),
          by: `schedule ${name}`,
        });
      }
    });
  }
}
