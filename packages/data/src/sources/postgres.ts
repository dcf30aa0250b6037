/**
 * A table of a Postgres database, or the rows of a query: through a cursor on the server, in a transaction that only
 * reads, so that all rows are of one moment and none of them need fit in memory at once.
 */
import { type Localized, UserError } from '@gradus/base';
import type pg from 'pg';
import { checkColumnCount, uniqueNames } from './header.ts';
import { type Batch, LONGEST_CELL, type Source, type SourceOptions, TOO_LONG } from './source.ts';
import { chosenTable } from './sqlite.ts';

const CONNECT_MILLISECONDS = 15_000;
/** One statement, such as fetching some rows. */
const STATEMENT_MILLISECONDS = 300_000;
const BATCH_CHARACTERS = 4e6;
const MOST_ROWS_AT_ONCE = 5000;
const LONGEST_BYTES = 4 * LONGEST_CELL;
/** Stands for a cell that is longer. Postgres holds no zero characters, so no cell can end up as this by itself. */
const LONG = '\u{10FFFF}too long\u{10FFFF}';

/**
 * @param address `postgres://user:password@host/database#table`; `?table=` names it too.
 * @throws UserError that never shows the password
 */
export async function readPostgres(address: string, options: SourceOptions): Promise<Source> {
  const { url, table: wish, name, secrets } = addressOf(address);
  const { query, signal } = options;
  if (query !== undefined && wish !== undefined)
    throw new UserError({
      en: `${name}: give a table or a query, not both.`,
      zh: `${name}：表名和查询语句只能给出一个。`,
    });
  const { default: postgres } = await import('pg');
  const client = new postgres.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MILLISECONDS,
    application_name: 'gradus',
    // Every value as the server writes it.
    types: { getTypeParser: () => (text: string) => text } as never,
  });
  // A connection that breaks also rejects the query that waits for it.
  client.on('error', () => {});
  const explain = (error: unknown): never => {
    if (signal?.aborted) throw signal.reason;
    if (error instanceof UserError) throw error;
    const { message, code } = error as { message: string; code?: string };
    const shown = secrets.reduce((text, secret) => text.replaceAll(secret, '…'), message || String(code));
    const hint = HINTS.find(({ pattern }) => pattern.test(shown));
    throw new UserError({
      en: `${name}: ${shown}. ${hint?.en ?? ''}`.trim(),
      zh: `${name}：${shown}。${hint?.zh ?? '请检查地址、表名和权限。'}`,
    });
  };
  const abort = () => void client.end().catch(() => {});
  signal?.addEventListener('abort', abort, { once: true });
  const end = async () => {
    signal?.removeEventListener('abort', abort);
    await client.end().catch(() => {});
  };
  const columns: string[] = [];
  let all = 0;
  let bytes = 0;
  let part: Source['part'];
  let kinds: string[];
  try {
    await client.connect();
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    for (const setting of SETTINGS) await client.query(`SET LOCAL ${setting}`);
    await client.query(NOTICE_LEAVING);
    const from =
      query === undefined
        ? await tableOf(client, wish, name)
        : { part: undefined, sql: `(${query}\n) AS "query"` };
    const shape = await shapeOf(client, from.sql);
    checkColumnCount(shape.length, name);
    columns.push(...uniqueNames(shape.map(({ name }) => name)));
    kinds = shape.map(({ kind }) => kind);
    part = from.part;
    all = from.part ? await rowEstimate(client, from.sql) : 0;
    const inner = columns.map((_, i) => `c${i}`);
    const cells = shape.map(({ kind }, i) => cellSql(`c${i}`, kind)).join(', ');
    await extended(
      client,
      `DECLARE gradus_rows NO SCROLL CURSOR FOR SELECT ${cells} FROM ${from.sql.replace(/AS "query"$/, '')} AS source(${inner.join(', ')})`,
    );
  } catch (error) {
    await end();
    return explain(error);
  }

  async function* batches(): AsyncGenerator<Batch> {
    try {
      let line = 0;
      for (let count = 100; ; ) {
        const { rows } = await client.query<(string | null)[]>({
          text: `FETCH ${count} FROM gradus_rows`,
          rowMode: 'array',
        } as never);
        if (rows.length === 0) return;
        let characters = 0;
        const batch = rows.map((row) => {
          line += 1;
          const fields = row.map((cell, i) => (cell === null ? '' : textOf(cell, kinds[i]!)));
          characters += fields.reduce((sum, field) => sum + field.length, 0);
          return fields.includes(LONG) ? { fields: [], line, reason: TOO_LONG } : { fields, line };
        });
        bytes += characters;
        yield { rows: batch, done: line };
        const fits = (count * BATCH_CHARACTERS) / Math.max(1, characters);
        count = Math.max(1, Math.min(MOST_ROWS_AT_ONCE, 2 * count, Math.floor(fits)));
      }
    } catch (error) {
      explain(error);
    } finally {
      await end();
    }
  }

  return {
    format: 'postgres',
    name,
    columns,
    get total() {
      return all;
    },
    ...(part && { part }),
    batches: batches(),
    bytesRead: () => bytes,
    close: end,
  };
}

