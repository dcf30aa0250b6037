/**
 * What one pass over the whole of a table can count, by DuckDB: filled cells, the frequent values, minimum, maximum,
 * mean and deviation of numbers, dates, about how many values are different, and rows that come again.
 *
 * Sums are taken about the sample's mean and with compensation (Kahan, 1965), and rounded to ten digits: threads add up
 * in any order, and the same file is to give the same figures.
 */
import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import { type Localized, UserError } from '@gradus/base';
import { type DuckDb, openDuckDb, sqlName } from '../duckdb/duckdb.ts';
import type { DuckDbValue } from '../duckdb/protocol.ts';
import { UNREAD_ROW } from '../sources/csv.ts';
import { decodeStrictly } from '../sources/encodings.ts';
import { type Dialect, fieldsOf } from '../sources/fields.ts';
import type { Kind } from '../sources/header-evidence.ts';
import { isForeign } from '../sources/lines.ts';
import { lacksEmptyCells } from '../sources/short-rows.ts';
import { linesOf } from '../sources/sniff.ts';

export interface WholeSource {
  readonly path: string;
  /** Of CSV; absent for Parquet. */
  readonly csv?: {
    readonly dialect: Dialect;
    readonly kinds: readonly (Kind | undefined)[];
    readonly skip: number;
    readonly columns: number;
  };
  /** As the file names them. */
  readonly columns: readonly string[];
  readonly rowsAbout: number;
}

/** What to count of a column. */
export interface WholeRequest {
  readonly column: number;
  /** Some cells have blanks around them. */
  readonly trim: boolean;
  /** Count numbers, about this centre. */
  readonly center?: number;
  readonly dates: boolean;
  /** Values to count each; `all` of a column that has few. */
  readonly values: readonly string[] | 'all';
  /** Count how many of the cells are different, to see whether all are. */
  readonly unique: boolean;
}

export interface WholeColumn {
  readonly filled: number;
  readonly distinct: number;
  readonly numbers?: {
    readonly count: number;
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly deviation: number;
  };
  readonly dates?: { readonly earliest: string; readonly latest: string };
  readonly values: ReadonlyMap<string, number>;
  /** Of cells whose hash falls into one part of many, those equal to another. */
  readonly repeated?: number;
}

export interface Whole {
  /** Set aside included. */
  readonly rows: number;
  readonly columns: ReadonlyMap<number, WholeColumn>;
  readonly duplicates: { readonly share: number; readonly rows: number; readonly exact: boolean };
  readonly setAside: {
    readonly count: number;
    readonly rows: readonly { row: number; line: number; reason: Localized }[];
  };
}

const MEMORY = 700 * 2 ** 20;
/** More columns would make a statement that takes longer to plan than to run. */
export const MOST_WHOLE_COLUMNS = 200;
/** Hashes that are kept. */
const KEPT = 200_000;
const REJECTS = 100_000;
const REJECTS_SHOWN = 1000;
const DIGITS = 10;

/** DuckDB's process for a pass, which takes a while to start. */
export const openWhole = ({ path }: WholeSource, signal?: AbortSignal): Promise<DuckDb> =>
  openDuckDb({ files: [path], memoryLimit: MEMORY, ...(signal && { signal }) });

