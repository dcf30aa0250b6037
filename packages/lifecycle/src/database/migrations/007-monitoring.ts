import type { Kysely } from 'kysely';
import { countedKey, FLAG_COLUMN, JSON_COLUMN, TIME_COLUMN } from '../columns.ts';

export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema
    .createTable('predictions')
    .addColumn('id', 'text', (column) => column.notNull())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('run', 'text', (column) => column.notNull())
    .addColumn('at', TIME_COLUMN, (column) => column.notNull())
    .addColumn('ms', 'double precision', (column) => column.notNull())
    .addColumn('caller', 'text', (column) => column.notNull())
    .addColumn('pseudonym', 'text')
    .addColumn('rows', 'integer', (column) => column.notNull())
    .addColumn('input', JSON_COLUMN)
    .addColumn('output', JSON_COLUMN)
    .addColumn('features', JSON_COLUMN, (column) => column.notNull())
    // Ids begin with the time, so the key is in the order of time as well.
    .addPrimaryKeyConstraint('predictions_key', ['id', 'role', 'version'])
    .execute();
  await db.schema
    .createTable('outcomes')
    .addColumn('prediction', 'text', (column) => column.notNull())
    .addColumn('row', 'integer', (column) => column.notNull())
    .addColumn('source', 'text', (column) => column.notNull())
    .addColumn('outcome', JSON_COLUMN, (column) => column.notNull())
    .addColumn('by', 'text', (column) => column.notNull())
    .addColumn('at', TIME_COLUMN, (column) => column.notNull())
    .addPrimaryKeyConstraint('outcomes_key', ['prediction', 'row', 'source'])
    .execute();
  await db.schema.createIndex('outcomes_at').on('outcomes').column('at').execute();
  await db.schema.alterTable('corrections').addColumn('prediction', 'text').execute();
  await db.schema
    .createTable('watchWindows')
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('window', 'integer', (column) => column.notNull())
    .addColumn('startedAt', TIME_COLUMN, (column) => column.notNull())
    .addColumn('endedAt', TIME_COLUMN, (column) => column.notNull())
    .addColumn('alarm', FLAG_COLUMN, (column) => column.notNull())
    .addColumn('alertedAt', TIME_COLUMN)
    .addColumn('last', 'text', (column) => column.notNull())
    .addColumn('report', JSON_COLUMN, (column) => column.notNull())
    .addPrimaryKeyConstraint('watchWindows_key', ['kind', 'model', 'version', 'window'])
    .execute();
  await db.schema
    .createTable('driftReferences')
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('version', 'text', (column) => column.notNull())
    .addColumn('at', TIME_COLUMN, (column) => column.notNull())
    .addColumn('last', 'text', (column) => column.notNull())
    .addColumn('rows', JSON_COLUMN, (column) => column.notNull())
    .addPrimaryKeyConstraint('driftReferences_key', ['model', 'version'])
    .execute();
  await db.schema
    .createTable('trafficIntervals')
    .addColumn('server', 'text', (column) => column.notNull())
    .addColumn('at', TIME_COLUMN, (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('seconds', 'double precision', (column) => column.notNull())
    .addColumn('requests', 'integer', (column) => column.notNull())
    .addColumn('errors', 'integer', (column) => column.notNull())
    .addColumn('shed', 'integer', (column) => column.notNull())
    .addColumn('p50', 'double precision')
    .addColumn('p99', 'double precision')
    .addPrimaryKeyConstraint('trafficIntervals_key', ['at', 'server'])
    .execute();
  await db.schema
    .createTable('webhooks')
    .addColumn('id', 'integer', countedKey(db))
    .addColumn('url', 'text', (column) => column.notNull().unique())
    .addColumn('secret', 'text', (column) => column.notNull())
    .addColumn('events', JSON_COLUMN, (column) => column.notNull())
    .addColumn('allowPrivate', FLAG_COLUMN, (column) => column.notNull())
    .addColumn('by', 'text', (column) => column.notNull())
    .addColumn('createdAt', TIME_COLUMN, (column) => column.notNull())
    .execute();
  await db.schema
    .createTable('deliveries')
    .addColumn('id', 'integer', countedKey(db))
    .addColumn('webhook', 'integer', (column) => column.notNull())
    .addColumn('event', 'text', (column) => column.notNull())
    .addColumn('body', JSON_COLUMN, (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('notBefore', TIME_COLUMN, (column) => column.notNull())
    .addColumn('error', 'text')
    .addColumn('createdAt', TIME_COLUMN, (column) => column.notNull())
    .addColumn('finishedAt', TIME_COLUMN)
    .execute();
  await db.schema.createIndex('deliveries_state').on('deliveries').columns(['state', 'notBefore']).execute();
}
