/**
 * Tables of a SQLite file, opened for reading only. The file may be anybody's: views, virtual tables and computed
 * columns are left alone, since reading them runs what the file says.
 */
import { setImmediate } from 'node:timers/promises';
import { UserError } from '@gradus/base';
import Database from 'better-sqlite3';
import { sqlName } from '../duckdb/duckdb.ts';
import type { InputFile } from './file.ts';
import { checkColumnCount, uniqueNames } from './header.ts';
import { type Batch, cellText, LONGEST_CELL, type Source, type SourceOptions, TOO_LONG } from './source.ts';

const ROWS_AT_ONCE = 500;
/** Bytes of UTF-8 that may still be a cell. */
const LONGEST_BYTES = 4 * LONGEST_CELL;
/** Stands for a cell that is longer; a text with a zero in it is no cell either way. */
const LONG = '\0long';

/** @throws UserError for what is no SQLite database, and where the table is not there */
export async function readSqlite(file: InputFile, { part, signal }: SourceOptions): Promise<Source> {
  const explain = (error: unknown): never => {
    if (error instanceof Database.SqliteError)
      throw new UserError({
        en: `${file.name} cannot be read as SQLite (${error.message}). Is it whole, and not in use?`,
        zh: `${file.name} 无法作为 SQLite 读取（${error.message}）。文件是否完整，是否正被占用？`,
      });
    throw error;
  };
  let database: Database.Database;
  let opened: { table: string; others: string[]; shape: { name: string }[]; all: number };
  try {
    database = new Database(file.path, { readonly: true, fileMustExist: true });
  } catch (error) {
    return explain(error);
  }
  try {
    database.pragma('trusted_schema = OFF');
    database.pragma('cell_size_check = ON');
    database.defaultSafeIntegers(true);
    const tables = database
      .prepare(
        `SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name`,
      )
      .pluck()
      .all() as string[];
    const table = chosenTable(tables, part, file.name);
    // 0: ordinary; 3: computed once and stored.
    const shape = database
      .prepare('SELECT name FROM pragma_table_xinfo(?) WHERE hidden IN (0, 3)')
      .all(table) as { name: string }[];
    checkColumnCount(shape.length, file.name);
    const all = Number(
      database
        .prepare(`SELECT count(*) FROM ${sqlName(table)}`)
        .pluck()
        .get(),
    );
    opened = { table, others: tables.filter((other) => other !== table), shape, all };
  } catch (error) {
    database.close();
    return explain(error);
  }
  const { table, others, shape, all } = opened;
  const columns = uniqueNames(shape.map(({ name }) => name));

  async function* batches(): AsyncGenerator<Batch> {
    try {
      const cells = shape.map(({ name }) => cellSql(sqlName(name))).join(', ');
      const rows = database
        .prepare(`SELECT ${cells} FROM ${sqlName(table)}`)
        .raw()
        .iterate() as Iterable<unknown[]>;
      let line = 0;
      let batch: Batch['rows'][number][] = [];
      const done = () => Math.round((file.size * line) / Math.max(1, all));
      for (const row of rows) {
        const fields = row.map(cellText);
        line += 1;
        batch.push(row.includes(LONG) ? { fields: [], line, reason: TOO_LONG } : { fields, line });
        if (batch.length < ROWS_AT_ONCE) continue;
        yield { rows: batch, done: done() };
        batch = [];
        // The driver does not wait for anything; others want their turn.
        await setImmediate();
        signal?.throwIfAborted();
      }
      yield { rows: batch, done: done() };
    } catch (error) {
      explain(error);
    } finally {
      database.close();
    }
  }

  return {
    format: 'sqlite',
    name: `${file.name}#${table}`,
    columns,
    total: file.size,
    part: { name: table, others },
    batches: batches(),
    close: async () => void database.close(),
  };
}

/** Bytes, and texts too long for a cell, stay in the file. */
const cellSql = (column: string): string =>
  `CASE WHEN typeof(${column}) = 'blob' THEN '(' || octet_length(${column}) || ' bytes)' WHEN octet_length(${column}) > ${LONGEST_BYTES} THEN char(0) || 'long' ELSE ${column} END`;

/** @throws UserError that lists the tables, where it is not clear which */
export function chosenTable(tables: readonly string[], wish: string | undefined, name: string): string {
  const list = {
    en: `Its tables are ${tables.map((table) => `"${table}"`).join(', ')}.`,
    zh: `已有的数据表：${tables.map((table) => `“${table}”`).join('、')}。`,
  };
  if (tables.length === 0)
    throw new UserError({ en: `${name} has no tables to read.`, zh: `${name} 没有可读取的数据表。` });
  if (wish !== undefined) {
    if (tables.includes(wish)) return wish;
    throw new UserError({
      en: `${name} has no table "${wish}". ${list.en}`,
      zh: `${name} 没有数据表“${wish}”。${list.zh}`,
    });
  }
  if (tables.length === 1) return tables[0]!;
  throw new UserError({
    en: `${name} has ${tables.length} tables: say which, as in ${name}#${tables[0]}. ${list.en}`,
    zh: `${name} 有 ${tables.length} 个数据表：请指明其一，例如 ${name}#${tables[0]}。${list.zh}`,
  });
}
