import type { Kysely } from 'kysely';
import { JSON_COLUMN } from '../columns.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('traffic')
    .addColumn('model', 'text', (column) => column.primaryKey())
    .addColumn('traffic', JSON_COLUMN, (column) => column.notNull())
    .execute();
}