/** Forms that do not hang on how the server is set up, and limits on how long anything may take. */
const SETTINGS = [
  `statement_timeout = ${STATEMENT_MILLISECONDS}`,
  'lock_timeout = 10000',
  "datestyle = 'ISO, YMD'",
  "timezone = 'UTC'",
  "intervalstyle = 'iso_8601'",
  'extra_float_digits = 1',
] as const;

/** The server ends a statement whose client has left; before version 14 it cannot. */
const NOTICE_LEAVING =
  "SELECT set_config(name, '1000', true) FROM pg_settings WHERE name = 'client_connection_check_interval'";

const HINTS: readonly (Localized & { readonly pattern: RegExp })[] = [
  {
    pattern: /password authentication|no password|authentication failed/i,
    en: 'Check the user and the password.',
    zh: '请检查用户名和密码。',
  },
  {
    pattern: /ECONNREFUSED|ENOENT|ENOTFOUND|EAI_AGAIN|timeout expired/,
    en: 'Check the host and port, and that the server runs.',
    zh: '请检查主机和端口，并确认服务器正在运行。',
  },
  {
    pattern: /does not exist/,
    en: 'Check the name of the database or table, and its spelling.',
    zh: '请检查数据库名或表名及其拼写。',
  },
  { pattern: /permission denied/, en: 'Ask for the right to read it.', zh: '请申请读取权限。' },
  {
    pattern: /read-only transaction/,
    en: 'Only queries that read are allowed.',
    zh: '只允许执行读取数据的查询。',
  },
  {
    pattern: /statement timeout|canceling statement/,
    en: 'Ask for fewer rows.',
    zh: '请减少查询的行数。',
  },
  {
    pattern: /statement pooling mode/,
    en: 'A table is read in one transaction, which this PgBouncer refuses: set its pool_mode to transaction or session, or give the address of the server itself.',
    zh: '读取数据表需要一个事务，而该 PgBouncer 不允许：请将其 pool_mode 设为 transaction 或 session，或直接给出数据库服务器的地址。',
  },
  { pattern: /multiple commands/, en: 'Give one query.', zh: '请只提供一条查询语句。' },
];

export const needsDatabase = (): UserError =>
  new UserError({
    en: 'A query needs a database on a server: give a postgres:// address.',
    zh: '查询语句需要服务器上的数据库：请提供 postgres:// 地址。',
  });

/** The address without user and password. @throws UserError for what is no address */
export function postgresName(address: string): string {
  const { name, table } = addressOf(address);
  return table === undefined ? name : `${name}#${table}`;
}