/** @throws UserError where DuckDB cannot read the file as it is */
export async function wholePass(
  duckdb: DuckDb,
  source: WholeSource,
  requests: readonly WholeRequest[],
): Promise<Whole> {
  let parts = 1;
  while (source.rowsAbout / parts > KEPT) parts *= 2;
  const counted = requests.map((column, i) => ({ column, i, ...expressions(column, i, source, parts) }));
  const all = source.columns.slice(0, MOST_WHOLE_COLUMNS).map((_, i) => columnName(source, i));
  const inner = [...counted.flatMap(({ inner }) => inner), `hash(${all.join(', ')}) AS h`];
  const outer = [
    'count(*) AS n',
    `count(*) FILTER (h % ${parts} = 0) AS kept`,
    `count(DISTINCT h) FILTER (h % ${parts} = 0) AS different`,
    ...counted.flatMap(({ outer }) => outer),
  ];
  const rejects = source.csv
    ? `, (SELECT list(place ORDER BY place) FROM (SELECT DISTINCT line_byte_position AS place FROM reject_errors WHERE error_type::VARCHAR IN (${OURS.map(text).join(', ')}) ORDER BY place LIMIT ${OURS_TRIED})) AS ours` +
      ', (SELECT count(DISTINCT line) FROM reject_errors) AS rejected, (SELECT list(line ORDER BY line) FROM (SELECT line FROM reject_errors GROUP BY line ORDER BY line LIMIT ' +
      `${REJECTS_SHOWN})) AS lines, (SELECT list(e ORDER BY line) FROM (SELECT line, min(error_type::VARCHAR) AS e FROM reject_errors GROUP BY line ORDER BY line LIMIT ${REJECTS_SHOWN})) AS reasons`
    : '';
  const sql = `CREATE TEMP TABLE found AS SELECT ${outer.join(', ')} FROM (SELECT ${inner.join(', ')} FROM ${tableOf(source)}); SELECT *${rejects} FROM found`;
  const [row] = await duckdb.query(sql);
  const { n, kept, different, rejected = 0, lines = [], reasons = [] } = row as Record<string, DuckDbValue>;
  if (source.csv) await refuseOurs(source.path, source.csv, (row!.ours ?? []) as readonly number[]);
  const rows = Number(n);
  const share = Number(kept) > 0 ? 1 - Number(different) / Number(kept) : 0;
  const setAside = ((lines ?? []) as readonly number[]).map((line, i) => ({
    line,
    row: line - (source.csv?.skip ?? 0),
    reason: reasonOf(String((reasons as readonly string[])[i])),
  }));
  return {
    rows: rows + Number(rejected),
    columns: new Map(requests.map((column, i) => [column.column, columnOf(row!, i, column)])),
    duplicates: { share, rows: Math.round(share * rows), exact: parts === 1 },
    setAside: { count: Number(rejected), rows: setAside },
  };
}

/** Why DuckDB rejects lines that our own reader may make rows of: their last cells are left out, or they are in another encoding. */
const OURS = ['MISSING COLUMNS', 'INVALID ENCODING', 'INVALID UNICODE'] as const;
const OURS_TRIED = 100;
const LONGEST_TRIED = 1 << 16;

/** @throws UserError where our own reader makes a row of one of the lines at these bytes */
async function refuseOurs(
  path: string,
  { dialect, kinds, columns }: NonNullable<WholeSource['csv']>,
  at: readonly number[],
): Promise<void> {
  if (at.length === 0) return;
  const file = await open(path);
  try {
    for (const position of at) {
      const block = Buffer.alloc(LONGEST_TRIED);
      const { bytesRead } = await file.read(block, 0, LONGEST_TRIED, Number(position));
      const [line = block] = linesOf(block.subarray(0, bytesRead));
      const own = decodeStrictly(line, 'utf-8');
      const fields = own === undefined ? [] : fieldsOf(own, dialect);
      const isRow =
        own === undefined ? isForeign(line) : fields.length < columns && lacksEmptyCells(fields, kinds);
      if (isRow)
        throw new UserError({
          en: `${basename(path)} has lines that are shorter than its header, or in another encoding.`,
          zh: `${basename(path)} 中有的行比表头短，或使用其他编码。`,
        });
    }
  } finally {
    await file.close();
  }
}

const text = (value: string): string => `'${value.replaceAll("'", "''")}'`;
const columnName = (source: WholeSource, i: number): string =>
  source.csv ? `c${i}` : sqlName(source.columns[i]!);

function tableOf({ path, csv }: WholeSource): string {
  if (!csv) return `read_parquet(${text(path)})`;
  // By position: names may differ in case alone, which DuckDB does not tell apart.
  const columns = Array.from({ length: csv.columns }, (_, i) => `'c${i}': 'VARCHAR'`).join(', ');
  return `read_csv(${text(path)}, auto_detect=false, delim=${text(csv.dialect.delimiter)}, quote='"', escape='"', header=false, skip=${csv.skip}, columns={${columns}}, ignore_errors=true, store_rejects=true, rejects_limit=${REJECTS})`;
}

