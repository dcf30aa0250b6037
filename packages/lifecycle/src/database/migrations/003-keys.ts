import type { Kysely } from 'kysely';
import { countedKey, JSON_COLUMN, TIME_COLUMN } from '../columns.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('keys')
    .addColumn('id', 'integer', countedKey(db))
    .addColumn('name', 'text', (column) => column.notNull().unique())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('scopes', JSON_COLUMN, (column) => column.notNull())
    .addColumn('rate', 'double precision')
    .addColumn('createdAt', TIME_COLUMN, (column) => column.notNull())
    .addColumn('revokedAt', TIME_COLUMN)
    .execute();
}