function addressOf(address: string): { url: string; table?: string; name: string; secrets: string[] } {
  let url: URL;
  try {
    url = new URL(address);
  } catch {
    // Not the address itself: it may hold a password.
    throw new UserError({
      en: 'The postgres:// address cannot be read. Expected postgres://user:password@host/database#table; write %23 for # and %40 for @ in a password.',
      zh: '无法解析 postgres:// 地址。格式应为 postgres://user:password@host/database#table；密码中的 # 写作 %23，@ 写作 %40。',
    });
  }
  const fragment = url.hash === '' ? undefined : decoded(url.hash.slice(1));
  const table = fragment ?? url.searchParams.get('table') ?? undefined;
  url.hash = '';
  url.searchParams.delete('table');
  const passwords = [url.password, url.searchParams.get('password') ?? ''].filter(Boolean);
  const secrets = [...new Set(passwords.flatMap((text) => [text, decoded(text)]))];
  const name = `postgres://${url.host}${url.pathname}`;
  return { url: url.href, name, secrets, ...(table !== undefined && { table }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

async function tableOf(client: pg.Client, wish: string | undefined, name: string) {
  const { rows } = await client.query<{ schema: string; table: string; visible: string }>(
    `SELECT n.nspname AS schema, c.relname AS table, pg_table_is_visible(c.oid)::text AS visible
     FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
     WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition
       AND n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname !~ '^pg_'
       AND has_table_privilege(c.oid, 'SELECT')
     ORDER BY 1, 2`,
  );
  // As one would write it in SQL: the schema only where the search path does not lead there.
  const tables = rows.map(({ schema, table, visible }) => ({
    sql: `${client.escapeIdentifier(schema)}.${client.escapeIdentifier(table)}`,
    full: `${schema}.${table}`,
    short: visible === 'true' ? table : `${schema}.${table}`,
  }));
  const short = tables.find(({ full }) => full === wish)?.short ?? wish;
  const chosen = chosenTable(
    tables.map(({ short }) => short),
    short,
    name,
  );
  return {
    sql: tables.find(({ short }) => short === chosen)!.sql,
    part: { name: chosen, others: tables.map(({ short }) => short).filter((other) => other !== chosen) },
  };
}

async function shapeOf(client: pg.Client, from: string): Promise<{ name: string; kind: string }[]> {
  const { fields } = await extended(client, `SELECT * FROM ${from} LIMIT 0`);
  const { rows } = await client.query<{ oid: string; kind: string }>(
    `SELECT oid::text AS oid, CASE WHEN typcategory IN ('A', 'C') THEN 'nested' ELSE typname END AS kind FROM pg_type WHERE oid = ANY($1::oid[])`,
    [fields.map(({ dataTypeID }) => dataTypeID)],
  );
  const kinds = new Map(rows.map(({ oid, kind }) => [Number(oid), kind]));
  return fields.map(({ name, dataTypeID }) => ({ name, kind: kinds.get(dataTypeID) ?? 'text' }));
}

/** What the server believes, for the progress shown; 0: it does not know. */
async function rowEstimate(client: pg.Client, from: string): Promise<number> {
  const { rows } = await client.query<{ n: string }>(
    'SELECT reltuples::bigint AS n FROM pg_class WHERE oid = $1::regclass',
    [from],
  );
  return Math.max(0, Number(rows[0]?.n ?? 0));
}

/** By the protocol that takes one statement at a time. */
const extended = (client: pg.Client, text: string) =>
  client.query({ text, queryMode: 'extended' } as pg.QueryConfig);

const SHORT_KINDS =
  /^(?:bool|u?int\d|float\d|oid|date|time|timetz|timestamp|timestamptz|uuid|interval|money)$/;

/** Bytes, and texts too long for a cell, stay on the server. */
function cellSql(column: string, kind: string): string {
  if (SHORT_KINDS.test(kind)) return column;
  if (kind === 'bytea') return `'(' || octet_length(${column}) || ' bytes)'`;
  const text = kind === 'nested' ? `to_json(${column})::text` : `${column}::text`;
  return `CASE WHEN octet_length(${text}) > ${LONGEST_BYTES} THEN '${LONG}' ELSE ${text} END`;
}

/** The server's text of a value in the form of the other formats. */
function textOf(text: string, kind: string): string {
  if (kind === 'bool') return text === 't' ? 'true' : 'false';
  if (kind === 'timestamp') return text.replace(' ', 'T');
  if (kind === 'timestamptz') return text.replace(' ', 'T').replace(/\+00(?::?00)?$/, 'Z');
  return text;
}