function expressions(
  { column, trim, center, dates, values, unique }: WholeRequest,
  i: number,
  source: WholeSource,
  parts: number,
) {
  const name = columnName(source, column);
  const cell = source.csv ? name : `CAST(${name} AS VARCHAR)`;
  // An empty cell of CSV is NULL to DuckDB as it is.
  const inner = [
    `${trim ? `nullif(trim(${cell}), '')` : source.csv ? cell : `nullif(${cell}, '')`} AS x${i}`,
  ];
  const outer = [`count(x${i}) AS filled${i}`];
  if (values === 'all') outer.push(`histogram(x${i}) AS values${i}`);
  else outer.push(`approx_count_distinct(x${i}) AS distinct${i}`);
  if (center !== undefined) {
    const number = `TRY_CAST(${name} AS DOUBLE)`;
    inner.push(`CASE WHEN isfinite(${number}) THEN ${number} END AS y${i}`);
    const from = `(y${i} - (${center}::DOUBLE))`;
    outer.push(
      `count(y${i}) AS numbers${i}`,
      `min(y${i}) AS min${i}`,
      `max(y${i}) AS max${i}`,
      `fsum(${from}) AS first${i}`,
      `fsum(${from} * ${from}) AS second${i}`,
    );
  }
  if (dates) {
    inner.push(`TRY_CAST(${name} AS TIMESTAMP) AS t${i}`);
    outer.push(`min(t${i}) AS earliest${i}`, `max(t${i}) AS latest${i}`);
  }
  if (values !== 'all' && values.length > 0)
    outer.push(`histogram(CASE WHEN x${i} IN (${values.map(text).join(', ')}) THEN x${i} END) AS values${i}`);
  if (unique) {
    inner.push(`hash(${name}) AS u${i}`);
    outer.push(
      `count(x${i}) FILTER (u${i} % ${parts} = 0) AS once${i}`,
      `count(DISTINCT u${i}) FILTER (u${i} % ${parts} = 0 AND x${i} IS NOT NULL) AS ones${i}`,
    );
  }
  return { inner, outer };
}

function columnOf(
  row: Readonly<Record<string, DuckDbValue>>,
  i: number,
  { center }: WholeRequest,
): WholeColumn {
  const number = (name: string) => Number(row[`${name}${i}`]);
  const values = (row[`values${i}`] ?? []) as readonly { key: string; value: number }[];
  const [earliest, latest] = [row[`earliest${i}`], row[`latest${i}`]];
  const count = number('numbers');
  return {
    filled: number('filled'),
    distinct: row[`distinct${i}`] === undefined ? values.length : number('distinct'),
    ...(center !== undefined && count > 0 && { numbers: { ...momentsOf(number, center, count), count } }),
    ...(typeof earliest === 'string' &&
      typeof latest === 'string' && { dates: { earliest: isoOf(earliest), latest: isoOf(latest) } }),
    values: new Map(values.map(({ key, value }) => [key, Number(value)])),
    ...(row[`once${i}`] !== undefined && { repeated: number('once') - number('ones') }),
  };
}

function momentsOf(number: (name: string) => number, center: number, count: number) {
  const [first, second] = [number('first'), number('second')];
  const variance = count > 1 ? Math.max(0, (second - (first * first) / count) / (count - 1)) : 0;
  return {
    min: number('min'),
    max: number('max'),
    mean: steady(center + first / count),
    deviation: steady(Math.sqrt(variance)),
  };
}

const steady = (x: number): number => Number(x.toPrecision(DIGITS));
const isoOf = (time: string): string => {
  const parsed = Date.parse(/[Zz]|[+-]\d\d:?\d\d$/.test(time) ? time : `${time.replace(' ', 'T')}Z`);
  return Number.isNaN(parsed) ? time : new Date(parsed).toISOString();
};

const NOT_UTF8: Localized = {
  en: 'it holds bytes that are not text in UTF-8',
  zh: '含有不是 UTF-8 文本的字节',
};
const REASONS: Readonly<Record<string, Localized>> = {
  'TOO MANY COLUMNS': { en: 'it has too many columns', zh: '列数过多' },
  'MISSING COLUMNS': { en: 'it has too few columns', zh: '列数过少' },
  'UNQUOTED VALUE': UNREAD_ROW.unclosed,
  'LINE SIZE OVER MAXIMUM': { en: 'its line is too long', zh: '该行过长' },
  'INVALID ENCODING': NOT_UTF8,
  'INVALID UNICODE': NOT_UTF8,
};
const reasonOf = (type: string): Localized =>
  REASONS[type.replaceAll('_', ' ').toUpperCase()] ?? UNREAD_ROW.unreadable;
