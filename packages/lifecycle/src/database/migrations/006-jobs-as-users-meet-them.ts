import { type Kysely, sql } from 'kysely';

/**
 * Jobs are told apart by what they are about, of which one at a time is enough; and each change of one is counted, so that who
 * follows it can go on from what they saw last.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('jobs').addColumn('about', 'text').execute();
  await db.schema
    .alterTable('jobs')
    .addColumn('revision', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await db.schema.alterTable('schedules').addColumn('about', 'text').execute();
  await db.schema
    .createIndex('jobs_about')
    .unique()
    .on('jobs')
    .columns(['kind', 'about'])
    .where(sql`state`, 'in', sql`('queued', 'running')`)
    .execute();
}
