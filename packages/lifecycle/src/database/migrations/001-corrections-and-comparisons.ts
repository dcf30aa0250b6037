import type { Kysely } from 'kysely';
import { countedKey, FLAG_COLUMN, JSON_COLUMN, TIME_COLUMN } from '../columns.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('corrections')
    .addColumn('id', 'integer', countedKey(db))
    .addColumn('lineage', 'text', (column) => column.notNull())
    .addColumn('correction', JSON_COLUMN, (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('at', TIME_COLUMN, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('comparisons')
    .addColumn('id', 'integer', countedKey(db))
    .addColumn('lineage', 'text', (column) => column.notNull())
    .addColumn('champion', 'text', (column) => column.notNull())
    .addColumn('challenger', 'text', (column) => column.notNull())
    .addColumn('promoted', FLAG_COLUMN, (column) => column.notNull())
    .addColumn('lastCorrection', 'integer', (column) => column.notNull())
    .addColumn('verdict', JSON_COLUMN, (column) => column.notNull())
    .addColumn('at', TIME_COLUMN, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('corrections_lineage').on('corrections').column('lineage').execute();
  await db.schema.createIndex('comparisons_lineage').on('comparisons').column('lineage').execute();
}
