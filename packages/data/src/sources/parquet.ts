/** Parquet, read by DuckDB in a process of its own: nested values become JSON text, dates ISO 8601. */
import { resolve } from 'node:path';
import { UserError } from '@gradus/base';
import { openDuckDb, sqlName } from '../duckdb/duckdb.ts';
import type { InputFile } from './file.ts';
import { checkColumnCount, uniqueNames } from './header.ts';
import { type Batch, cellText, type Source, type SourceOptions } from './source.ts';

const NESTED = /\[|^(?:STRUCT|MAP|UNION|VARIANT)\b/;

/** @throws UserError for a file that is damaged or has too many columns */
export async function readParquet(file: InputFile, { signal }: SourceOptions): Promise<Source> {
  const path = resolve(file.path);
  if (/[*?[\]]/.test(path)) {
    throw new UserError({
      en: `${path}: the name of a Parquet file may not hold * ? [ or ]. Rename it.`,
      zh: `${path}：Parquet 文件名不能包含 * ? [ 或 ]。请重命名。`,
    });
  }
  const columns: string[] = [];
  async function* batches(): AsyncGenerator<Batch> {
    await using duckdb = await openDuckDb({ files: [path], ...(signal && { signal }) });
    const shape = await duckdb.query('DESCRIBE FROM read_parquet(?)', [path]).catch(explain);
    checkColumnCount(shape.length, file.name);
    const [counted] = await duckdb.query('SELECT count(*) AS n FROM read_parquet(?)', [path]).catch(explain);
    const all = Math.max(1, Number(counted!.n));
    const names = shape.map(({ column_name }) => String(column_name));
    columns.push(...uniqueNames(names));
    const cells = shape.map(({ column_name, column_type }) =>
      selected(String(column_name), String(column_type)),
    );
    let line = 0;
    const stream = duckdb.stream(`SELECT ${cells.join(', ')} FROM read_parquet(?)`, [path]);
    try {
      for await (const { rows } of stream) {
        yield {
          rows: rows.map((row) => ({ fields: row.map(cellText), line: ++line })),
          done: Math.round((file.size * line) / all),
        };
      }
    } catch (error) {
      explain(error);
    }
  }
  function explain(error: unknown): never {
    if (!(error instanceof UserError)) throw error;
    throw new UserError({
      en: `${file.name} cannot be read as Parquet; it may be cut short or damaged. ${error.message}`,
      zh: `${file.name} 无法作为 Parquet 读取；可能不完整或已损坏。${error.localized.zh}`,
    });
  }
  return { format: 'parquet', name: file.name, columns, total: file.size, batches: batches() };
}

/** Bytes stay where they are, and only their number comes; what is nested comes as JSON. */
function selected(name: string, type: string): string {
  const column = sqlName(name);
  if (type === 'BLOB') return `'(' || octet_length(${column}) || ' bytes)' AS ${column}`;
  return NESTED.test(type) ? `to_json(${column})::VARCHAR AS ${column}` : column;
}
