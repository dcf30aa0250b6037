/** Parquet, read by DuckDB in a process of its own: nested values become JSON text, dates ISO 8601. */
import { resolve } from 'node:path';
import { UserError } from '@gradus/base';
import { openDuckDb, sqlName } from '../duckdb/duckdb.ts';
import type { InputFile } from './file.ts';
import { checkColumnCount, uniqueNames } from './header.ts';
import { type Batch, cellText, LONGEST_CELL, type Source, type SourceOptions, TOO_LONG } from './source.ts';

const NESTED = /\[|^(?:STRUCT|MAP|UNION|VARIANT)\b/;
const TEXT = /^(?:VARCHAR|JSON|ENUM|BIT|BIGNUM)\b/;

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
    for (const { column_name, column_type } of shape) checkNesting(String(column_name), String(column_type));
    const cells = shape.map(({ column_name, column_type }) =>
      selected(String(column_name), String(column_type)),
    );
    let line = 0;
    const stream = duckdb.stream(`SELECT ${cells.join(', ')} FROM read_parquet(?)`, [path]);
    try {
      for await (const { rows } of stream) {
        yield {
          rows: rows.map((row) => {
            line += 1;
            return row.includes(LONG)
              ? { fields: [], line, reason: TOO_LONG }
              : { fields: row.map(cellText), line };
          }),
          done: Math.round((file.size * line) / all),
        };
      }
    } catch (error) {
      explain(error);
    }
  }
  function checkNesting(column: string, type: string): void {
    const depth = nestingOf(type);
    if (depth > DEEPEST)
      throw new UserError({
        en: `${file.name}: its column "${column}" holds values nested ${depth} deep; at most ${DEEPEST} levels of lists, structs and maps are read. Leave the column out, or write it as text.`,
        zh: `${file.name}：“${column}”列的值嵌套了 ${depth} 层；最多读取 ${DEEPEST} 层列表、结构体和映射。请去掉该列，或将其写成文本。`,
      });
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

/** Levels of lists, structs and maps inside each other. DuckDB takes twice as long for each level more: 16 take 0.1 s, 25 ten. */
const DEEPEST = 16;

/** How deep a type of DuckDB's is nested: 0 for INTEGER, 2 for `STRUCT(a INTEGER[])`. Numbers in brackets count as a level. */
export function nestingOf(type: string): number {
  const plain = type.replace(/"(?:[^"]|"")*"|'(?:[^']|'')*'/g, 'x');
  const outside: number[] = [];
  // The deepest of the siblings so far, and the type that is being read.
  let [deepest, here] = [0, 0];
  for (const mark of plain.match(/[()[,]/g) ?? []) {
    if (mark === '(') {
      outside.push(deepest);
      [deepest, here] = [0, 0];
    } else if (mark === ')') {
      here = Math.max(deepest, here) + 1;
      deepest = outside.pop() ?? 0;
    } else if (mark === '[') here += 1;
    else [deepest, here] = [Math.max(deepest, here), 0];
  }
  return Math.max(deepest, here);
}

/** Bytes of UTF-8 that may still be a cell. */
const LONGEST_BYTES = 4 * LONGEST_CELL;
/** Stands for a cell that is longer; a text with a zero in it is no cell either way. */
const LONG = '\0long';

/** Bytes, and texts too long for a cell, stay where they are; what is nested comes as JSON. */
function selected(name: string, type: string): string {
  const column = sqlName(name);
  if (type === 'BLOB') return `'(' || octet_length(${column}) || ' bytes)' AS ${column}`;
  if (!NESTED.test(type) && !TEXT.test(type)) return column;
  const text = `${NESTED.test(type) ? `to_json(${column})` : column}::VARCHAR`;
  return `CASE WHEN strlen(${text}) > ${LONGEST_BYTES} THEN chr(0) || 'long' ELSE ${text} END AS ${column}`;
}
