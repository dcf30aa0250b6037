/**
 * DuckDB's process. It locks itself down before the first statement: it reaches the files of its set-up and a private
 * temporary folder, nothing else; it loads no extension, and its settings can no longer change.
 */
import {
  type DuckDBExtractedStatements,
  DuckDBInstance,
  type DuckDBPreparedStatement,
  type DuckDBResult,
  type DuckDBValue,
  StatementType,
} from '@duckdb/node-api';
import type { DuckDbValue, Reply, Request, Setup } from './protocol.ts';
import { plainValue } from './values.ts';

const send = (reply: Reply): void => void process.send?.(reply);

let instance: DuckDBInstance;
let mayWrite = false;
const running = new Map<number, { rows: AsyncIterator<(DuckDbValue | null)[][]>; close: () => void }>();

async function setUp({ memoryLimit, threads, files, outputs, scratch }: Setup): Promise<void> {
  instance = await DuckDBInstance.create(':memory:', {
    memory_limit: `${Math.floor(memoryLimit / 2 ** 20)}MiB`,
    threads: String(threads),
    temp_directory: scratch,
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
  });
  mayWrite = outputs.length > 0;
  const connection = await instance.connect();
  const paths = [...files, ...outputs].map((path) => `'${path.replaceAll("'", "''")}'`).join(', ');
  await connection.run(`SET allowed_paths = [${paths}]`);
  await connection.run('SET enable_external_access = false');
  await connection.run('SET lock_configuration = true');
  connection.closeSync();
}

/**
 * One connection per statement: a second statement on the same one would cut the rows of the first short. Of several
 * statements in one request, the rows are those of the last.
 */
async function start(id: number, sql: string, parameters: readonly DuckDbValue[]): Promise<void> {
  const connection = await instance.connect();
  try {
    const statements = await connection.extractStatements(sql);
    for (let i = 0; i < statements.count - 1; i++) await (await allowed(statements, i)).run();
    const statement = await allowed(statements, statements.count - 1);
    statement.bind(parameters as DuckDBValue[]);
    const result: DuckDBResult = await statement.stream();
    running.set(id, {
      rows: result.yieldConvertedRows(plainValue)[Symbol.asyncIterator](),
      close: () => connection.closeSync(),
    });
    const types = result.columnTypes();
    const columns = result.columnNames().map((name, i) => ({ name, type: String(types[i]) }));
    send({ kind: 'columns', id, columns });
  } catch (error) {
    connection.closeSync();
    throw error;
  }
}

/** DuckDB's `allowed_paths` does not distinguish files to read from files to write. */
async function allowed(
  statements: DuckDBExtractedStatements,
  index: number,
): Promise<DuckDBPreparedStatement> {
  const statement = await statements.prepare(index);
  if (!mayWrite && [StatementType.COPY, StatementType.EXPORT].includes(statement.statementType)) {
    throw new Error('Permission Error: no outputs were given, so nothing may be written to a file');
  }
  return statement;
}

async function next(id: number): Promise<void> {
  const { done, value } = (await running.get(id)?.rows.next()) ?? { done: true };
  if (!done) return send({ kind: 'rows', id, rows: value });
  stop(id);
  send({ kind: 'end', id });
}

function stop(id: number): void {
  running.get(id)?.close();
  running.delete(id);
}

const HANDLERS = {
  setup: async ({ id, setup }: Request & { kind: 'setup' }) => {
    await setUp(setup);
    send({ kind: 'ready', id });
  },
  start: ({ id, sql, parameters }: Request & { kind: 'start' }) => start(id, sql, parameters),
  next: ({ id }: Request & { kind: 'next' }) => next(id),
  stop: async ({ id }: Request & { kind: 'stop' }) => stop(id),
};

process.on('message', (request: Request) => {
  HANDLERS[request.kind](request as never).catch((error: unknown) => {
    stop(request.id);
    send({ kind: 'error', id: request.id, message: String((error as Error).message ?? error) });
  });
});
// The parent has ended.
process.on('disconnect', () => process.exit());
