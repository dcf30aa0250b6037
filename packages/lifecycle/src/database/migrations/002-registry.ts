import { type Kysely, sql } from 'kysely';
import { countedKey, JSON_COLUMN, TIME_COLUMN } from '../columns.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('models')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('recipe', 'text', (column) => column.notNull())
    .addColumn('versions', 'integer', (column) => column.notNull())
    .addColumn('createdAt', TIME_COLUMN, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('modelVersions')
    .addColumn('model', 'text', (column) => column.notNull().references('models.name'))
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('run', 'text', (column) => column.notNull())
    .addColumn('parent', 'text')
    .addColumn('data', JSON_COLUMN, (column) => column.notNull())
    .addColumn('signature', JSON_COLUMN, (column) => column.notNull())
    .addColumn('metrics', JSON_COLUMN, (column) => column.notNull())
    .addColumn('card', 'text')
    .addColumn('createdAt', TIME_COLUMN, (column) => column.notNull())
    .addPrimaryKeyConstraint('modelVersions_key', ['model', 'version'])
    .execute();
  await db.schema
    .createTable('aliases')
    .addColumn('model', 'text', (column) => column.notNull().references('models.name'))
    .addColumn('alias', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('former', JSON_COLUMN, (column) => column.notNull())
    .addPrimaryKeyConstraint('aliases_key', ['model', 'alias'])
    .addForeignKeyConstraint('aliases_version', ['model', 'version'], 'modelVersions', ['model', 'version'])
    .execute();
  await db.schema
    .createTable('tags')
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('value', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('tags_key', ['model', 'version', 'name'])
    .addForeignKeyConstraint('tags_version', ['model', 'version'], 'modelVersions', ['model', 'version'])
    .execute();
  await db.schema
    .createTable('audit')
    .addColumn('id', 'integer', countedKey(db))
    .addColumn('at', TIME_COLUMN, (column) => column.notNull())
    .addColumn('who', 'text', (column) => column.notNull())
    .addColumn('what', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('before', JSON_COLUMN, (column) => column.notNull())
    .addColumn('after', JSON_COLUMN, (column) => column.notNull())
    .execute();
  await db.schema.createIndex('audit_model').on('audit').column('model').execute();
  // Until now every comparison was of a lineage's own model, which has the lineage's name.
  await db.schema
    .alterTable('comparisons')
    .addColumn('model', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  await sql`update comparisons set model = lineage`.execute(db);
}
