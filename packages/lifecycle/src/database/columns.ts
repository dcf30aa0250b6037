/**
 * Columns in words that SQLite and Postgres both have, so that the schema is written once. Most types are the same in
 * both (`integer`, `text`, `double precision`); here is what is not, or what is agreed on.
 */
import { type ColumnDefinitionBuilder, type Kysely, PostgresAdapter, type RawBuilder, sql } from 'kysely';

/** Text in both databases: what is stored is what is read, and compares alike. */
export const JSON_COLUMN = 'text';
/** ISO 8601 in UTC, which sorts as text. */
export const TIME_COLUMN = 'text';
/** 0 or 1: SQLite has no booleans. */
export const FLAG_COLUMN = 'integer';

/** A primary key that the database counts up. Numbers are never used again, and a failed insert may leave a gap. */
export function countedKey(
  db: Kysely<unknown>,
): (column: ColumnDefinitionBuilder) => ColumnDefinitionBuilder {
  return db.getExecutor().adapter instanceof PostgresAdapter
    ? (column) => column.generatedByDefaultAsIdentity().primaryKey()
    : (column) => column.primaryKey().autoIncrement();
}

/**
 * The column by which the predictions are in the order in which they came, whatever the clocks said: SQLite numbers the rows of
 * each table by itself, in Postgres they have a column for it.
 */
export const arrival = (db: Kysely<never>): RawBuilder<number> =>
  db.getExecutor().adapter instanceof PostgresAdapter
    ? sql<number>`predictions.arrival`
    : sql<number>`predictions.rowid`;
