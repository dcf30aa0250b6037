import type { Kysely } from 'kysely';
import { countedKey, FLAG_COLUMN, JSON_COLUMN, TIME_COLUMN } from '../columns.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('jobs')
    .addColumn('id', 'integer', countedKey(db))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('payload', JSON_COLUMN, (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('notBefore', TIME_COLUMN, (column) => column.notNull())
    .addColumn('worker', 'text')
    .addColumn('leaseUntil', TIME_COLUMN)
    .addColumn('cancelAsked', FLAG_COLUMN, (column) => column.notNull())
    .addColumn('progress', JSON_COLUMN)
    .addColumn('result', JSON_COLUMN)
    .addColumn('error', 'text')
    .addColumn('by', 'text', (column) => column.notNull())
    .addColumn('createdAt', TIME_COLUMN, (column) => column.notNull())
    .addColumn('startedAt', TIME_COLUMN)
    .addColumn('finishedAt', TIME_COLUMN)
    .execute();
  await db.schema.createIndex('jobs_state').on('jobs').columns(['state', 'notBefore']).execute();
  await db.schema
    .createTable('schedules')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('payload', JSON_COLUMN, (column) => column.notNull())
    .addColumn('everySeconds', 'integer', (column) => column.notNull())
    .addColumn('nextAt', TIME_COLUMN, (column) => column.notNull())
    .execute();
}
